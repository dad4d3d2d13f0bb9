/** What is being written and not posted yet, kept in this browser so that a closed tab loses nothing. */
import { type Signal, signal } from "@preact/signals";
import type { Passage } from "./api";

export interface Draft {
  passage: Passage;
  body: string;
}

export interface Drafts {
  /** The one new note being written. */
  readonly note: Signal<Draft | null>;
  /** The reply begun to a note; "" if there is none. */
  reply(note: string): string;
  /** "" forgets it. */
  setReply(note: string, body: string): void;
}

export interface DraftSources {
  document: string;
  /** Whose drafts: the author of whoever looks at this page. */
  author: string;
  /** `localStorage`; null where the browser does not give it. */
  storage: Storage | null;
  now(): number;
}

export function createDrafts(_sources: DraftSources): Drafts {
  return { note: signal(null), reply: () => "", setReply() {} };
}
