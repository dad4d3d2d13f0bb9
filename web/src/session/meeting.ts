/**
 * Which paragraphs both sides had rewritten while they were apart, from what was kept of the time before.
 *
 * Loaded at a return with edits of one's own. Invariant: nothing is searched where it is not certain what both sides had
 * in common. Next: `apart.ts`, `clashes.ts`.
 */
import * as Y from "yjs";
import { type Clash, clashesBetween } from "./clashes";

export interface Meeting {
  /** What both sides had in common, as updates. */
  shared: readonly Uint8Array[];
  mine: string;
  /** What the others wrote, first of all what the server told at the return. */
  theirs: readonly Uint8Array[];
  /** The text now. */
  merged: string;
}

export function clashesIn({ shared, mine, theirs, merged }: Meeting): Clash[] {
  const [told = new Uint8Array(), ...more] = theirs;
  const rows = known(shared, told);
  const base = textOf(rows);
  const met = base === null ? null : textOf([...rows, told]);
  if (base === null || met === null) return [];
  // What rests on own edits was written by somebody who had seen them.
  const later = more.length > 0 ? textOf([...rows, told, ...more]) : met;
  return clashesBetween({ base, mine, theirs: later ?? met, merged });
}

/**
 * Another tab may have kept what the server has told since: rows with anything in them that was news to this page are
 * left out.
 */
function known(rows: readonly Uint8Array[], told: Uint8Array): readonly Uint8Array[] {
  const news = Y.parseUpdateMeta(told).from;
  return rows.filter((row) => [...Y.parseUpdateMeta(row).to].every(([client, to]) => to <= (news.get(client) ?? Infinity)));
}

/** The text of these updates; null: there are none, or they rest on others. */
function textOf(updates: readonly Uint8Array[]): string | null {
  if (updates.length === 0) return null;
  const doc = new Y.Doc();
  Y.transact(doc, () => updates.forEach((update) => Y.applyUpdate(doc, update)));
  const { pendingStructs, pendingDs } = doc.store;
  return pendingStructs === null && pendingDs === null ? doc.getText("content").toString() : null;
}
