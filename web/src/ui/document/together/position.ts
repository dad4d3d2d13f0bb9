/**
 * Tells the others which source line this page is at: that of the caret, if it moved last, else the one at the eyes of
 * the pane that was scrolled last.
 *
 * Invariant: whoever follows says nothing. Their pane is somebody else's doing, and two who follow each other would
 * never come to rest.
 */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { DocumentSession } from "../../../session/session";
import type { Pane, PaneParts, Side } from "./panes";

/** What moved last. */
export type Lead = "caret" | Side;

/** Where somebody is, by what moved last and what can be seen; null when no pane knows its lines yet. */
export function lineOf(lead: Lead, caret: number | null, panes: readonly Pane[]): number | null {
  const source = panes.find(({ side }) => side === "source");
  if (lead === "caret" && source && caret !== null) return caret;
  const pane = panes.find(({ side }) => side === lead) ?? panes.find(({ side }) => side === "sheet") ?? source;
  return pane ? Math.round(pane.line() * 100) / 100 : null;
}

/** At most so often; the last change is never left out. */
export class Pace {
  #last = -Infinity;
  #waiting = false;

  constructor(
    private readonly everyMs: number,
    private readonly run: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  soon(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    // Never in the same turn: what has just changed is not laid out yet.
    setTimeout(() => this.atOnce(), Math.max(10, this.#last + this.everyMs - this.now()));
  }

  atOnce(): void {
    this.#waiting = false;
    this.#last = this.now();
    this.run();
  }
}

export interface Position {
  /** Something else moves this page from now on. */
  lead(by: Lead): void;
  /** Says it without waiting. */
  tell(): void;
}

export interface PositionParts extends PaneParts {
  session: DocumentSession;
  source: HTMLElement;
  view: ReadonlySignal<unknown>;
}

const everyMs = 250;

export function tellPosition(parts: PositionParts, panes: () => Pane[], following: () => boolean): Position {
  const { session, editor, preview } = parts;
  const { awareness } = session;
  let lead: Lead = "sheet";
  const caret = () => {
    const state = editor.peek()?.view.state;
    return state ? state.doc.lineAt(state.selection.main.head).number - 1 : null;
  };
  const pace = new Pace(everyMs, () => {
    if (following()) return;
    const line = lineOf(lead, caret(), panes());
    if (line !== null && awareness.getLocalState()?.["line"] !== line) awareness.setLocalStateField("line", line);
  });

  // The caret's place among the letters: it stays the same while others write around it.
  let cursor: unknown;
  awareness.on("change", () => {
    const next: unknown = awareness.getLocalState()?.["cursor"];
    if (next === cursor) return;
    cursor = next;
    if (next) lead = "caret";
    pace.soon();
  });
  const soon = () => pace.soon();
  for (const pane of [parts.source, parts.sheet]) pane.addEventListener("scroll", soon, { capture: true, passive: true });
  addEventListener("resize", soon);
  effect(() => {
    void [editor.value?.position.value, preview.value?.lines.value, parts.view.value];
    void [parts.slides.on.value, parts.slides.at.value, parts.slides.deck.value];
    soon();
  });
  return {
    lead(by) {
      lead = by;
      soon();
    },
    tell: () => pace.atOnce(),
  };
}
