/** Sends everything that waits beside the text of a document that no page shows. Its text is with the server already. */
import type { NotesApi } from "./command";
import type { Device } from "./device";
import { createQueue } from "./queue";
import { openRows } from "./rows";

/** What cannot be sent now, and what was refused, stays. Rejects when the server cannot be reached for a file. */
export async function sendQueued(device: Device, document: string, api: NotesApi): Promise<void> {
  const rows = openRows(device, document);
  try {
    await rows.loaded;
    if (rows.all.peek().some(({ kind }) => kind === "notes")) await createQueue(device, document, api, rows).flush();
    if (!rows.all.peek().some(({ kind }) => kind === "file")) return;
    const { sendFiles } = await import("./send-files");
    await sendFiles({ device, document, rows });
  } finally {
    rows.stop();
  }
}
