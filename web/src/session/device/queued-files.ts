/**
 * Pictures and files of one document that the server has not got yet: their bytes, and where in the text they belong.
 *
 * Invariant: bytes leave the device only when the text that shows them is kept, or when a person says so. Each is written
 * into the text once: what it was stored as is noted before the text changes, with how often the text had it then.
 * Next: `rows.ts`; `kept-uploads.ts` for a page, `send-files.ts` for sending without one.
 */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { StoredFile } from "../api";
import { uuid7 } from "../uuid7";
import type { Queued } from "./database";
import type { Rows } from "./rows";

/** Where one belongs. */
export interface FilePlace {
  /** Yjs' relative position in JSON: it moves with the text. */
  position: unknown;
  /** What parts those that came to one place: paragraphs of their own, or in a line. */
  between: "\n\n" | " ";
  /** The same for those that came to one place. */
  row: string;
}

export interface QueuedFile {
  id: string;
  /** Wall clock, in milliseconds. */
  at: number;
  name: string;
  blob: Blob;
  place: FilePlace;
  /** The server has it, and the text is about to show it: it had this address so often before. */
  stored: { file: StoredFile; before: number } | null;
  /** Why the server does not take it; the next page tries again, and shows it. */
  refused: string | null;
  /** Another one with each change. */
  rev: number;
}

export interface FileQueue {
  readonly waiting: ReadonlySignal<readonly QueuedFile[]>;
  readonly loaded: Promise<void>;
  /** Rejects with a sentence where it cannot be kept. */
  add(file: Pick<QueuedFile, "id" | "name" | "blob" | "place">): Promise<void>;
  /** As it is on the device now; null: it is gone. */
  find(id: string): Promise<QueuedFile | null>;
  /** Before the text shows it. */
  stored(id: string, stored: NonNullable<QueuedFile["stored"]>): Promise<void>;
  refuse(id: string, sentence: string): Promise<void>;
  drop(id: string): Promise<void>;
}

/** Pictures and files that wait in one document. */
export const filesMax = 20;
/** Bytes of all of them. */
export const bytesMax = 100 * 1024 * 1024;
const tooMany = `${filesMax} pictures and files wait on this device already. This one stays only as long as this page is open.`;
const tooMuch = "The pictures and files that wait on this device have 100 MB already. This one stays only as long as this page is open.";

export const newFileId = uuid7;

export function createFileQueue(document: string, rows: Rows): FileQueue {
  const change = (id: string, by: Partial<QueuedFile>) =>
    rows.change((all, { put }) => {
      const row = all.find((it) => it.id === id);
      if (row) put({ ...row, body: { ...(row.body as QueuedFile), ...by, rev: fileOf(row).rev + 1 } });
    });
  return {
    waiting: computed(() => filesOf(rows.all.value)),
    loaded: rows.loaded,
    add: ({ id, name, blob, place }) =>
      rows.change((all, { put }) => {
        const there = filesOf(all);
        if (there.some((it) => it.id === id)) return;
        if (there.length >= filesMax) throw new Error(tooMany);
        if (there.reduce((sum, it) => sum + it.blob.size, blob.size) > bytesMax) throw new Error(tooMuch);
        put({ document, id, at: Date.now(), kind: "file", body: { name, blob, place, stored: null, refused: null, rev: 0 } });
      }),
    find: (id) => rows.change((all) => filesOf(all).find((it) => it.id === id) ?? null),
    stored: (id, stored) => change(id, { stored }),
    refuse: (id, refused) => change(id, { refused }),
    drop: (id) => rows.change((all, { drop }) => all.filter((it) => it.id === id).forEach(drop)),
  };
}

function filesOf(rows: readonly Queued[]): QueuedFile[] {
  return rows.filter(({ kind }) => kind === "file").map(fileOf);
}

function fileOf({ id, at, body }: Queued): QueuedFile {
  return { id, at, ...(body as Omit<QueuedFile, "id" | "at">) };
}

/** How often a text has an address. */
export function timesIn(text: string, address: string): number {
  return text.split(address).length - 1;
}

/** The text shows it already: the page ended between the two. */
export function isWritten({ stored }: QueuedFile, text: string): boolean {
  return stored !== null && timesIn(text, stored.file.url) > stored.before;
}
