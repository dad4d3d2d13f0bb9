/**
 * Who was here last: what every page's boot says that is no document, so that a page without the server knows whose
 * device this is.
 *
 * Written at each page load that came from the server, removed at signing out. Browsers write their `localStorage` seconds
 * later, and one that is killed before has none: so it is on the disk as well, in a database of its own. Invariant: it
 * names nobody who has signed out here, and holds no text and no key. Next: `shell.ts`, which reads it.
 */
import { answered } from "./device/answered";
import type { Me } from "./api";

/** What every page of the server says. */
export interface Everywhere {
  me: Me;
  /** Which build of Galley made the page. */
  build: string;
  /** false: plain http away from this machine. */
  secure: boolean;
  signup: "open" | "invite" | "first";
  /** What the server takes, in bytes. */
  limits: { file_bytes: number; import_bytes: number };
}

export type Somebody = Exclude<Me, { kind: "nobody" }>;

export type Remembered = Everywhere & { me: Somebody };

const key = "galley.here";

/** Nobody leaves what is remembered as it is: a session that ended elsewhere may have edits waiting here. */
export function remember({ me, build, secure, signup, limits }: Everywhere): void {
  if (me.kind === "nobody") return;
  const kept = JSON.stringify({ me, build, secure, signup, limits });
  try {
    if (localStorage.getItem(key) === kept) return;
    localStorage.setItem(key, kept);
    onDisk("readwrite", (store) => store.put(kept, key)).catch(() => undefined);
  } catch {
    // A browser without storage has no device to open documents from either.
  }
}

export function here(): Remembered | null {
  try {
    return somebody(localStorage.getItem(key));
  } catch {
    return null;
  }
}

/** Also after the browser was killed a moment after it had first been told. */
export async function hereOnDisk(): Promise<Remembered | null> {
  return here() ?? onDisk("readonly", (store) => store.get(key) as IDBRequest<unknown>).then(somebody, () => null);
}

export async function forgetMe(): Promise<void> {
  try {
    localStorage.removeItem(key);
    await onDisk("readwrite", (store) => store.delete(key));
  } catch {
    // Nothing is kept where there is no storage.
  }
}

function somebody(kept: unknown): Remembered | null {
  const read = typeof kept === "string" ? (JSON.parse(kept) as Everywhere | null) : null;
  const me = read?.me;
  return read && me && me.kind !== "nobody" && typeof me.author === "string" ? { ...read, me } : null;
}

async function onDisk<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open("galley.here", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("here");
  const database = await answered(opening);
  try {
    const transaction = database.transaction("here", mode, { durability: "strict" });
    const request = ask(transaction.objectStore("here"));
    // Else it waits for a turn of this page, which may be leaving.
    if (mode === "readwrite") transaction.commit();
    return await answered(request);
  } finally {
    database.close();
  }
}
