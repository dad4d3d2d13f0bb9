/**
 * What others changed between two texts: where, by whom, and how it is said in words.
 *
 * Pure: two texts, and the runs of authorship of the second. Used for what changed since a reader last looked, and while
 * a page was without the server; a reader's own words are no news to them, unless they came from another device. Nobody knows who deleted something: a deletion goes with what was written in its place,
 * and alone it counts as another's. Next: `differences.ts`, `authorship.ts`, `ui/document/since/since.ts`.
 */
import type * as Y from "yjs";
import { shiftOf } from "./anchors";
import { type Run, runAt } from "./authorship";
import { textChanges } from "./differences";

export interface Change {
  /** Where it is in the text as it is now; the same when something was only deleted. */
  from: number;
  to: number;
  /** What others wrote there. */
  added: readonly Run[];
  /** What stood there before. */
  removed: string;
}

/** One edit of the text, as Yjs tells it. */
export type Delta = Y.YTextEvent["delta"];

export type Changes =
  | { kind: "none" }
  | { kind: "marked"; changes: readonly Change[] }
  /** So much that marks would not help. */
  | { kind: "rewritten"; authors: readonly string[] };

export interface Comparison {
  then: string;
  now: string;
  /** Who wrote what of the text now. */
  runs: readonly Run[];
  mine(author: string): boolean;
}

/** More marks than anybody goes through. */
const changesMax = 200;
/** From this part of the text on it is another text. */
const rewrittenPart = 0.6;
/** A shorter text is quickly another one and as quickly read. */
const rewrittenMin = 600;

export function changesBetween({ then, now, runs, mine }: Comparison): Changes {
  if (then === now) return { kind: "none" };
  const changes: Change[] = [];
  for (const { fromA, toA, fromB, toB } of textChanges(then, now)) {
    const pieces = between(runs, fromB, toB);
    const added = pieces.filter(({ author }) => author === null || !mine(author));
    // Whoever wrote something in the place of something else took that away.
    if (pieces.length > 0 && added.length === 0) continue;
    changes.push({ from: fromB, to: toB, added, removed: then.slice(fromA, toA) });
  }
  return fit(changes, then, now);
}

/** What came into a text all at once, nothing of it written by this page; whose it is can be said later. */
export function arrived(then: string, now: string): readonly Change[] {
  return textChanges(then, now).map(({ fromA, toA, fromB, toB }) => {
    const { from, to, removed } = unglued(then.slice(fromA, toA), now.slice(fromB, toB), fromB);
    return { from, to, added: from < to ? [{ from, to, author: null }] : [], removed };
  });
}

/** Words that came beside one's own without a space between: those stay one's own, though it is another word now. */
function unglued(removed: string, added: string, at: number): { from: number; to: number; removed: string } {
  const all = { from: at, to: at + added.length, removed: "" };
  if (removed !== "" && added.startsWith(removed)) return { ...all, from: at + removed.length };
  return removed !== "" && added.endsWith(removed) ? { ...all, to: all.to - removed.length } : { ...all, removed };
}

/**
 * The same changes, now that it is known who wrote what. Beside what others wrote one's own words are what was there
 * before; where only one's own came, they are from another device.
 */
export function attributed(changes: readonly Change[], runs: readonly Run[], mine: (author: string) => boolean): readonly Change[] {
  return changes.map((change) => {
    const all = change.added.flatMap(({ from, to }) => between(runs, from, to));
    const others = all.filter(({ author }) => author === null || !mine(author));
    const [first, last] = [others[0], others.at(-1)];
    if (!first || !last || others.length === all.length) return { ...change, added: all };
    return { ...change, from: first.from, to: last.to, added: others };
  });
}

/** As many changes as can be gone through, or how much it was. */
export function fit(changes: readonly Change[], then: string, now: string): Changes {
  if (changes.length === 0) return { kind: "none" };
  const amount = changes.reduce((sum, { added, removed }) => sum + removed.length + lengthOf(added), 0);
  const rewritten = then.length >= rewrittenMin && amount > rewrittenPart * (then.length + now.length);
  return rewritten || changes.length > changesMax ? { kind: "rewritten", authors: authorsOf(changes) } : { kind: "marked", changes };
}

/** Changes that are there already, and newer ones; where both are in the same place, the newer ones. */
export function together(before: readonly Change[], newer: readonly Change[]): readonly Change[] {
  const apart = before.filter((old) => newer.every(({ from, to }) => old.to < from || to < old.from));
  return [...apart, ...newer].sort((a, b) => a.from - b.from);
}

function lengthOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { from, to }) => sum + to - from, 0);
}

function between(runs: readonly Run[], from: number, to: number): Run[] {
  const found: Run[] = [];
  if (from === to) return found;
  for (let index = runAt(runs, from); index < runs.length && runs[index]!.from < to; index++) {
    const run = runs[index]!;
    found.push({ from: Math.max(from, run.from), to: Math.min(to, run.to), author: run.author });
  }
  // What has come since the runs were made.
  if (found.length === 0) found.push({ from, to, author: null });
  return found;
}

/** Who wrote in these changes, most first. */
export function authorsOf(changes: readonly Change[]): string[] {
  const amounts = new Map<string, number>();
  for (const { from, to, author } of changes.flatMap(({ added }) => added)) {
    if (author !== null) amounts.set(author, (amounts.get(author) ?? 0) + to - from);
  }
  return [...amounts].sort(([, a], [, b]) => b - a).map(([author]) => author);
}

/** The changes after one more edit: they move along; of what was taken away nothing stays. */
export function moved(changes: readonly Change[], delta: Delta): readonly Change[] {
  const shift = shiftOf(delta);
  const stretch = <T extends { from: number; to: number }>(it: T): T => {
    const to = shift.end(it.to);
    return { ...it, from: Math.min(it.from === it.to ? to : shift.start(it.from), to), to };
  };
  const next = changes.map((change) => ({ ...stretch(change), added: change.added.map(stretch).filter(({ from, to }) => from < to) }));
  return next.filter(({ added, removed }) => added.length > 0 || removed !== "");
}

/** "Ama", "Ama and Tomasz", "Ama, Tomasz and 2 others". */
export function listed(names: readonly string[]): string {
  const [first = "", second = ""] = names;
  if (names.length <= 1) return first;
  if (names.length === 2) return `${first} and ${second}`;
  const others = names.length - 2;
  return `${first}, ${second} and ${others} ${others === 1 ? "other" : "others"}`;
}

/** "4 changes by Ama since you last looked, 3 days ago". */
export function summary(count: number, names: readonly string[], when: string): string {
  return `${count} ${count === 1 ? "change" : "changes"}${by(names)} since you last looked, ${when}`;
}

export function rewrittenSummary(names: readonly string[], when: string): string {
  return `Much of the text was changed${by(names)} since you last looked, ${when}`;
}

/** Whose changes came while somebody was away; `mine` is themselves, on another device. */
export interface Came {
  names: readonly string[];
  mine: boolean;
}

/** "Grace and Ada changed this while you were away", "3 people changed this while you were away". */
export function awaySummary(came: Came): string {
  const doer = doerOf(came);
  if (doer === "You") return "You changed this on another device";
  return doer === "" ? "This was changed while you were away" : `${doer} changed this while you were away`;
}

export function awayRewrittenSummary(came: Came): string {
  const doer = doerOf(came);
  if (doer === "You") return "You changed much of this on another device";
  return doer === "" ? "Much of this was changed while you were away" : `${doer} changed much of this while you were away`;
}

function doerOf({ names, mine }: Came): string {
  if (names.length === 0) return mine ? "You" : "";
  return names.length > 2 ? `${names.length} people` : listed(names);
}

function by(names: readonly string[]): string {
  return names.length === 0 ? "" : ` by ${listed(names)}`;
}

/** One change in words, for the one who steps to it. */
export function description({ added, removed, from, to }: Change, text: string, names: readonly string[]): string {
  const who = names.length === 0 ? "Somebody" : listed(names);
  const words = quoted(text.slice(from, to));
  if (added.length === 0 || from === to) return `Deleted: ${quoted(removed)}`;
  return removed === "" ? `${who} added ${words}` : `${who} put ${words} in the place of ${quoted(removed)}`;
}

const wordsMax = 60;

/** What is read aloud of a passage: its beginning, in one line. */
export function quoted(words: string): string {
  const line = words.replace(/\s+/g, " ").trim();
  const characters = [...line];
  if (line === "") return /\n/.test(words) ? "a line break" : "a space";
  return `“${characters.length > wordsMax ? `${characters.slice(0, wordsMax).join("").trimEnd()}…` : line}”`;
}
