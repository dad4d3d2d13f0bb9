/**
 * The state of the history page, and everything one can do on it. Knows no network: the calls come from the page's entry.
 *
 * Invariant: what is shown is one version against one other text, both whole, or a sentence why not; a newer wish always
 * wins over an answer that comes late. Next: `listing.ts`, `entries.ts`, `texts.ts`, `restoring.ts`.
 */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Version } from "../../session/history";
import type { Question } from "../ask";
import { around, type Compare, type Entry, entriesOf, idOf, isCurrent, selectedOf } from "./entries";
import { createListing, failure, type Listing, type ListingCalls, type Loading } from "./listing";
import { createRestoring, type Restoring, type RestoringCalls } from "./restoring";
import { createTexts, type Texts } from "./texts";

export interface HistoryCalls extends RestoringCalls, ListingCalls {
  text(id: string): Promise<string>;
  name(name: string): Promise<Version>;
  rename(id: string, name: string | null): Promise<Version>;
  remove(id: string): Promise<void>;
}

/** How the text is looked at. */
export type View = "page" | "source";

/** Which of the two texts belongs to the version that is looked at. */
export type Owner = "old" | "new";

export type Shown =
  | { kind: "loading" }
  | { kind: "failed"; sentence: string }
  /** `old` is null where nothing is compared. `before`: the version `old` is the text of, where that is an older one. */
  | { kind: "text"; entry: Entry; old: string | null; text: string; owner: Owner; before: Version | null };

export interface History {
  readonly entries: ReadonlySignal<readonly Entry[]>;
  /** Its place among the entries. */
  readonly at: ReadonlySignal<number>;
  readonly entry: ReadonlySignal<Entry>;
  readonly loading: ReadonlySignal<Loading>;
  readonly more: ReadonlySignal<boolean>;
  readonly stored: ReadonlySignal<{ bytes: number; count: number }>;
  readonly only: ReadonlySignal<"all" | "named">;
  readonly compare: Signal<Compare>;
  readonly view: Signal<View>;
  readonly shown: ReadonlySignal<Shown>;
  readonly question: Signal<Question | null>;
  /** The version whose name is being written: its id, "now" for what is none yet. */
  readonly naming: Signal<string | null>;
  readonly restoring: Restoring;
  load(): Promise<void>;
  loadMore(): Promise<void>;
  select(at: number): void;
  filter(only: "all" | "named"): void;
  name(entry: Entry, name: string): Promise<void>;
  unname(version: Version): Promise<void>;
  askRemove(version: Version): void;
  /** Shows again what could not be shown. */
  retry(): void;
}

/** So many versions around the one looked at are fetched before they are asked for. */
const REACH = 3;

export function createHistory(calls: HistoryCalls, first: string | null): History {
  const only = signal<"all" | "named">("all");
  const wanted = signal(first);
  const question = signal<Question | null>(null);
  const compare = signal<Compare>("previous");
  const again = signal(0);
  const texts = createTexts(calls.text);
  const listing = createListing(calls, texts);
  const { versions, now, newest, loadMore, refresh } = listing;
  const entries = computed(() => entriesOf(versions.value, now.value, newest.value, only.value));
  const at = computed(() => selectedOf(entries.value, wanted.value));
  const shown = showing({ ...listing, entries, at, compare, again, texts });
  const choose = (place: number) => {
    const next = entries.peek()[Math.min(Math.max(0, place), entries.peek().length - 1)];
    if (next) wanted.value = isCurrent(next) ? null : idOf(next);
  };

  return {
    ...naming(calls, listing),
    entries,
    at,
    entry: computed<Entry>(() => entries.value[at.value] ?? { kind: "now" }),
    loading: listing.loading,
    more: listing.more,
    stored: listing.stored,
    only,
    compare,
    view: signal<View>("page"),
    shown,
    question,
    naming: signal<string | null>(null),
    restoring: createRestoring({ calls, question, now, refresh }),
    async load() {
      const gone = await listing.load(wanted.peek());
      if (!gone) return;
      calls.say("That version is not there any more. This is what is there now.");
      wanted.value = null;
    },
    loadMore,
    select(to) {
      choose(to);
      if (to >= entries.peek().length - 2) void loadMore();
    },
    filter: (next) => void (only.value = next),
    askRemove: (version) =>
      void (question.value = removal(version, () =>
        void attempt(calls, async () => {
          await calls.remove(version.id);
          const place = at.peek();
          listing.dropped(version);
          choose(place);
          await refresh();
        }),
      )),
    retry: () => void again.value++,
  };
}

function naming(calls: HistoryCalls, { changed, refresh }: Listing): Pick<History, "name" | "unname"> {
  return {
    name: (it, name) =>
      attempt(calls, async () => {
        if (it.kind === "version") return changed(await calls.rename(it.version.id, name));
        await calls.name(name);
        await refresh();
      }),
    unname: (version) => attempt(calls, async () => changed(await calls.rename(version.id, null))),
  };
}

async function attempt(calls: HistoryCalls, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    calls.say(failure(error));
  }
}

function removal({ name }: Version, run: () => void): Question {
  const which = name === null ? "this version" : `“${name}”`;
  return {
    title: "Delete this version?",
    sentence: `Nobody can look at ${which} or bring it back afterwards. The text as it is now and all other versions stay as they are.`,
    answers: [{ label: "Delete version", primary: true, run }],
  };
}

interface Showing extends Pick<Listing, "now" | "loading" | "more" | "loadMore"> {
  entries: ReadonlySignal<readonly Entry[]>;
  at: ReadonlySignal<number>;
  compare: ReadonlySignal<Compare>;
  again: ReadonlySignal<number>;
  texts: Texts;
}

/** The texts of what is selected; what was shown stays until they are there. */
function showing({ entries, at, compare, now, again, texts, loading, more, loadMore }: Showing): ReadonlySignal<Shown> {
  const shown = signal<Shown>({ kind: "loading" });
  let latest = 0;

  effect(() => {
    void again.value;
    const [all, place, against, text] = [entries.value, at.value, compare.value, now.value];
    if (loading.value.kind !== "ready" || text === null) return;
    const turn = ++latest;
    const entry = all[place] ?? { kind: "now" };
    const other = against === "previous" ? all[place + 1] : undefined;
    // The one before the last known is still to come; then this runs again.
    if (against === "previous" && !other && more.value) return void loadMore();
    const textOf = (it: Entry) => (it.kind === "now" ? text : (texts.peek(it.version.id) ?? texts.get(it.version.id)));
    const both = [textOf(entry), against === "now" && !isCurrent(entry) ? text : other ? textOf(other) : null] as const;
    const before = other?.kind === "version" ? other.version : null;
    const put = (own: string, old: string | null) => {
      if (turn !== latest) return;
      const compared: Shown = against === "now" && old !== null ? { kind: "text", entry, old: own, text: old, owner: "old", before: null } : { kind: "text", entry, old, text: own, owner: "new", before };
      shown.value = compared;
      texts.expect(around(all, place, REACH));
    };
    const [own, old] = both;
    if (typeof own === "string" && (old === null || typeof old === "string")) return put(own, old);
    Promise.all(both).then(
      ([mine, theirs]) => put(mine, theirs),
      (error: unknown) => {
        if (turn === latest) shown.value = { kind: "failed", sentence: failure(error) };
      },
    );
  });
  return shown;
}
