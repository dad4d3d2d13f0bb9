/** Which documents a tab shows and which titles a search finds. */
import type { Document } from "../../session/api";

export type Tab = "recent" | "mine" | "shared" | "trash";

export const tabs: readonly { tab: Tab; label: string }[] = [
  { tab: "recent", label: "Recent" },
  { tab: "mine", label: "Mine" },
  { tab: "shared", label: "Shared with me" },
  { tab: "trash", label: "Trash" },
];

export function inTab(tab: Tab, document: Document): boolean {
  if ((tab === "trash") !== (document.trashed_ms !== null)) return false;
  if (tab === "mine") return document.role === "own";
  if (tab === "shared") return document.role !== "own";
  return true;
}

/** How a tab is ordered: Recent by when it was opened, Trash by when it was put there, the others by their last change. */
export function order(tab: Tab): (a: Document, b: Document) => number {
  const key = (it: Document) => {
    if (tab === "recent") return Math.max(it.opened_ms ?? 0, it.role === "own" ? it.updated_ms : 0);
    return tab === "trash" ? (it.trashed_ms ?? 0) : it.updated_ms;
  };
  return (a, b) => key(b) - key(a) || b.updated_ms - a.updated_ms;
}

/** Where the words of `query` stand in `title`, ignoring case and accents; null when one is missing. */
export function found(title: string, query: string): [from: number, to: number][] | null {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const letters = [...title];
  const folded = letters.map(fold);
  const ranges: [number, number][] = [];
  for (const word of words) {
    const range = locate(folded, word);
    if (!range) return null;
    ranges.push(range);
  }
  return merge(ranges);
}

function fold(text: string): string {
  return text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
}

/** The first run of letters that spells `word`. A letter may fold to several (ﬁ) or to none. */
function locate(folded: readonly string[], word: string): [number, number] | null {
  const at = folded.join("").indexOf(word);
  if (at < 0) return null;
  let passed = 0;
  let from = -1;
  for (const [index, letter] of folded.entries()) {
    passed += letter.length;
    if (from < 0 && passed > at) from = index;
    if (passed >= at + word.length) return [from, index + 1];
  }
  return null;
}

function merge(ranges: [number, number][]): [number, number][] {
  ranges.sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const range of ranges) {
    const before = merged.at(-1);
    if (before && range[0] <= before[1]) before[1] = Math.max(before[1], range[1]);
    else merged.push([...range]);
  }
  return merged;
}
