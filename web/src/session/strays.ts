/**
 * Where a merged text is another than both sides' changes, put together word for word, would make it.
 *
 * A change is more than what can be seen of it: whoever retyped a sentence to change its last word has taken away every
 * word of it, and what the other side wrote there is left between two sentences. Invariant: where both sides' changes
 * went where they belong, nothing is found. Next: `clashes.ts`.
 */
import { type Block, grown } from "./blocks";
import type { Hunk } from "./clashes";
import { textChanges } from "./differences";

interface Wish {
  base: string;
  merged: string;
  /** Of each side, from the base. */
  hunks: readonly [readonly Hunk[], readonly Hunk[]];
  /** Where it is known already that they met: in the base, and in the merged text. */
  known: readonly { from: number; to: number; merged: Block }[];
  /** Of the base. */
  blocks: readonly Block[];
}

/** A part of the text as it should be, and what it came from. */
interface Piece {
  at: number;
  words: string;
  from: number;
  to: number;
  kind: "kept" | "changed" | "known";
}

/** Differences that are looked at: more are never told. */
const straysMax = 500;

/** Blocks of the base in which something went astray, ascending. */
export function straysIn(wish: Wish): Block[] {
  const { merged, hunks, blocks } = wish;
  const pieces = piecesOf(wish);
  const expected = pieces.map(({ words }) => words).join("");
  if (expected === merged) return [];
  const changed = hunks.flatMap(withoutMoves);
  const found: Block[] = [];
  for (const { fromA, toA } of textChanges(expected, merged).slice(0, straysMax)) {
    const [first, last] = [pieceAt(pieces, fromA - 1), pieceAt(pieces, toA)];
    if (pieces.slice(first, last + 1).some(({ kind }) => kind === "known")) continue;
    const block = grown(blocks, { from: baseOf(pieces[pieceAt(pieces, fromA)], fromA, "from"), to: baseOf(pieces[pieceAt(pieces, Math.max(fromA, toA - 1))], toA, "to") });
    // What landed in a block in which nobody wrote is told where it is missing.
    if (changed.some((hunk) => hunk.fromA <= block.to && hunk.toA >= block.from)) found.push(block);
  }
  return found;
}

/** Of what was moved it is not certain whether it was that, or what lies between: it is told where it was. */
function withoutMoves(hunks: readonly Hunk[]): Hunk[] {
  const removed = new Set(hunks.map((hunk) => hunk.removed.trim()));
  return hunks.filter(({ alone, added }) => !alone || !removed.has(added.trim()));
}

/** The base with the changes of both sides in it, and with what is known already as it is in the merged text. */
function piecesOf({ base, merged, hunks, known }: Wish): Piece[] {
  const all = hunks.flat().sort((a, b) => a.fromA - b.fromA || a.toA - b.toA);
  const handled = reaching(known, all);
  const pieces: Piece[] = [];
  let [done, at] = [0, 0];
  const add = (kind: Piece["kind"], words: string, from: number, to: number) => {
    pieces.push({ at, words, from, to, kind });
    at += words.length;
    done = to;
  };
  const upTo = (offset: number) => {
    if (offset > done) add("kept", base.slice(done, offset), done, offset);
  };
  let next = 0;
  const change = (until: number) => {
    for (; next < all.length && all[next]!.toA <= until && all[next]!.fromA <= until; next++) {
      const hunk = inOrder(all, next, merged);
      if (hunk.fromA < done) continue;
      upTo(hunk.fromA);
      add("changed", hunk.added, hunk.fromA, hunk.toA);
    }
  };
  for (const place of handled) {
    change(place.from - 1);
    upTo(place.from);
    add("known", merged.slice(place.merged.from, place.merged.to), place.from, place.to);
    while (next < all.length && all[next]!.fromA <= place.to) next++;
  }
  change(base.length);
  upTo(base.length);
  return pieces;
}

/** Two that put something in the same place may come in either order. */
function inOrder(all: Hunk[], at: number, merged: string): Hunk {
  const [one, other] = [all[at]!, all[at + 1]];
  const same = other && one.fromA === other.fromA && one.toA === other.fromA && other.toA === other.fromA;
  if (same && !merged.includes(one.added + other.added)) [all[at], all[at + 1]] = [other, one];
  return all[at]!;
}

/** Places, grown over every change that reaches into them. */
function reaching(known: Wish["known"], hunks: readonly Hunk[]): Wish["known"] {
  return known.map((place) => {
    const into = hunks.filter(({ fromA, toA }) => fromA < place.to && toA > place.from);
    const [from, to] = [Math.min(place.from, ...into.map(({ fromA }) => fromA)), Math.max(place.to, ...into.map(({ toA }) => toA))];
    return { ...place, from, to };
  });
}

/** Which piece an offset is in; where one ends, the next. */
function pieceAt(pieces: readonly Piece[], offset: number): number {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle]!.at <= offset) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

function baseOf(piece: Piece | undefined, offset: number, end: "from" | "to"): number {
  if (!piece) return 0;
  return piece.kind === "kept" ? Math.min(piece.to, piece.from + offset - piece.at) : piece[end];
}
