/**
 * Where two versions of one text met in the same words: paragraphs that both sides rewrote while they were apart.
 *
 * A merge of two edits never fails, and is sometimes nonsense: two corrections of one word become "colorcolor", and of a
 * sentence that one side deleted, the word stays that the other changed. Two signs tell: what both sides did to the same
 * words, and that the merged text is another than what both did would make of it. Pure: four texts in, passages out. Invariants:
 * sides that wrote in different blocks never clash; the work is bounded, and beyond the bound nothing is searched. Next:
 * `blocks.ts`, `differences.ts`; `clash-notes.ts` for what is said about them.
 */
import { type Block, blocksOf, grown } from "./blocks";
import { type Change, textChanges, wordsOf } from "./differences";
import { straysIn } from "./strays";

export interface Versions {
  /** What both sides last had in common. */
  base: string;
  /** This side's, before they met. */
  mine: string;
  theirs: string;
  /** What came of it. */
  merged: string;
}

/** A passage as one side has it. */
export interface Side {
  words: string;
  /** Where it begins in the side's whole text. */
  at: number;
  /** What the side changed in it, in the side's whole text. */
  changed: { from: number; to: number };
}

export interface Clash {
  /** Where it is in the merged text. */
  from: number;
  to: number;
  mine: Side;
  theirs: Side;
  /** What of it this side did not have, in the merged text. */
  came: readonly { from: number; to: number }[];
  /** The passage before both. */
  base: string;
}

/** Beyond this length of any of the texts nothing is searched: 2 Mi characters. */
export const searchMax = 2 * 1024 * 1024;
/** Neighbouring words that each side changed are a clash if one side changed so many of them. */
const manyWords = 3;
/** Signs and spaces between two changes that still touch. */
const touchMax = 3;

export function clashesBetween(versions: Versions): Clash[] {
  const { base, mine, theirs, merged } = versions;
  if ([base, mine, theirs, merged].some(({ length }) => length > searchMax)) return [];
  // Where nothing is in the merged text but one side's, that side had all of the other's.
  if (base === mine || base === theirs || merged === mine || merged === theirs) return [];
  const hunks = { ours: hunksOf(base, mine), others: hunksOf(base, theirs), came: cameBetween(mine, merged) };
  const blocks = { base: blocksOf(base), merged: blocksOf(merged) };
  const met = joined(pairsOf(hunks.ours, hunks.others, base).map((pair) => placeOf(pair, blocks.base)));
  const known = met.map((place) => ({ ...place, merged: mergedOf(place, hunks) }));
  const astray = straysIn({ base, merged, hunks: [hunks.ours, hunks.others], known, blocks: blocks.base });
  const found: Clash[] = [];
  for (const place of joined([...met, ...astray.map((stray) => ({ ...stray, edges: "closed" as const, pairs: [] }))])) {
    const clash = clashAt(place, versions, hunks, blocks.merged);
    const last = found.at(-1);
    // Two blocks that became one are told once.
    if (clash && (!last || last.to <= clash.from)) found.push(clash);
  }
  return found;
}

/** A change, and what is asked of it. */
export interface Hunk extends Change {
  removed: string;
  added: string;
  /** Only something new, which can stand beside anything else: whole lines, or whole sentences between others. */
  alone: boolean;
}

function hunksOf(a: string, b: string): Hunk[] {
  return textChanges(a, b).map((change) => hunkOf(trimmed(change, a, b), a, b));
}

function hunkOf(change: Change, a: string, b: string): Hunk {
  const [removed, added] = [a.slice(change.fromA, change.toA), b.slice(change.fromB, change.toB)];
  return { ...change, removed, added, alone: removed === "" && standsAlone(added, a, change.fromA) };
}

/** What is other in the merged text, to the letter: words that were glued together are still in their own places. */
function cameBetween(mine: string, merged: string): Hunk[] {
  return textChanges(mine, merged).map(({ fromA, toA, fromB, toB }) => {
    while (fromA < toA && fromB < toB && mine[fromA] === merged[fromB]) (fromA++, fromB++);
    while (fromA < toA && fromB < toB && mine[toA - 1] === merged[toB - 1]) (toA--, toB--);
    return hunkOf({ fromA, toA, fromB, toB }, mine, merged);
  });
}

/** Without the white space that both have at its ends: a line that was replaced is not the line end behind it. */
function trimmed({ fromA, toA, fromB, toB }: Change, a: string, b: string): Change {
  const blank = (at: string | undefined) => at !== undefined && /\s/.test(at);
  while (fromA < toA && fromB < toB && a[toA - 1] === b[toB - 1] && blank(a[toA - 1])) (toA--, toB--);
  while (fromA < toA && fromB < toB && a[fromA] === b[fromB] && blank(a[fromA])) (fromA++, fromB++);
  return { fromA, toA, fromB, toB };
}

function standsAlone(added: string, text: string, at: number): boolean {
  const [before, behind] = [text[at - 1] ?? "\n", text[at] ?? "\n"];
  if ((added.endsWith("\n") && before === "\n") || (added.startsWith("\n") && behind === "\n")) return true;
  const line = text.slice(Math.max(0, at - lookBack), at);
  return ended.test(added) && (/(?:^|\n)[ \t]*$/.test(line) || ended.test(line));
}

/** The end of a sentence, with what may close behind it. */
const ended = /[.!?…。！？:][\p{Pe}\p{Pf}"']*\s*$/u;
const lookBack = 40;

interface Pair {
  ours: Hunk;
  others: Hunk;
}

function pairsOf(ours: readonly Hunk[], others: readonly Hunk[], base: string): Pair[] {
  const found: Pair[] = [];
  let first = 0;
  for (const mine of ours) {
    while (first < others.length && others[first]!.toA + touchMax < mine.fromA) first++;
    for (let at = first; at < others.length && others[at]!.fromA <= mine.toA + touchMax; at++) {
      const theirs = others[at]!;
      if (clash(mine, theirs, base)) found.push({ ours: mine, others: theirs });
    }
  }
  return found;
}

function clash(a: Hunk, b: Hunk, base: string): boolean {
  // Whatever two only deleted, they agree that it goes.
  if (a.added === "" && b.added === "") return false;
  const [from, to] = [Math.max(a.fromA, b.fromA), Math.min(a.toA, b.toA)];
  if (from < to && base.slice(from, to).trim() !== "") return true;
  if (within(a, b) || within(b, a)) return true;
  const between = base.slice(Math.min(from, to), Math.max(from, to));
  if (between.length > touchMax || /[\p{L}\p{N}\n]/u.test(between)) return false;
  const [before, behind] = a.fromA < b.fromA || a.toA < b.toA ? [a, b] : [b, a];
  if (before.removed.endsWith("\n") || behind.removed.startsWith("\n")) return false;
  if (a.removed === "" && b.removed === "" && between === "") return a.added.trim() === b.added.trim() || !(a.alone && b.alone);
  if (a.alone || b.alone) return false;
  return Math.max(sizeOf(a), sizeOf(b)) >= manyWords;
}

/** Something new amid what the other took away. */
function within(a: Hunk, b: Hunk): boolean {
  return a.fromA === a.toA && b.fromA < a.fromA && a.fromA < b.toA;
}

function sizeOf({ removed, added }: Hunk): number {
  return Math.max(...[removed, added].map((text) => wordsOf(text).tokens.filter((token) => /^[\p{L}\p{N}]/u.test(token)).length));
}

/** One or more blocks of the base, and which changes met there. */
interface Meet {
  from: number;
  to: number;
  /** `open`: it is about new blocks that both sides put there; of the ones around them nothing changed. */
  edges: "open" | "closed";
  pairs: readonly Pair[];
}

function placeOf(pair: Pair, blocks: readonly Block[]): Meet {
  const { ours, others } = pair;
  const stretch = { from: Math.min(ours.fromA, others.fromA), to: Math.max(ours.toA, others.toA) };
  const open = ours.alone && others.alone && ours.fromA === others.fromA;
  return { ...(open ? stretch : grown(blocks, stretch)), edges: open ? "open" : "closed", pairs: [pair] };
}

/** Those in the same blocks are one. */
function joined(places: readonly Meet[]): Meet[] {
  const found: Meet[] = [];
  for (const place of [...places].sort((a, b) => a.from - b.from || a.to - b.to)) {
    const last = found.at(-1);
    const apart = !last || place.from > last.to || (place.from === last.to && (place.edges === "open" || last.edges === "open"));
    if (apart) found.push(place);
    else found[found.length - 1] = { from: last.from, to: Math.max(last.to, place.to), edges: "closed", pairs: [...last.pairs, ...place.pairs] };
  }
  return found;
}

interface Hunks {
  ours: readonly Hunk[];
  others: readonly Hunk[];
  /** From mine to the merged text. */
  came: readonly Hunk[];
}

function mergedOf(place: Meet, { ours, came }: Hunks): Block {
  return carried(carried(place, ours, place.edges), came, place.edges);
}

function clashAt(place: Meet, { base, mine, theirs, merged }: Versions, hunks: Hunks, blocks: readonly Block[]): Clash | null {
  const { edges } = place;
  const [inMine, inTheirs, inMerged] = [carried(place, hunks.ours, edges), carried(place, hunks.others, edges), mergedOf(place, hunks)];
  const before = base.slice(place.from, place.to);
  const sides = { mine: mine.slice(inMine.from, inMine.to), theirs: theirs.slice(inTheirs.from, inTheirs.to) };
  if (place.pairs.length > 0 && [sides.mine, sides.theirs].includes(merged.slice(inMerged.from, inMerged.to))) return null;
  // It was moved, not deleted, and the other's words are in it where it is now.
  if (sides.mine.trim() === "" && hasLines(merged, sides.theirs)) return null;
  if (sides.theirs.trim() === "" && hasLines(merged, sides.mine)) return null;
  const at = wordsNear(merged, edges === "open" ? inMerged : grown(blocks, inMerged), blocks);
  const changes = (all: readonly Hunk[], pairs: readonly Hunk[]) => (pairs.length > 0 ? pairs : all.filter(({ fromA, toA }) => fromA <= place.to && toA >= place.from));
  return at && {
    ...at,
    mine: sideOf(mine, inMine, changes(hunks.ours, place.pairs.map((pair) => pair.ours)), before),
    theirs: sideOf(theirs, inTheirs, changes(hunks.others, place.pairs.map((pair) => pair.others)), before),
    came: hunks.came.filter(({ fromB, toB }) => fromB < toB && fromB < at.to && toB > at.from).map(({ fromB, toB }) => ({ from: fromB, to: toB })),
    base: before.trim(),
  };
}

/** Where a stretch of one text is in the next. New lines at its edges are beside it, unless they are what it is about. */
function carried({ from, to }: Block, hunks: readonly Hunk[], edges: "open" | "closed"): Block {
  const beside = ({ alone, added }: Hunk) => edges === "closed" && alone && added.includes("\n");
  const first = lastFrom(hunks, from);
  const start = !first || first.toA < from || (first.toA === from && (first.fromA < from || beside(first)))
    ? from + shiftOf(first)
    : first.fromB;
  let last = lastFrom(hunks, to);
  if (last?.fromA === to && (last.toA > to || beside(last))) last = lastFrom(hunks, to - 1);
  return { from: start, to: Math.max(start, last && last.toA >= to ? last.toB : to + shiftOf(last)) };
}

function shiftOf(hunk: Hunk | undefined): number {
  return hunk ? hunk.toB - hunk.toA : 0;
}

/** The last change that begins at an offset or before it. */
function lastFrom(hunks: readonly Hunk[], offset: number): Hunk | undefined {
  let [low, high] = [0, hunks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (hunks[middle]!.fromA <= offset) low = middle + 1;
    else high = middle;
  }
  return hunks[low - 1];
}

function sideOf(text: string, { from, to }: Block, hunks: readonly Hunk[], before: string): Side {
  // A side that only wrote the same anew has changed nothing by its words.
  const changed = { from: Math.min(to, ...hunks.map(({ fromB }) => fromB)), to: Math.max(from, ...hunks.map(({ toB }) => toB)) };
  const words = text.slice(from, to);
  if (words.trim() !== "") return { words: words.trim(), at: from + words.length - words.trimStart().length, changed };
  // What is not here any more may have been moved away.
  const at = linesAt(text, before.trim());
  return at < 0 ? { words: "", at: from, changed } : { words: before.trim(), at, changed: { from: at, to: at + before.trim().length } };
}

function hasLines(text: string, words: string): boolean {
  return linesAt(text, words.trim()) >= 0;
}

/** Where some words are whole lines; -1: nowhere. */
function linesAt(text: string, words: string): number {
  if (words === "") return -1;
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const [before, behind] = [text[at - 1], text[at + words.length]];
    if ((before === undefined || before === "\n") && (behind === undefined || behind === "\n")) return at;
  }
  return -1;
}

/** The stretch without white space at its ends; where nothing is left of it, the nearest words before it or behind it. */
function wordsNear(text: string, { from, to }: Block, blocks: readonly Block[]): Block | null {
  const words = text.slice(from, to);
  if (words.trim() !== "") return { from: from + words.length - words.trimStart().length, to: from + words.trimEnd().length };
  return blocks.findLast((block) => block.to <= from) ?? blocks.find((block) => block.from >= to) ?? null;
}
