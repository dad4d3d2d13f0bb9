/**
 * Two texts as rows of source: words that came or went stand inside their lines, and long stretches without changes are
 * folded. Invariant: the pieces that belong to the version looked at, joined in order, are its text without line ends.
 */
import { compareTexts, type Segment } from "../../session/differences";
import type { Owner } from "./history";

export interface Piece {
  kind: Segment["kind"];
  text: string;
  /** Where it stands in the version's text; null if it is of the other. */
  at: number | null;
  /** Where it stands in the other's, if it is only there. */
  other: number | null;
}

/** Where a row stands by its changes: none, some, nothing else. */
export type RowKind = "same" | "mixed" | "added" | "removed";

export interface Row {
  kind: RowKind;
  /** The line's number in the version, from 1; null where no line of it begins. */
  number: number | null;
  pieces: Piece[];
  /** The line end itself came or went, inside what else stayed. */
  broken: Segment["kind"] | null;
}

export type Part =
  | { kind: "rows"; rows: Row[] }
  /** Not shown until asked for. */
  | { kind: "fold"; rows: Row[] };

export interface Compared {
  parts: Part[];
  /** Rows or stretches of rows with changes. */
  changes: number;
}

/** So many unchanged lines stay in sight around a change, and fewer than so many are not worth folding. */
const AROUND = 3;
const FOLD_MIN = 4;

export function compareSources(old: string | null, text: string, owner: Owner): Compared {
  if (old === null) return { parts: [{ kind: "rows", rows: rowsOf([whole(text)], text, text, "new") }], changes: 0 };
  return folded(rowsOf(compareTexts(old, text), old, text, owner));
}

const whole = ({ length }: string): Segment => ({ kind: "same", fromA: 0, toA: length, fromB: 0, toB: length });

export function rowsOf(segments: readonly Segment[], a: string, b: string, owner: Owner): Row[] {
  const rows: Row[] = [];
  let pieces: Piece[] = [];
  let [line, begins] = [1, true];
  let number: number | null = null;

  const end = (by: Segment["kind"] | null) => {
    const kinds = new Set(pieces.filter(({ text }) => text !== "").map(({ kind }) => kind));
    if (by !== null) kinds.add(by);
    const [only] = kinds;
    const kind: RowKind = kinds.size === 1 && only ? only : kinds.size === 0 ? "same" : "mixed";
    rows.push({ kind, number, pieces, broken: kind === "mixed" && by !== "same" ? by : null });
    pieces = [];
    number = null;
  };

  for (const { kind, fromA, toA, fromB, toB } of segments) {
    const owned = kind === "same" || kind === (owner === "old" ? "removed" : "added");
    const text = kind === "removed" ? a.slice(fromA, toA) : b.slice(fromB, toB);
    let at = kind === "removed" || (kind === "same" && owner === "old") ? fromA : fromB;
    const lines = text.split("\n");
    lines.forEach((words, index) => {
      const last = index === lines.length - 1;
      if (owned && begins && !(last && words === "")) [number, begins] = [line, false];
      if (words !== "" || !last) pieces.push({ kind, text: words, at: owned ? at : null, other: owned ? null : at });
      at += words.length + 1;
      if (last) return;
      if (owned) [line, begins] = [line + 1, true];
      end(kind);
    });
  }
  if (pieces.length > 0) end(null);
  return rows;
}

function folded(rows: readonly Row[]): Compared {
  const near = new Uint8Array(rows.length);
  rows.forEach(({ kind }, at) => {
    if (kind !== "same") near.fill(1, Math.max(0, at - AROUND), at + AROUND + 1);
  });
  const parts: Part[] = [];
  let changes = 0;
  rows.forEach((row, at) => {
    const kind = near[at] ? "rows" : "fold";
    if (row.kind !== "same" && (rows[at - 1]?.kind ?? "same") === "same") changes++;
    const last = parts.at(-1);
    if (last?.kind === kind) last.rows.push(row);
    else parts.push({ kind, rows: [row] });
  });
  return { parts: changes === 0 ? unfolded(rows) : parts.reduce<Part[]>(joined, []), changes };
}

/** With nothing changed there is nothing to fold around. */
function unfolded(rows: readonly Row[]): Part[] {
  return [{ kind: "rows", rows: [...rows] }];
}

/** What is too short to be folded is shown with its neighbours. */
function joined(parts: Part[], part: Part): Part[] {
  const last = parts.at(-1);
  const shown = part.kind === "rows" || part.rows.length < FOLD_MIN;
  if (shown && last?.kind === "rows") last.rows.push(...part.rows);
  else parts.push(shown ? { kind: "rows", rows: part.rows } : part);
  return parts;
}
