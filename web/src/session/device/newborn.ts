/**
 * Documents that begin on this device: the server hears of them when it can be reached.
 *
 * Invariant: whoever is told a document is here can open it, also after the tab was closed. Next: `../born.ts`, which
 * makes an open one at the server; `deliver.ts` for the others.
 */
import type { Document } from "../api";
import type { Somebody } from "../here";
import { uuid7 } from "../uuid7";
import type { Device } from "./device";

/** A text of this many characters is more than anybody types; the server refuses larger ones. */
export const textMax = 1_000_000;

export async function makeHere(device: Device, me: Somebody, text: string, title: string, now = Date.now()): Promise<Document> {
  const trouble = device.trouble.peek();
  if (trouble !== null) throw new Error(`${trouble} New documents need the server here.`);
  if (text.length > textMax) throw new Error("This text is too large to be kept until there is a connection. Bring it in when you are online again.");
  const document = blank(uuid7(now), me, title, now);
  await device.put(document, { born: true, openedMs: now });
  if (text !== "") await keep(device, document.id, text.replace(/\r\n?/g, "\n"));
  return document;
}

async function keep(device: Device, id: string, text: string): Promise<void> {
  const Y = await import("yjs");
  const doc = new Y.Doc();
  doc.getText("content").insert(0, text);
  const copy = device.copy(id);
  copy.mine(Y.encodeStateAsUpdate(doc), 1);
  await copy.flush();
  const kept = copy.kept.peek();
  copy.close();
  if (kept.kind === "none" || kept.pending > 0) throw new Error("This browser’s storage did not take it. Nothing was brought in.");
}

function blank(id: string, me: Somebody, title: string, now: number): Document {
  const { author, display, peer } = me;
  const owner = { author, display, peer, guest: me.kind === "guest", ...(me.kind === "account" && { name: me.name }) };
  const none = { trashed_ms: null, asked: null, purge_ms: null, requests: 0, notes: 0, mentions: 0 };
  // Every document begins with its first history.
  return { id, title, role: "own", updated_ms: now, created_ms: now, opened_ms: now, epoch: firstEpoch, owner, via: "own", url: `/d/${id}`, ...none };
}

const firstEpoch = 1;
