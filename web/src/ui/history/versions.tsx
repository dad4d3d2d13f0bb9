/** The versions, newest first, day by day. Up and down choose; the one chosen is shown. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { count } from "../time";
import { byDay, size } from "./days";
import { type Entry, idOf } from "./entries";
import type { History } from "./history";
import { VersionRow } from "./version-row";

export interface VersionsProps {
  history: History;
  /** Whoever looks owns the document. */
  owner: boolean;
  onCopy(id: string): void;
  /** One was pressed. */
  onPick?(): void;
}

export function Versions({ history, owner, onCopy, onPick }: VersionsProps) {
  const list = useRef<HTMLDivElement>(null);
  const entries = history.entries.value;
  const at = history.at.value;
  const now = useMemo(() => Date.now(), [entries]);
  const places = new Map<Entry, number>(entries.map((entry, place) => [entry, place]));
  const days = byDay(entries, (entry) => (entry.kind === "now" ? now : entry.version.at_ms), now);

  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof Element) || !event.target.matches(".version-pick")) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    history.select(to);
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>("[aria-current]")?.focus());
  };

  return (
    <>
      <div class="versions-scroll" ref={list} onKeyDown={onKeyDown}>
        {days.map((day) => (
          <section key={day.title} aria-label={day.title}>
            <h3>{day.title}</h3>
            <ul>
              {day.entries.map((entry) => (
                <VersionRow
                  key={idOf(entry) ?? "now"}
                  history={history}
                  entry={entry}
                  owner={owner}
                  selected={places.get(entry) === at}
                  now={now}
                  onPick={() => (history.select(places.get(entry) ?? 0), onPick?.())}
                  onCopy={onCopy}
                />
              ))}
            </ul>
          </section>
        ))}
        {history.more.value && <Further history={history} />}
        <Nothing history={history} />
      </div>
      <p class="versions-foot meta">{foot(history)}</p>
    </>
  );
}

function foot({ stored }: History): string {
  const { count: n, bytes } = stored.value;
  return n === 0 ? "No earlier versions yet" : `${count(n, "version")}, ${size(bytes)} stored`;
}

/** Older ones are fetched when the end of the list comes into sight. */
function Further({ history }: { history: History }) {
  const end = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const watch = new IntersectionObserver(([seen]) => {
      if (seen?.isIntersecting) void history.loadMore();
    });
    if (end.current) watch.observe(end.current);
    return () => watch.disconnect();
  }, [history.entries.value]);
  return (
    <p class="versions-none" ref={end}>
      Looking further back…
    </p>
  );
}

/** What an empty list says: why, and what will come. */
function Nothing({ history }: { history: History }) {
  if (history.more.value || history.loading.value.kind !== "ready") return null;
  if (history.only.value === "named" && !history.entries.value.some((it) => it.kind === "version" && it.version.name !== null))
    return <p class="versions-none">No version has a name yet. One that has is kept for good.</p>;
  if (history.entries.value.length > 1) return null;
  return (
    <p class="versions-none">
      Earlier versions appear here by themselves while people write. Name one to keep that moment for good.
    </p>
  );
}
