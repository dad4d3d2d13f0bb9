/**
 * Draws who wrote this, in the source and in the text, while it shows. Loaded when it is first asked for.
 *
 * Invariant: while it is hidden nothing follows the text. Next: `session/authorship.ts`, `editor/authorship.ts`,
 * `preview/painting.ts`.
 */
import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { AuthorMarks, LineShare, Writer } from "../../../editor/authorship";
import type { EditorHandle } from "../../../editor/editor";
import type { Painting } from "../../../preview/painting";
import { type Authorship, type Run, runAt, type Share, sharesIn } from "../../../session/authorship";
import { announce } from "../../announce";
import type { Credit, WhoWrote } from "./authors";
import { type Named, sentence } from "./sentence";

/** As many as `authorship.css` has. */
const linesMax = 4;

export interface DrawParts {
  who: WhoWrote;
  authorship: Authorship;
  text(): string;
  editor: ReadonlySignal<EditorHandle | null>;
  painting: ReadonlySignal<Painting | null>;
}

/** Answers what to do when the text is pressed. */
export function drawAuthors(parts: DrawParts): (offset: number) => void {
  const { who, authorship, editor, painting, text } = parts;
  const writers = new Writers(authorship);
  const source = signal<AuthorMarks | null>(null);
  const point = (shares: readonly Named[]) => {
    who.pointed.value = shares.map(({ name }) => name);
    if (shares.length > 0) announce(sentence(shares));
  };
  const pressed = (shares: readonly LineShare[]) => point(shares.map(({ writer, part }) => ({ name: writer.name, part })));

  effect(() => {
    const mounted = editor.value;
    // Readers have no editor, and do not load what draws in it.
    if (mounted) void import("../../../editor/authorship").then(({ authorMarks }) => (source.value = authorMarks(mounted.view, pressed)));
  });
  effect(() => (who.shown.value === "shown" ? untracked(() => watchSettled(authorship)) : undefined));
  effect(() => {
    const marks = source.value;
    const runs = authorship.runs.value;
    if (who.shown.value === "hidden") {
      marks?.show(null);
      painting.value?.tint([], "");
      who.credits.value = null;
      return;
    }
    const credits = writers.credit(sharesIn(runs, 0, runs.at(-1)?.to ?? 0));
    if (runs.length > 0 || untracked(text) === "") who.credits.value = credits;
    const written = runs.map(({ from, to, author }) => ({ from, to, writer: writers.of(author) }));
    const tint = who.tint.value;
    marks?.show({ parts: written, tint });
    const tinted = tint === "words" ? written.map(({ from, to, writer }) => ({ from, to, ...writer })) : [];
    painting.value?.tint(tinted, untracked(text));
  });

  return (offset) => {
    if (who.shown.peek() === "hidden") return;
    const run: Run | undefined = authorship.runs.peek()[runAt(authorship.runs.peek(), offset)];
    if (run) point([{ name: writers.of(run.author).name, part: 1 }]);
  };
}

/** From when it is known whose most of the text is: nobody sees it grey first. */
function watchSettled(authorship: Authorship): () => void {
  let stop: (() => void) | null = null;
  let state: "waiting" | "ended" = "waiting";
  void authorship.settled().then(() => {
    if (state === "waiting") stop = authorship.watch();
  });
  return () => {
    state = "ended";
    stop?.();
  };
}

/** One object a writer, so that what is drawn can be compared; another one when they are called otherwise. */
class Writers {
  readonly #known = new Map<string, Writer>();
  #given = 0;

  constructor(private readonly authorship: Authorship) {}

  of(author: string | null): Writer {
    const key = author ?? "";
    const { display: name, peer } = this.authorship.person(key);
    const before = this.#known.get(key);
    if (before?.name === name && before.peer === peer) return before;
    // Whoever wrote most comes first, and keeps their line; nobody has the last one.
    const line = before?.line ?? (key === "" ? linesMax : (this.#given++ % linesMax) + 1);
    const writer = { name, peer, line };
    this.#known.set(key, writer);
    return writer;
  }

  credit(shares: readonly Share[]): Credit[] {
    return shares.map(({ author, part }) => ({ author: author ?? "", ...this.of(author), part }));
  }
}
