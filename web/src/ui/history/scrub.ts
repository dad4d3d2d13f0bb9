/** The scrubber in numbers: the newest version is 0, older ones count down, so that more of them move nothing. */
import { dayTitle } from "./days";
import { type Entry } from "./entries";

export interface Tick {
  /** From the oldest, 0, to the newest, 1. */
  at: number;
  kind: "named" | "day";
  label: string;
}

export const valueOf = (at: number): number => -at;
export const entryAt = (value: number): number => Math.abs(Math.round(value));

export function placeOf(at: number, count: number): number {
  return count < 2 ? 1 : 1 - at / (count - 1);
}

/** Named versions, and where days begin; days too near to the one before are left out: their names would overlap. */
export function ticksOf(entries: readonly Entry[], now: number, gap: number): Tick[] {
  const ticks: Tick[] = [];
  let [day, edge] = ["", -gap];
  for (let at = entries.length - 1; at >= 0; at--) {
    const entry = entries[at];
    if (!entry) continue;
    const place = placeOf(at, entries.length);
    const title = dayTitle(entry.kind === "now" ? now : entry.version.at_ms, now);
    if (title !== day && place - edge >= gap) {
      ticks.push({ at: place, kind: "day", label: short(title) });
      edge = place;
    }
    day = title;
    if (entry.kind === "version" && entry.version.name !== null) ticks.push({ at: place, kind: "named", label: entry.version.name });
  }
  return ticks;
}

/** "24 November" instead of "Tuesday 24 November". */
function short(title: string): string {
  return title.replace(/^\p{L}+,? (?=\d)/u, "");
}
