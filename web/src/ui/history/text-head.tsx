/** Over the text: which version this is, against what it is shown, and the way from change to change. */
import { ChevronDown, ChevronUp } from "../more-icons";
import { count } from "../time";
import type { Changes } from "./changes";
import { fullTime, sentence } from "./days";
import { type Compare, type Entry, isCurrent } from "./entries";
import type { History } from "./history";

const choices: readonly { compare: Compare; label: string }[] = [
  { compare: "previous", label: "Changes to the previous version" },
  { compare: "now", label: "Changes to now" },
  { compare: "none", label: "No changes" },
];

export function TextHead({ history, changes }: { history: History; changes: Changes }) {
  const entry = history.entry.value;
  // With one version there is nothing to be shown against another.
  const alone = history.entries.value.length < 2;
  return (
    <div class="text-head">
      <h2 class={entry.kind === "version" && entry.version.name ? "text-title named" : "text-title"} dir="auto">
        {nameOf(entry)}
        <small>{aboutOf(entry)}</small>
      </h2>
      {!alone && <Pick history={history} />}
      {!alone && <Steps history={history} changes={changes} />}
    </div>
  );
}

function Pick({ history }: { history: History }) {
  return (
    <label class="pick">
      <span class="sr">Show</span>
      <select value={history.compare.value} onChange={(event) => (history.compare.value = event.currentTarget.value as Compare)}>
        {choices.map(({ compare, label }) => (
          <option key={compare} value={compare}>
            {label}
          </option>
        ))}
      </select>
      <ChevronDown size="small" />
    </label>
  );
}

export function nameOf(entry: Entry): string {
  if (entry.kind === "now") return "Current version";
  const { name, at_ms } = entry.version;
  return name ?? (entry.current ? "Current version" : sentence(fullTime(at_ms, Date.now())));
}

export function aboutOf(entry: Entry): string {
  if (entry.kind === "now") return "as it is just now";
  const { name, at_ms, authors } = entry.version;
  const when = name !== null || isCurrent(entry) ? sentence(fullTime(at_ms, Date.now())) : null;
  const who = authors.length > 2 ? `${authors[0]?.display ?? ""} and ${authors.length - 1} others` : authors.map(({ display }) => display).join(" and ");
  return [when, who].filter(Boolean).join(" · ");
}

/** `n`: null where there is nothing to compare with. */
function stepsWords(entry: Entry, n: number | null, at: number) {
  if (n === null) return isCurrent(entry) ? "" : "The first version";
  if (n === 0) return "No changes";
  if (at > 0) return `${at} of ${n}`;
  return (
    <>
      {n}
      <span class="steps-word"> {count(n, "change").replace(/^\d+ /, "")}</span>
    </>
  );
}

function Steps({ history, changes }: { history: History; changes: Changes }) {
  const n = changes.count.value;
  const shown = history.shown.value;
  if (history.compare.value === "none" || shown.kind !== "text") return null;
  const first = shown.old === null;
  return (
    <div class="steps">
      <span class="steps-count" role="status">
        {stepsWords(shown.entry, first ? null : n, changes.at.value)}
      </span>
      <button type="button" class="icon" aria-label="Previous change" title="Previous change (P)" disabled={n === 0} onClick={() => changes.step(-1)}>
        <ChevronUp />
      </button>
      <button type="button" class="icon" aria-label="Next change" title="Next change (N)" disabled={n === 0} onClick={() => changes.step(1)}>
        <ChevronDown />
      </button>
    </div>
  );
}
