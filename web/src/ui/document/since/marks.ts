/**
 * Changes in source and rendered text: marked when they are asked for, gone through, and moving along with every edit.
 *
 * Invariant: what was found is never searched for again; an edit only moves it. Next: `session/changes.ts`,
 * `editor/changes.ts`, `preview/painting.ts`.
 */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { ChangeMarks } from "../../../editor/changes";
import type { EditorHandle } from "../../../editor/editor";
import type { Painting } from "../../../preview/painting";
import type { Authorship } from "../../../session/authorship";
import { authorsOf, type Change, description, moved } from "../../../session/changes";
import type { DocumentSession } from "../../../session/session";
import type { Marker } from "./since";

export interface MarkParts {
  session: DocumentSession;
  authorship: Authorship;
  editor: ReadonlySignal<EditorHandle | null>;
  painting: ReadonlySignal<Painting | null>;
  reveal(span: { from: number; to: number }): void;
}

/** Marks in the rendered text follow an edit this much later; those in the source at once. */
const followMs = 250;

export class Marks implements Marker {
  private source: ChangeMarks | null = null;
  private active: number | null = null;
  private state: "hidden" | "shown" = "hidden";
  private following: ReturnType<typeof setTimeout> | undefined;
  private readonly stops: (() => void)[];

  constructor(
    private readonly parts: MarkParts,
    private changes: readonly Change[],
  ) {
    const { text } = parts.session;
    const follow = ({ delta }: Parameters<Parameters<typeof text.observe>[0]>[0]) => {
      this.changes = moved(this.changes, delta);
      if (this.state === "hidden") return;
      clearTimeout(this.following);
      this.following = setTimeout(() => this.paint(), followMs);
    };
    text.observe(follow);
    this.stops = [
      () => text.unobserve(follow),
      effect(() => {
        const editor = parts.editor.value;
        // Readers have no editor, and do not load what draws in it.
        if (editor) void import("../../../editor/changes").then(({ changeMarks }) => this.drawIn(changeMarks(editor.view)));
      }),
    ];
  }

  /** What is left of them. */
  left(): readonly Change[] {
    return this.changes;
  }

  count(): number {
    return this.changes.length;
  }

  go(index: number): string {
    const change = this.changes[index];
    if (!change) return "";
    this.parts.reveal(change);
    this.source?.caret(change.from);
    const name = (author: string) => this.parts.authorship.person(author).display;
    return description(change, this.parts.session.text.toString(), authorsOf([change]).map(name));
  }

  show(active: number | null): void {
    [this.state, this.active] = ["shown", active];
    this.draw();
  }

  hide(): void {
    [this.state, this.active] = ["hidden", null];
    clearTimeout(this.following);
    this.source?.show(null, null);
    this.parts.painting.peek()?.mark([], "", null);
  }

  end(): void {
    this.hide();
    for (const stop of this.stops) stop();
  }

  private drawIn(source: ChangeMarks): void {
    this.source = source;
    if (this.state === "shown") this.draw();
  }

  private draw(): void {
    this.source?.show(this.drawn(), this.active);
    this.paint();
  }

  private paint(): void {
    this.parts.painting.peek()?.mark(this.drawn(), this.parts.session.text.toString(), this.active);
  }

  private drawn() {
    const peer = (author: string | null) => this.parts.authorship.person(author ?? "").peer;
    return this.changes.map((change) => ({ ...change, added: change.added.map((run) => ({ ...run, peer: peer(run.author) })) }));
  }
}
