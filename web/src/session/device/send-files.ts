/**
 * Sends pictures and files that wait on this device for a document that no page shows.
 *
 * The edit that shows one is made in the text as it is kept here, and waits like any other edit: whoever sends edits
 * sends it. Invariant: as in `queued-files.ts`, each is written once. Brings Yjs along: loaded when something waits.
 */
import * as Y from "yjs";
import { filesPath, type StoredFile } from "../api";
import { ApiError } from "../call";
import { fileText, gapAfter, gapBefore } from "../landing";
import { isPassing, type Send, send as sendBytes } from "../send";
import type { Copy, Device } from "./device";
import { fileLock, offsetOf } from "./kept-uploads";
import { unlessHeld } from "./locks";
import { createFileQueue, type FileQueue, isWritten, type QueuedFile, timesIn } from "./queued-files";
import type { Rows } from "./rows";

export interface SendFilesParts {
  device: Pick<Device, "author" | "copy">;
  document: string;
  rows: Rows;
  send?: Send;
}

/** Rejects when the server cannot be reached; what it refuses stays, for a page to show. */
export async function sendFiles({ device, document, rows, send = sendBytes }: SendFilesParts): Promise<void> {
  const files = createFileQueue(document, rows);
  await files.loaded;
  for (const { id, refused } of files.waiting.peek()) {
    if (refused !== null) continue;
    await unlessHeld(fileLock(device.author, document, id), () => sendOne({ files, send, id, document, device }));
  }
}

interface One extends Pick<SendFilesParts, "device" | "document"> {
  files: FileQueue;
  send: Send;
  id: string;
}

async function sendOne({ files, send, id, document, device }: One): Promise<void> {
  const file = await files.find(id);
  if (!file) return;
  const stored = file.stored?.file ?? (await upload(files, send, document, file));
  if (!stored) return;
  const copy = device.copy(document);
  try {
    const written = await write(copy, files, file, stored);
    if (written) await files.drop(id);
  } finally {
    copy.close();
  }
}

async function upload(files: FileQueue, send: Send, document: string, { id, name, blob }: QueuedFile): Promise<StoredFile | null> {
  try {
    return await send<StoredFile>(filesPath(document, name), blob, () => {}).done;
  } catch (error) {
    if (!(error instanceof ApiError) || isPassing(error) || error.status === 401) throw error;
    await files.refuse(id, error.message);
    return null;
  }
}

/** Whether the text as it is kept shows it now. */
async function write(copy: Copy, files: FileQueue, file: QueuedFile, stored: StoredFile): Promise<boolean> {
  const doc = new Y.Doc();
  const { updates } = await copy.load();
  doc.transact(() => updates.forEach((update) => Y.applyUpdate(doc, update)));
  const text = doc.getText("content");
  if (isWritten(file, text.toString())) return true;
  if (!file.stored) await files.stored(file.id, { file: stored, before: timesIn(text.toString(), stored.url) });
  doc.on("update", (update: Uint8Array) => copy.mine(update, 1));
  insert(text, file, stored);
  await copy.flush();
  doc.destroy();
  const kept = copy.kept.peek();
  return kept.kind === "kept" && kept.pending === 0;
}

export function insert(text: Y.Text, { name, place }: QueuedFile, stored: StoredFile): void {
  const all = text.toString();
  const at = offsetOf(text, place);
  const lead = gapBefore(all.slice(0, at), at === all.length, place.between);
  text.insert(at, lead + fileText(name, stored) + gapAfter(all.slice(at, at + 1)));
}
