/**
 * What is known of a document's versions and of its text now: fetched page by page, and looked at again when something
 * was done. Invariant: what is shown stays when only a later look fails.
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Version, VersionsPage } from "../../session/history";
import { renewed } from "./entries";
import type { Texts } from "./texts";

export interface ListingCalls {
  versions(before: string | null): Promise<VersionsPage>;
  version(id: string): Promise<Version>;
  /** The text as it is now. */
  now(): Promise<string>;
  say(sentence: string): void;
}

export type Loading = { kind: "loading" } | { kind: "ready" } | { kind: "failed"; sentence: string };

export interface Listing {
  /** Newest first, as far as they are known. */
  readonly versions: ReadonlySignal<readonly Version[]>;
  /** All of them, also those not known yet. */
  readonly stored: ReadonlySignal<{ bytes: number; count: number }>;
  readonly more: ReadonlySignal<boolean>;
  readonly loading: ReadonlySignal<Loading>;
  readonly now: ReadonlySignal<string | null>;
  /** The text of the newest version. */
  readonly newest: ReadonlySignal<string | null>;
  /** Looks, as far back as a version somebody wants to see; whether that one is gone. */
  load(wanted: string | null): Promise<boolean>;
  loadMore(): Promise<void>;
  refresh(): Promise<void>;
  changed(version: Version): void;
  dropped(version: Version): void;
}

export const failure = (error: unknown) => (error instanceof Error ? error.message : "That did not work. Try again.");

function editing(versions: Signal<readonly Version[]>): Pick<Listing, "changed" | "dropped"> {
  return {
    changed: (version) => void (versions.value = versions.peek().map((it) => (it.id === version.id ? version : it))),
    dropped: ({ id }) => void (versions.value = versions.peek().filter((it) => it.id !== id)),
  };
}

/** An address may name a version far down the list, or one that is gone. */
async function reach(id: string, calls: ListingCalls, { versions, more, loadMore }: Pick<Listing, "versions" | "more" | "loadMore">): Promise<boolean> {
  const known = () => versions.peek().some((it) => it.id === id);
  if (known()) return true;
  const { at_ms } = await calls.version(id);
  for (let before = -1; !known() && more.peek() && before !== versions.peek().length; ) {
    if ((versions.peek().at(-1)?.at_ms ?? 0) < at_ms) break;
    before = versions.peek().length;
    await loadMore();
  }
  return known();
}

export function createListing(calls: ListingCalls, texts: Texts): Listing {
  const versions = signal<readonly Version[]>([]);
  const stored = signal({ bytes: 0, count: 0 });
  const more = signal(false);
  const loading = signal<Loading>({ kind: "loading" });
  const now = signal<string | null>(null);
  const newest = signal<string | null>(null);
  let busy: Promise<void> | null = null;

  function take({ stored_bytes: bytes, count }: VersionsPage, known: readonly Version[]): void {
    versions.value = known;
    stored.value = { bytes, count };
  }

  async function refresh(): Promise<void> {
    const [page, text] = await Promise.all([calls.versions(null), calls.now()]);
    const top = page.versions[0];
    newest.value = top ? await texts.get(top.id) : null;
    now.value = text;
    if (versions.peek().length === 0) more.value = page.more;
    take(page, renewed(versions.peek(), page.versions));
  }

  async function fetchMore(last: Version): Promise<void> {
    try {
      const page = await calls.versions(last.id);
      more.value = page.more;
      take(page, [...versions.peek(), ...page.versions]);
    } catch (error) {
      calls.say(failure(error));
    }
  }

  async function loadMore(): Promise<void> {
    const last = versions.peek().at(-1);
    if (!last || !more.peek()) return;
    busy ??= fetchMore(last).finally(() => (busy = null));
    await busy;
  }

  async function load(wanted: string | null): Promise<boolean> {
    try {
      await refresh();
      const there = wanted === null || (await reach(wanted, calls, { versions, more, loadMore }).catch(() => false));
      loading.value = { kind: "ready" };
      return !there;
    } catch (error) {
      if (loading.peek().kind !== "ready") loading.value = { kind: "failed", sentence: failure(error) };
      return false;
    }
  }

  return { versions, stored, more, loading, now, newest, load, loadMore, refresh, ...editing(versions) };
}
