/**
 * Offsets in one text as offsets in another, of which the first was edited in one place.
 *
 * What is shown is always a moment older than what is written; passages and selections go between the two by this.
 * Between two texts that differ in several places everything from the first difference to the last counts as edited.
 */
export type Shift = (offset: number, side: "from" | "to") => number;

const same: Shift = (offset) => offset;

/** An offset inside what was edited goes to its beginning or its end, by what it is. */
export function shiftBetween(before: string, after: string): Shift {
  if (before === after) return same;
  const shorter = Math.min(before.length, after.length);
  const head = equalHead(before, after, shorter);
  const tail = equalTail(before, after, shorter - head);
  const [removed, added] = [before.length - tail, after.length - tail];
  return (offset, side) => {
    if (offset <= head) return offset;
    if (offset >= removed) return offset + added - removed;
    return side === "from" ? head : added;
  };
}

/** Compared by pieces, which engines do many times faster than by characters. */
const PIECE = 4096;

function equalHead(a: string, b: string, limit: number): number {
  let at = 0;
  while (at + PIECE <= limit && a.slice(at, at + PIECE) === b.slice(at, at + PIECE)) at += PIECE;
  while (at < limit && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

function equalTail(a: string, b: string, limit: number): number {
  const piece = (text: string, at: number) => text.slice(text.length - at - PIECE, text.length - at);
  let at = 0;
  while (at + PIECE <= limit && piece(a, at) === piece(b, at)) at += PIECE;
  while (at < limit && a.charCodeAt(a.length - 1 - at) === b.charCodeAt(b.length - 1 - at)) at++;
  return at;
}
