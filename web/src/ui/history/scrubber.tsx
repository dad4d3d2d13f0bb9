/** Along all versions, the oldest to the left; a named one has a mark, and days their names. Moving it shows at once. */
import { useMemo } from "preact/hooks";
import { ChevronLeft, ChevronRight } from "../more-icons";
import { fullTime } from "./days";
import { type Entry, isCurrent } from "./entries";
import type { History } from "./history";
import { entryAt, ticksOf, valueOf } from "./scrub";

/** Names of days stand at least so far apart, as a part of the whole. */
const gaps = { desk: 0.12, phone: 0.3 } as const;

export function Scrubber({ history, width }: { history: History; width: "desk" | "phone" }) {
  const entries = history.entries.value;
  const at = history.at.value;
  const ticks = useMemo(() => ticksOf(entries, Date.now(), gaps[width]), [entries, width]);
  const entry = entries[at];
  if (entries.length < 2 || !entry) return null;
  return (
    <div class="scrub">
      <button type="button" class="icon" aria-label="Older version" title="Older version" disabled={at === entries.length - 1} onClick={() => history.select(at + 1)}>
        <ChevronLeft />
      </button>
      <div class="scrub-line">
        <input
          type="range"
          class="scrub-range"
          aria-label="Version"
          aria-valuetext={wordsFor(entry)}
          min={valueOf(entries.length - 1)}
          max={0}
          step={1}
          value={valueOf(at)}
          onInput={(event) => history.select(entryAt(event.currentTarget.valueAsNumber))}
        />
        <div class="scrub-ticks" aria-hidden="true">
          {ticks.map((tick) => (
            <span key={`${tick.kind} ${tick.at}`} class={`tick ${tick.kind}`} style={{ "--at": tick.at }} title={tick.label} data-label={tick.kind === "day" ? tick.label : undefined} />
          ))}
        </div>
      </div>
      <button type="button" class="icon" aria-label="Newer version" title="Newer version" disabled={at === 0} onClick={() => history.select(at - 1)}>
        <ChevronRight />
      </button>
    </div>
  );
}

/** What a version is called in one breath. */
export function wordsFor(entry: Entry): string {
  if (entry.kind === "now") return "Current version";
  const { name, at_ms } = entry.version;
  const when = fullTime(at_ms, Date.now());
  return [isCurrent(entry) ? "Current version" : null, name, when].filter((it) => it !== null).join(", ");
}
