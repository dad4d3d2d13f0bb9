/**
 * What this browser keeps for whoever looks: copies of the documents they have opened, and what waits for the server.
 *
 * Invariants: nothing is called kept before its transaction completed; the number of edits that wait is never less than
 * the truth; a copy is let go of only when the server has all of it or the person says so. A browser that gives no
 * storage, or fails, makes the page say so and never stops it. Next: `database.ts` for the shape on disk, `copy.ts` for
 * one document's text.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Document, Known } from "../api";
import { openCopy } from "./copy";
import { answered } from "./answered";
import { databaseName, indexes, type Look, openDatabase, type Row, type StoreName, stores, transact, waitingOf } from "./database";
import { browserWorld, type Change, type Channel, type DeviceWorld, type Shelf } from "./world";

/** One document on this device. */
export interface Card {
  id: string;
  /** As the server last described it; for one made here that the server does not know yet, as it will be. */
  document: Document;
  renderer: "small" | "full";
  /** Made here, and the server has not been told. */
  born: boolean;
  /** Wall clock, in milliseconds. */
  openedMs: number;
  /** Edits, note commands and files that the server is not known to have. */
  waiting: { edits: number; notes: number; files: number };
  /** Why the server will not take what waits; null: it may. `replaced`: the document's history is another one now. */
  stranded: "access" | "gone" | "replaced" | null;
  /** When this device and the server last had the same text, wall clock; null: never. */
  syncedMs: number | null;
  /** Who its notes are by, as the server last said; `people.ts` keeps it. */
  people?: readonly Known[];
}

/** How far the own edits of a page are on this device. */
export type Kept =
  /** All of them, up to what was typed a quarter of a second ago; `n` are not there yet. */
  | { kind: "kept"; pending: number }
  /** The browser gives no storage, or it failed: a sentence why. */
  | { kind: "none"; reason: string };

export interface Loaded {
  updates: Uint8Array[];
  /** Own edits in them that the server is not known to have. */
  edits: number;
}

/** What an open page keeps of its document. */
export interface Copy {
  readonly kept: ReadonlySignal<Kept>;
  /** Everything kept, oldest first, and how many own edits in it the server is not known to have. */
  load(): Promise<Loaded & { notes: Uint8Array | null; syncedMs?: number | null }>;
  /** What other tabs have kept since then; not called if that is nothing. Acks cover it from when it is given. */
  more(give: (loaded: Loaded) => void): Promise<void>;
  /** Told when another tab has kept something of this document. */
  onOthers(listener: () => void): () => void;
  /** Only what the server has: the text both sides last had in common. */
  shared(): Promise<Uint8Array[]>;
  /** An own transaction, the `nth` of this page. */
  mine(update: Uint8Array, nth: number): void;
  /** What came from the server. */
  theirs(update: Uint8Array): void;
  /** The server has all own edits up to the `nth` of this page, and, from the first time on, those of before it. */
  acked(nth: number): void;
  /** All notes, as one update. */
  notes(state: Uint8Array): void;
  /** This page and the server have the same text now. */
  synced(): void;
  /** Resolves when everything said so far is in the database, or cannot be. */
  flush(): Promise<void>;
  close(): void;
}

export interface Device {
  readonly author: string;
  /** null: no storage here, with the sentence why. */
  readonly trouble: ReadonlySignal<string | null>;
  /** Last opened first. */
  cards(): Promise<Card[]>;
  card(document: string): Promise<Card | null>;
  /**
   * Makes or changes a card; counts of what waits are the database's own. A card of another history gives way: if
   * something waits in it, it is kept as `replaced` under `strandedId`, else it is gone.
   */
  put(document: Document, more?: Partial<Pick<Card, "renderer" | "born" | "openedMs" | "stranded">>): Promise<void>;
  /** The text as it is kept; null: there is none. */
  text(document: string): Promise<string | null>;
  /** Keeps how a text was drawn, of a document that is kept. */
  keepLook(document: string, look: Look): Promise<void>;
  /** Card, text, notes and what waits are gone. */
  forget(document: string): Promise<void>;
  /** The server will not take it any more: forgotten, unless something waits; then it is kept, marked. */
  strand(document: string, why: NonNullable<Card["stranded"]>): Promise<void>;
  /** Told when a card changed, here or in another tab. */
  onChange(listener: () => void): () => void;
  copy(document: string): Copy;
  /** For what is kept beside the text, such as `queue.ts`; rejects with the sentence of `trouble` where there is none. */
  database(): Promise<IDBDatabase>;
  /** Something about this document was kept past this object: tells those who listen, here and in other tabs. */
  changed(document: string): void;
}

/** The key of what was kept of a document before its history became another one. */
export function strandedId(document: string, epoch: number): string {
  return `${document}@${epoch}`;
}

export function openDevice(author: string, world: DeviceWorld = browserWorld): Device {
  return new OpenDevice(author, world);
}

/** For the browser to open its storage; some never answer. */
const openPatience = 5_000;

const words = {
  none: "This browser gives the page no storage.",
  silent: "This browser’s storage does not answer.",
  closed: "What was kept here was removed, in another tab or by the browser.",
} as const;


class OpenDevice implements Device, Shelf {
  readonly trouble = signal<string | null>(null);
  #database: IDBDatabase | null = null;
  readonly #opening: Promise<IDBDatabase>;
  readonly #channel: Channel;
  readonly #listeners = new Set<() => void>();
  readonly #others = new Set<(change: Change) => void>();
  #persisted = false;

  constructor(
    readonly author: string,
    readonly world: DeviceWorld,
  ) {
    this.#channel = world.channel(databaseName(author), (message) => {
      this.#others.forEach((hear) => hear(message as Change));
      this.#hear();
    });
    this.#opening = this.#open();
    this.#opening.catch(() => undefined);
  }

  cards(): Promise<Card[]> {
    return this.#read(async (store) => {
      const kept: Card[] = await answered(store(stores.cards).getAll());
      const cards = await Promise.all(kept.map((card) => counted(store, card)));
      return cards.sort((a, b) => b.openedMs - a.openedMs);
    });
  }

  card(document: string): Promise<Card | null> {
    return this.#read(async (store) => {
      const kept: Card | undefined = await answered(store(stores.cards).get(document));
      return kept ? counted(store, kept) : null;
    });
  }

  async put(document: Document, more: Parameters<Device["put"]>[1] = {}): Promise<void> {
    const { id } = document;
    await this.#write(async (store) => {
      const cards = store(stores.cards);
      const before: Card | undefined = await answered(cards.get(id));
      const same = before && (before.born || before.document.epoch === document.epoch);
      if (before && !same) await replaced(store, await counted(store, before));
      const card = same ? before : fresh(document, this.world.now());
      cards.put({ ...card, ...more, document });
    });
    this.changed(id);
  }

  async text(document: string): Promise<string | null> {
    const updates = await this.#read(async (store) => {
      if ((await answered(store(stores.cards).count(document))) === 0) return null;
      const rows: Row[] = await answered(store(stores.rows).index(indexes.document).getAll(document));
      return rows.map(({ update }) => update);
    });
    return updates && (await import("./texts")).textOf(updates);
  }

  keepLook(document: string, look: Look): Promise<void> {
    return this.#write(async (store) => {
      if ((await answered(store(stores.cards).count(document))) > 0) store(stores.looks).put(look, document);
    });
  }

  async forget(document: string): Promise<void> {
    await this.#write((store) => erase(store, document));
    this.#tell({ document, kind: "forgotten" });
  }

  async strand(document: string, why: NonNullable<Card["stranded"]>): Promise<void> {
    const left = await this.#write(async (store) => {
      const before: Card | undefined = await answered(store(stores.cards).get(document));
      const card = before && (await counted(store, before));
      if (card && waits(card)) store(stores.cards).put({ ...card, stranded: why });
      else await erase(store, document);
      return card && waits(card) ? "changed" : "forgotten";
    });
    this.#tell({ document, kind: left });
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onOthers(document: string, kind: Change["kind"], listener: () => void): () => void {
    const hear = (change: Change) => {
      if (change.document === document && change.kind === kind) listener();
    };
    this.#others.add(hear);
    return () => this.#others.delete(hear);
  }

  copy = (document: string): Copy => openCopy(this, document);

  database(): Promise<IDBDatabase> {
    return this.use((database) => Promise.resolve(database));
  }

  changed(document: string): void {
    this.#tell({ document, kind: "changed" });
  }

  persist(): void {
    if (this.#persisted) return;
    this.#persisted = true;
    this.world.persist();
  }

  async use<T>(work: (database: IDBDatabase) => Promise<T>): Promise<T> {
    const { trouble } = this;
    if (!this.#database && trouble.peek() !== null && trouble.peek() !== words.silent) throw new Error(trouble.peek()!);
    return work(this.#database ?? (await this.#opening));
  }

  #read<T>(work: (store: (name: StoreName) => IDBObjectStore) => Promise<T>): Promise<T> {
    return this.use((database) => transact(database, Object.values(stores), "readonly", work));
  }

  #write<T>(work: (store: (name: StoreName) => IDBObjectStore) => Promise<T>): Promise<T> {
    return this.use((database) => transact(database, Object.values(stores), "readwrite", work));
  }

  async #open(): Promise<IDBDatabase> {
    const { factory } = this.world;
    const stop = this.world.later(openPatience, () => (this.trouble.value = words.silent));
    try {
      if (!factory) throw new Error(words.none);
      const database = await openDatabase(this.author, factory);
      for (const end of ["versionchange", "close"]) database.addEventListener(end, () => this.#closed());
      this.trouble.value = null;
      return (this.#database = database);
    } catch (error) {
      this.trouble.value = words.none;
      throw new Error(words.none, { cause: error });
    } finally {
      stop();
    }
  }

  #closed(): void {
    this.#database = null;
    this.trouble.value = words.closed;
  }

  #tell(change: Change): void {
    this.#channel.post(change);
    if (change.kind === "forgotten") this.#others.forEach((hear) => hear(change));
    this.#hear();
  }

  #hear(): void {
    this.#listeners.forEach((listener) => listener());
  }
}

type Store = (name: StoreName) => IDBObjectStore;

function fresh(document: Document, now: number): Card {
  const waiting = { edits: 0, notes: 0, files: 0 };
  return { id: document.id, document, renderer: "small", born: false, openedMs: now, waiting, stranded: null, syncedMs: null };
}

const waits = ({ born, waiting: { edits, notes, files } }: Card): boolean => born || edits + notes + files > 0;

/** The card with what waits, as the rows themselves say. */
async function counted(store: Store, card: Card): Promise<Card> {
  const kinds = store(stores.queue).index(indexes.kind);
  const [edits, notes, files] = await Promise.all([
    countEdits(store, card.id),
    answered(kinds.count([card.id, "notes"])),
    answered(kinds.count([card.id, "file"])),
  ]);
  return { ...card, waiting: { edits, notes, files } };
}

function countEdits(store: Store, document: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = store(stores.rows).index(indexes.edits).openKeyCursor(waitingOf(document));
    let edits = 0;
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return resolve(edits);
      edits += (cursor.key as [string, number])[1];
      cursor.continue();
    };
  });
}

/** The history is another one: what waits must not be poured into it. */
async function replaced(store: Store, card: Card): Promise<void> {
  if (!waits(card)) return erase(store, card.id);
  const id = strandedId(card.id, card.document.epoch);
  for (const name of [stores.rows, stores.queue] as const) {
    const entries: { document: string }[] = await answered(store(name).index(indexes.document).getAll(card.id));
    for (const entry of entries) store(name).put({ ...entry, document: id });
  }
  store(stores.cards).put({ ...card, id, stranded: "replaced" });
  await erase(store, card.id);
}

async function erase(store: Store, document: string): Promise<void> {
  store(stores.cards).delete(document);
  await clear(store, document);
}

/** Everything but the card. */
async function clear(store: Store, document: string): Promise<void> {
  store(stores.notes).delete(document);
  store(stores.looks).delete(document);
  for (const name of [stores.rows, stores.queue] as const) {
    const keys = await answered(store(name).index(indexes.document).getAllKeys(document));
    for (const key of keys) store(name).delete(key);
  }
}
