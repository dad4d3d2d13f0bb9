/**
 * Where passages with notes are shown and chosen: the source and the preview, behind one interface.
 *
 * Types only, so that the rail can be told which of the two leads without knowing either. All offsets are source
 * offsets in UTF-16 units, in the preview too. Next: `notes.ts` for the source, `preview/notes.ts` for the preview.
 */
import type { ReadonlySignal } from "@preact/signals";

/** A passage to be marked. */
export interface NoteMark {
  id: string;
  from: number;
  to: number;
  resolved: boolean;
}

export interface Span {
  from: number;
  to: number;
}

export interface NoteSurface {
  /** Marks these passages and no others. Cheap: called whenever notes, their places or the active one change. */
  show(marks: readonly NoteMark[], active: string | null): void;
  /** Told the ids under a press, the smallest passage first. Returns how to stop listening. */
  onPress(listener: (ids: string[]) => void): () => void;
  /** What is selected here; null when nothing is. */
  readonly selected: ReadonlySignal<Span | null>;
  /** The end of the selection in window coordinates; null when nothing is selected or it is out of sight. */
  selectionRect(): DOMRect | null;
  /** Brings a passage into sight without taking the focus. */
  reveal(from: number, to: number): void;
  /** Pixels from the top of the scroller's content; null when the place is not known here. */
  topOf(offset: number): number | null;
  /** A new value whenever `topOf` may answer otherwise than before: another text, another layout. */
  readonly layout: ReadonlySignal<number>;
  readonly scroller: HTMLElement;
}
