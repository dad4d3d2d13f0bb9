/** What is done with kept updates that takes Yjs, apart so that a page without a text does not load it. */
import * as Y from "yjs";

export const merge = (updates: Uint8Array[]): Uint8Array => Y.mergeUpdates(updates);

export function textOf(updates: readonly Uint8Array[]): string {
  const doc = new Y.Doc();
  doc.transact(() => updates.forEach((update) => Y.applyUpdate(doc, update)));
  const text = doc.getText("content").toString();
  doc.destroy();
  return text;
}
