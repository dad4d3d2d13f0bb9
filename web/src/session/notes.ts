/**
 * The notes of a document, and where their passages are in the text as it is now.
 *
 * Notes are a Y.Doc of their own that only the server writes; it comes over the document's socket. Next: `anchors.ts`
 * for how a passage is found and followed.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type * as Y from "yjs";
import type { Passage } from "./api";
import type { World } from "./socket";

export type { Passage } from "./api";

/** One emoji under a note or a reply. */
export interface Reaction {
  emoji: string;
  /** Authors, oldest first. */
  by: readonly string[];
}

interface Said {
  id: string;
  /** Author. */
  by: string;
  /** When, in milliseconds. */
  at: number;
  body: string;
  /** When its body was last changed. */
  edited: number | null;
  /** Authors its body names. */
  mentions: readonly string[];
  reactions: readonly Reaction[];
}

export type Reply = Said;

export interface Note extends Said {
  quote: string;
  before: string;
  after: string;
  heading: string;
  /** Author who resolved it; null: open. */
  resolved: string | null;
  /** Oldest first. */
  replies: readonly Reply[];
}

/** Where a note's passage is in the text as it is now. */
export interface Place {
  /** UTF-16 offsets in the Y.Text; the same when nothing of the passage is left. */
  from: number;
  to: number;
  /** The words there are not the note's quote. */
  changed: boolean;
}

export interface Notes {
  /** The server's notes and its text are here; before, no notes says nothing. */
  readonly ready: ReadonlySignal<boolean>;
  /** Oldest first. A note that did not change stays the same object. */
  readonly all: ReadonlySignal<readonly Note[]>;
  /** By note id; absent: detached. A new map when anything moved; it may be a frame behind the text. */
  readonly places: ReadonlySignal<ReadonlyMap<string, Place>>;
  /** A part of the text as it is now, for a new note. The quote is empty if there are no words in it. */
  passage(from: number, to: number): Passage;
}

export function watchNotes(_sources: { text: Y.Text; world: World }): Notes {
  return {
    ready: signal(false),
    all: signal([]),
    places: signal(new Map()),
    passage: () => ({ anchor: null, quote: "", before: "", after: "", heading: "" }),
  };
}
