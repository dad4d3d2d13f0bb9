/** What the list and the scrubber stand for: versions, and above them what is there now. */
import type { Version } from "../../session/history";

export type Entry =
  /** What is there now and is no version yet. */
  | { kind: "now" }
  /** `current`: what is there now is this version's text. */
  | { kind: "version"; version: Version; current: boolean };

/** What a version is shown against. */
export type Compare = "previous" | "now" | "none";

export const idOf = (entry: Entry): string | null => (entry.kind === "now" ? null : entry.version.id);
export const isCurrent = (entry: Entry): boolean => entry.kind === "now" || entry.current;

/** `newest`: the text of the newest version, null while it is not known. */
export function entriesOf(versions: readonly Version[], now: string | null, newest: string | null, only: "all" | "named"): Entry[] {
  const same = now !== null && now === newest;
  const listed = versions.map((version, at): Entry => ({ kind: "version", version, current: same && at === 0 }));
  const all: Entry[] = same ? listed : [{ kind: "now" }, ...listed];
  return only === "all" ? all : all.filter((entry) => isCurrent(entry) || (entry.kind === "version" && entry.version.name !== null));
}

/** The one an address or a press names; the current one where it names none that is there. */
export function selectedOf(entries: readonly Entry[], id: string | null): number {
  const at = id === null ? 0 : entries.findIndex((entry) => idOf(entry) === id);
  return Math.max(0, at);
}

/** Versions around a place in the list, the nearest first: what is looked at next. */
export function around(entries: readonly Entry[], at: number, reach: number): string[] {
  const found: string[] = [];
  for (let by = 1; by <= reach; by++) {
    for (const entry of [entries[at + by], entries[at - by]]) if (entry?.kind === "version") found.push(entry.version.id);
  }
  return found;
}

/** A newer first page over what was known: what is older than the page stays. */
export function renewed(known: readonly Version[], page: readonly Version[]): Version[] {
  const last = page.at(-1);
  if (!last) return [];
  const here = new Set(page.map(({ id }) => id));
  return [...page, ...known.filter(({ id, at_ms }) => !here.has(id) && at_ms < last.at_ms)];
}
