/**
 * Where two versions of one text met in the same words: paragraphs that both sides rewrote while they were apart.
 *
 * A merge of two edits never fails, and is sometimes nonsense: two corrections of one word become "colorcolor", and of a
 * sentence that one side deleted, the word stays that the other changed. Pure: four texts in, passages out. Invariants:
 * sides that wrote in different blocks never clash; the work is bounded, and beyond the bound nothing is searched. Next:
 * `blocks.ts`, `differences.ts`; `clash-notes.ts` for what is said about them.
 */
import { type Block, blocksOf, grown } from "./blocks";
import { type Change, textChanges, wordsOf } from "./differences";

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
  const [ours, others] = [hunksOf(base, mine), hunksOf(base, theirs)];
  const places = joined(pairsOf(ours, others, base), blocksOf(base));
  if (places.length === 0) return [];
  const [came, blocks] = [cameBetween(mine, merged), blocksOf(merged)];
  const found: Clash[] = [];
  for (const place of places) {
    const clash = clashAt(place, versions, { ours, others, came, blocks });
    const last = found.at(-1);
    // Two blocks that became one are told once.
    if (clash && (!last || last.to <= clash.from)) found.push(clash);
  }
  return found;
}

/** A change, and what is asked of it. */
interface Hunk extends Change {
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
interface PlaceOf {
  from: number;
  to: number;
  pairs: Pair[];
}

/** Pairs in the same blocks are one place. */
function joined(pairs: readonly Pair[], blocks: readonly Block[]): PlaceOf[] {
  const all = pairs.map((pair) => {
    const stretch = { from: Math.min(pair.ours.fromA, pair.others.fromA), to: Math.max(pair.ours.toA, pair.others.toA) };
    return { ...(newLines(pair) ? stretch : grown(blocks, stretch)), pairs: [pair] };
  });
  const found: PlaceOf[] = [];
  for (const place of all.sort((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (!last || place.from > last.to || (place.from === last.to && place.from === place.to)) found.push(place);
    else {
      last.to = Math.max(last.to, place.to);
      last.pairs.push(...place.pairs);
    }
  }
  return found;
}

/** Both sides put new blocks there; of the ones around it nothing changed. */
function newLines({ ours, others }: Pair): boolean {
  return ours.alone && others.alone && ours.fromA === others.fromA;
}

interface Hunks {
  ours: readonly Hunk[];
  others: readonly Hunk[];
  /** From mine to the merged text. */
  came: readonly Hunk[];
  /** Of the merged text. */
  blocks: readonly Block[];
}

function clashAt({ from, to, pairs }: PlaceOf, { base, mine, theirs, merged }: Versions, { ours, others, came, blocks }: Hunks): Clash | null {
  const edges = pairs.every(newLines) ? "open" : "closed";
  const [inMine, inTheirs] = [carried({ from, to }, ours, edges), carried({ from, to }, others, edges)];
  const inMerged = carried(inMine, came, edges);
  const before = base.slice(from, to);
  const sides = { mine: mine.slice(inMine.from, inMine.to), theirs: theirs.slice(inTheirs.from, inTheirs.to) };
  if ([sides.mine, sides.theirs].includes(merged.slice(inMerged.from, inMerged.to))) return null;
  // It was moved, not deleted, and the other's words are in it where it is now.
  if (sides.mine.trim() === "" && hasLines(merged, sides.theirs)) return null;
  if (sides.theirs.trim() === "" && hasLines(merged, sides.mine)) return null;
  const place = wordsNear(merged, edges === "open" ? inMerged : grown(blocks, inMerged), blocks);
  return place && {
    ...place,
    mine: sideOf(mine, inMine, pairs.map((pair) => pair.ours), before),
    theirs: sideOf(theirs, inTheirs, pairs.map((pair) => pair.others), before),
    came: came.filter(({ fromB, toB }) => fromB < toB && fromB < place.to && toB > place.from).map(({ fromB, toB }) => ({ from: fromB, to: toB })),
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
  const changed = { from: Math.min(...hunks.map(({ fromB }) => fromB)), to: Math.max(...hunks.map(({ toB }) => toB)) };
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
