/** Notes by the API, as a page would write them: the server finds the words. */
import { randomBytes } from "node:crypto";
import type { Document, Person } from "./people";

export interface NoteJson {
  id: string;
  quote: string;
  body: string;
  anchor: unknown;
  resolved: string | null;
  replies: { id: string; body: string }[];
}

const path = (document: Document, rest = "") => `/api/documents/${document.id}/notes${rest}`;

/** Leaves a note on some words; its id. */
export async function leave(by: Person, document: Document, quote: string, body: string, more: object = {}): Promise<string> {
  const id = uuid7();
  await by.call("POST", path(document), { id, anchor: null, quote, body, ...more });
  return id;
}

export async function answer(by: Person, document: Document, note: string, body: string): Promise<string> {
  const id = uuid7();
  await by.call("POST", path(document, `/${note}/replies`), { id, body });
  return id;
}

export async function react(by: Person, document: Document, note: string, emoji: string[]): Promise<void> {
  await by.call("POST", path(document, `/${note}/reactions`), { emoji });
}

export async function resolve(by: Person, document: Document, note: string): Promise<void> {
  await by.call("PATCH", path(document, `/${note}`), { resolved: true });
}

export async function notesOf(by: Person, document: Document): Promise<NoteJson[]> {
  return ((await (await by.call("GET", path(document))).json()) as { notes: NoteJson[] }).notes;
}

export function uuid7(now = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8(0x70 | ((bytes[6] ?? 0) & 0x0f), 6);
  bytes.writeUInt8(0x80 | ((bytes[8] ?? 0) & 0x3f), 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
