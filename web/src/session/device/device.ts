/**
 * What this browser keeps for whoever looks: copies of the documents they have opened, and what waits for the server.
 *
 * Invariants: nothing is called kept before its transaction completed; the number of edits that wait is never less than
 * the truth; a copy is let go of only when the server has all of it or the person says so. A browser that gives no
 * storage, or fails, makes the page say so and never stops it. Next: `database.ts` for the shape on disk, `copy.ts` for
 * one document's text.
 */
import type { ReadonlySignal } from "@preact/signals";
import type { Document, Known } from "../api";

/** One document on this device. */
export interface Card {
  id: string;
  /** As the server last described it; for one made here that the server does not know yet, as it will be. */
  document: Document;
  renderer: "small" | "full";
  /** Made here, and the server has not been told. */
  born: boolean;
  /** Wall clock, in milliseconds. */
  openedMs: number;
  /** Edits, note commands and files that the server is not known to have. */
  waiting: { edits: number; notes: number; files: number };
  /** Why the server will not take what waits; null: it may. `replaced`: the document's history is another one now. */
  stranded: "access" | "gone" | "replaced" | null;
  /** Who its notes are by, as the server last said; `people.ts` keeps it. */
  people?: readonly Known[];
}

/** How far the own edits of a page are on this device. */
export type Kept =
  /** All of them, up to what was typed a quarter of a second ago; `n` are not there yet. */
  | { kind: "kept"; pending: number }
  /** The browser gives no storage, or it failed: a sentence why. */
  | { kind: "none"; reason: string };

/** What an open page keeps of its document. */
export interface Copy {
  readonly kept: ReadonlySignal<Kept>;
  /** Everything kept, oldest first, and how many own edits in it the server is not known to have. */
  load(): Promise<{ updates: Uint8Array[]; edits: number; notes: Uint8Array | null }>;
  /** Only what the server has: the text both sides last had in common. */
  shared(): Promise<Uint8Array[]>;
  /** An own transaction, the `nth` of this page. */
  mine(update: Uint8Array, nth: number): void;
  /** What came from the server. */
  theirs(update: Uint8Array): void;
  /** The server has all own edits up to the `nth` of this page, and, from the first time on, those of before it. */
  acked(nth: number): void;
  /** All notes, as one update. */
  notes(state: Uint8Array): void;
  /** Resolves when everything said so far is in the database. */
  flush(): Promise<void>;
  close(): void;
}

export interface Device {
  readonly author: string;
  /** null: no storage here, with the sentence why. */
  readonly trouble: ReadonlySignal<string | null>;
  /** Last opened first. */
  cards(): Promise<Card[]>;
  card(document: string): Promise<Card | null>;
  /** Makes or changes a card; counts of what waits stay the database's own. */
  put(document: Document, more?: Partial<Pick<Card, "renderer" | "born" | "openedMs" | "stranded">>): Promise<void>;
  /** The text as it is kept; null: there is none. */
  text(document: string): Promise<string | null>;
  /** Card, text, notes and what waits are gone. */
  forget(document: string): Promise<void>;
  /** Told when a card changed, here or in another tab. */
  onChange(listener: () => void): () => void;
  copy(document: string): Copy;
  /** For what is kept beside the text, such as `queue.ts`; rejects with the sentence of `trouble` where there is none. */
  database(): Promise<IDBDatabase>;
  /** Something about this document was kept past this object: tells those who listen, here and in other tabs. */
  changed(document: string): void;
}
