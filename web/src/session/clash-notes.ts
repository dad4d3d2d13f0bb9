/**
 * What is said in the margin about paragraphs that two sides rewrote apart: both versions, in one note each.
 *
 * Pure. Invariants: a clash has one id, whoever of the two sides tells it and in which tab, so that it is told once; what
 * was left out of a version is marked as left out; no more notes come of one return than a person reads.
 * Next: `clashes.ts`, `meeting.ts`.
 */
import { type Authorship, type Run, sharesIn } from "./authorship";
import type { Clash, Side } from "./clashes";

export interface ClashNote {
  /** For the server: asking twice says it once. */
  id: string;
  /** What it is about, in the merged text. */
  from: number;
  to: number;
  body: string;
}

/** Whose the other version is; `mine`: of whoever reads this, on another device. */
export type Others = { kind: "people"; names: readonly string[] } | { kind: "mine" } | { kind: "unknown" };

/** Paragraphs told one by one; one more note says how many others there are. */
export const notesMax = 5;
/** Of each version, in characters; of a longer one, what is around the words that were changed. */
export const versionMax = 500;

export function clashNotes(document: string, clashes: readonly Clash[], othersOf: (clash: Clash) => Others): ClashNote[] {
  const rest = clashes.length - notesMax;
  return clashes.slice(0, rest > 0 ? notesMax + 1 : notesMax).map((clash, at) => {
    const body = clean(at < notesMax ? bodyOf(clash, othersOf(clash)) : restOf(rest));
    return { id: idOf(document, clash, at < notesMax ? "one" : "rest"), from: clash.from, to: clash.to, body };
  });
}

/** Who wrote what came into a clash from the other side. Nobody knows who deleted something. */
export function othersOf({ came }: Clash, runs: readonly Run[], { mine, person }: Pick<Authorship, "mine" | "person">): Others {
  const authors = new Set(came.flatMap(({ from, to }) => sharesIn(runs, from, to).flatMap(({ author }) => author ?? [])));
  const names = [...authors].filter((author) => !mine(author)).map((author) => person(author).display);
  if (names.length > 0) return { kind: "people", names };
  return { kind: authors.size > 0 ? "mine" : "unknown" };
}

/** What the one who came back is told in passing. */
export function clashSentence(count: number): string {
  return `${changedOnBoth(count)}: see the notes.`;
}

/** The same, where the server did not take the notes. */
export function clashRefused(count: number, refusal: string): string {
  return `${changedOnBoth(count)}, and it could not be noted: ${refusal}`;
}

function changedOnBoth(count: number): string {
  return `${count} ${count === 1 ? "paragraph was" : "paragraphs were"} changed on both sides`;
}

function bodyOf({ mine, theirs }: Clash, others: Others): string {
  const met = "Two versions of this met while I was offline";
  if (mine.words === theirs.words) return `${met}, and both say the same, so it may stand here twice.\n\nBoth: ${said(mine)}`;
  return `${met}.\n\nMine: ${said(mine)}\n\n${whose(others)}: ${said(theirs)}`;
}

function whose(others: Others): string {
  if (others.kind === "mine") return "Mine, on another device";
  return others.kind === "people" ? `Theirs (${others.names.join(", ")})` : "Theirs";
}

function restOf(count: number): string {
  if (count === 1) return "One more paragraph was changed on both sides while I was offline: this one.";
  return `${count} more paragraphs were changed on both sides while I was offline. This is the first of them.`;
}

function said(side: Side): string {
  return side.words === "" ? "deleted." : `“${excerpt(side)}”`;
}

/** The server takes no control characters and no half pairs; a text may have some. */
function clean(body: string): string {
  return body.replace(/(?![\n\t])\p{Cc}|\p{Surrogate}/gu, "\ufffd");
}

/** A version, or what of it is around its changes; "…" stands where something was left out. */
export function excerpt({ words, at, changed }: Side): string {
  const all = [...words];
  if (all.length <= versionMax) return words;
  // In characters: an offset in the text may be in the middle of one.
  const first = [...words.slice(0, Math.max(0, changed.from - at))].length;
  const length = Math.min(versionMax, [...words.slice(Math.max(0, changed.from - at), Math.max(0, changed.to - at))].length);
  const from = Math.max(0, Math.min(first - Math.floor((versionMax - length) / 2), all.length - versionMax));
  const part = all.slice(from, from + versionMax).join("");
  const [before, behind] = [from > 0, from + versionMax < all.length];
  // No half a word beside what was left out.
  const start = before ? part.replace(/^\S{0,30}\s+/, "") : part;
  return `${before ? "… " : ""}${(behind ? start.replace(/\s+\S{0,30}$/, "") : start).trim()}${behind ? " …" : ""}`;
}

/**
 * A UUID made of what it is about, marked as version 7, which the server asks for; it says no time. Which of both sides
 * was whose makes no difference.
 */
function idOf(document: string, { base, mine, theirs }: Clash, kind: "one" | "rest"): string {
  const parts = JSON.stringify([kind, document, base, ...[mine.words, theirs.words].sort()]);
  const hex = [0, 1, 2, 3].map((lane) => hash(parts, lane)).join("");
  const variant = "89ab"[parseInt(hex.charAt(16), 16) & 3] ?? "8";
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Each lane another 32 bits of the same text; nobody gains by two texts of one id. */
function hash(text: string, lane: number): string {
  let state = 0x811c9dc5 ^ Math.imul(lane + 1, 0x9e3779b1);
  for (let at = 0; at < text.length; at++) {
    state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
    state ^= state >>> 15;
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return ((state ^ (state >>> 16)) >>> 0).toString(16).padStart(8, "0");
}
