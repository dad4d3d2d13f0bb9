/** Completing "@": which name is being typed, who it could be, and the text with the whole name in it. */
import type { Known } from "../../session/people";

/** The part of a name that was typed, with its "@". */
export interface Asking {
  from: number;
  to: number;
  query: string;
}

const shownMax = 6;

/** What is asked for where the caret is; null when it stands behind no "@". */
export function askingAt(text: string, caret: number): Asking | null {
  const match = /(?<![\p{L}\p{N}_.@/-])@([\p{L}\p{N}-]{0,32})$/u.exec(text.slice(0, caret));
  return match ? { from: match.index, to: caret, query: match[1] ?? "" } : null;
}

/** Those with access whose account name, or a word of whose name, begins so. Names first. */
export function candidates(people: readonly Known[], query: string): Known[] {
  const wanted = fold(query);
  const rank = ({ display, name = "" }: Known) => {
    if (name.startsWith(wanted) || fold(display).startsWith(wanted)) return 0;
    return fold(display).split(/[\s-]+/).some((word) => word.startsWith(wanted)) ? 1 : 2;
  };
  return people
    .filter((person) => person.name !== undefined && person.role !== undefined && person.same === undefined)
    .filter((person) => rank(person) < 2)
    .sort((a, b) => rank(a) - rank(b) || a.display.localeCompare(b.display))
    .slice(0, shownMax);
}

export function completed(text: string, { from, to }: Asking, name: string): { text: string; caret: number } {
  const after = text.slice(to);
  const insert = `@${name}${/^\s/.test(after) ? "" : " "}`;
  return { text: text.slice(0, from) + insert + after, caret: from + insert.length + (/^\s/.test(after) ? 1 : 0) };
}

function fold(text: string): string {
  return text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
}
