/**
 * Whose databases this browser has, so that a page nobody is signed in on can say what waits, and whose it is.
 *
 * Only names are kept, and only as long as the database is. Invariant: after `forgetPerson` nothing in this browser holds
 * a word somebody wrote or read. Next: `adopt.ts` for guests who became accounts.
 */
import type { Me } from "../api";
import { forgetMe, here } from "../here";
import { browserStorage, quietly } from "../storage";
import { deleteDatabase, databaseName } from "./database";
import { waits } from "./waits";
import type { Device } from "./device";

export interface Owner {
  author: string;
  /** Account name; null: a guest. */
  name: string | null;
  display: string;
}

/** What somebody who is not signed in has here. */
export interface LeftBehind extends Owner {
  /** So many documents have something that was not sent. */
  documents: number;
}

const key = "galley.people";
/** People one browser remembers; the one who was here longest ago gives way. */
const ownersMax = 20;

export function owners(store: Storage | null = browserStorage()): Owner[] {
  try {
    const kept: unknown = JSON.parse(store?.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept.filter((it): it is Owner => typeof (it as Owner | null)?.author === "string") : [];
  } catch {
    return []; // what stands there is not ours
  }
}

/** Whoever looks keeps something here from now on. */
export function own(me: Me, store: Storage | null = browserStorage()): void {
  if (me.kind === "nobody") return;
  const owner = { author: me.author, name: me.kind === "account" ? me.name : null, display: me.display };
  write([...owners(store).filter(({ author }) => author !== me.author), owner].slice(-ownersMax), store);
}

/** Signed out, but what waits stays for when they come back. */
export async function keepPerson(author: string): Promise<void> {
  if (here()?.me.author === author) await forgetMe();
}

/** Nothing of theirs stays in this browser. */
export async function forgetPerson(author: string, store: Storage | null = browserStorage()): Promise<void> {
  await keepPerson(author);
  write(owners(store).filter((it) => it.author !== author), store);
  for (const name of keysOf(author, store)) quietly(() => store?.removeItem(name));
  await deleteDatabase(author);
}

/** Drafts, and what else is kept by person or by document. */
function keysOf(author: string, store: Storage | null): string[] {
  const keys = quietly(() => Array.from({ length: store?.length ?? 0 }, (_, index) => store?.key(index) ?? "")) ?? [];
  return keys.filter((name) => name === "galley-dismissed" || (name.startsWith("galley") && name.endsWith(author)));
}

/** Whose edits wait here, but for whoever is signed in. */
export async function leftBehind(me: Me, open: (author: string) => Device): Promise<LeftBehind[]> {
  const there = await databases();
  const found: LeftBehind[] = [];
  for (const owner of owners()) {
    if ((me.kind !== "nobody" && me.author === owner.author) || there?.has(databaseName(owner.author)) === false) continue;
    const cards = await open(owner.author).cards().catch(() => []);
    const documents = cards.filter(waits).length;
    if (documents > 0) found.push({ ...owner, documents });
  }
  return found.reverse();
}

/** null: the browser does not say. Opening one that is not there would make it. */
async function databases(): Promise<ReadonlySet<string> | null> {
  try {
    return new Set((await indexedDB.databases()).map(({ name }) => name ?? ""));
  } catch {
    return null;
  }
}

function write(all: readonly Owner[], store: Storage | null): void {
  quietly(() => (all.length > 0 ? store?.setItem(key, JSON.stringify(all)) : store?.removeItem(key)));
}
