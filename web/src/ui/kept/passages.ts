/** What of a text was not sent, as passages a person can read, copy and paste elsewhere. */
import { type Change, textChanges } from "../../session/differences";

export interface Passage {
  /** The words before it, to find the place by; "" at the beginning. */
  after: string;
  parts: readonly { kind: "same" | "added" | "removed"; text: string }[];
  /** The lines as they are here. */
  text: string;
}

const afterMax = 60;

/** Whole lines of `mine` around everything in which it differs from `shared`. */
export function passages(shared: string, mine: string): Passage[] {
  const groups: { from: number; to: number; changes: Change[] }[] = [];
  for (const change of textChanges(shared, mine)) {
    const from = mine.lastIndexOf("\n", change.fromB - 1) + 1;
    const to = lineEnd(mine, change.toB, change.fromB);
    const last = groups.at(-1);
    if (last && from <= last.to + 1) {
      last.changes.push(change);
      last.to = Math.max(last.to, to);
    } else groups.push({ from, to, changes: [change] });
  }
  return groups.map(({ from, to, changes }) => ({
    after: before(mine, from),
    parts: partsOf(shared, mine, from, to, changes),
    text: mine.slice(from, to),
  }));
}

/** Everything that was not sent, to be pasted. */
export const plain = (all: readonly Passage[]): string => all.map(({ text }) => text.trim()).filter(Boolean).join("\n\n");

/** An end just after a line break belongs to the line before. */
function lineEnd(text: string, at: number, from: number): number {
  if (at > from && text[at - 1] === "\n") return at - 1;
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function before(text: string, at: number): string {
  const line = text.slice(0, at).trimEnd().split("\n").at(-1)?.trim() ?? "";
  const words = line.replace(/^(#+|[-*+]|\d+\.|>)\s+(\[[ xX]\]\s+)?/, "");
  return words.length > afterMax ? `…${words.slice(-afterMax).replace(/^\S*\s/, "")}` : words;
}

function partsOf(shared: string, mine: string, from: number, to: number, changes: readonly Change[]): Passage["parts"] {
  const parts: { kind: "same" | "added" | "removed"; text: string }[] = [];
  const put = (kind: "same" | "added" | "removed", text: string) => text && parts.push({ kind, text });
  let at = from;
  for (const change of changes) {
    put("same", mine.slice(at, change.fromB));
    put("removed", shared.slice(change.fromA, change.toA));
    put("added", mine.slice(change.fromB, Math.min(change.toB, to)));
    at = Math.min(change.toB, to);
  }
  put("same", mine.slice(at, to));
  return parts;
}
