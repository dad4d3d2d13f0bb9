/** Where the name of a caret may stand: above its line, below when there is no room, never over your own line. */

export interface Band {
  top: number;
  bottom: number;
}

export const labelHeight = 16;
const signWidth = 6.4;
const labelPadding = 10;

export type Place = "above" | "below" | "none";

export function placeLabel(caret: Band, visible: Band, own: Band | null): Place {
  const above = { top: caret.top - labelHeight, bottom: caret.top };
  const below = { top: caret.bottom, bottom: caret.bottom + labelHeight };
  const free = (band: Band) => band.top >= visible.top && band.bottom <= visible.bottom && !(own && overlap(band, own));
  if (free(above)) return "above";
  return free(below) ? "below" : "none";
}

/** Whether the name must end at its caret instead of beginning there. */
export function endsAtCaret(caretX: number, text: string, right: number): boolean {
  return caretX + text.length * signWidth + labelPadding > right;
}

/** At most two letters, as on the discs. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => [...(word ?? "")][0] ?? "").join("").toLocaleUpperCase();
}

/** One word is enough to know somebody by; the rest of the name shows when one points at the caret. */
export function nameParts(name: string): { short: string; rest: string } {
  const short = /^\s*\S*/.exec(name)?.[0] ?? "";
  return { short, rest: name.slice(short.length) };
}

function overlap(a: Band, b: Band): boolean {
  return a.top < b.bottom && b.top < a.bottom;
}
