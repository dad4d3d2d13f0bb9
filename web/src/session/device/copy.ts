/**
 * One document's text on this device, as an open page keeps it.
 *
 * Each tab writes its own edits itself; what came from the server is written by the tab that holds the document's lock,
 * and by any other only before own edits that may rest on it. Invariants: an edit counts as waiting from the
 * transaction that keeps it until after the server has it; a row another tab wrote is lowered only by a page that had
 * it in what the server acked. Next: `device.ts`, `database.ts`.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { answered } from "./answered";
import { indexes, type Row, stores, transact } from "./database";
import type { Card, Copy, Kept, Loaded } from "./device";
import type { Shelf } from "./world";

/** How long edits gather before they are written. */
export const batchMs = 250;
/** A document has at most about so many rows; then they are merged. */
export const rowsMax = 200;
/** After the storage refused. */
export const retryMs = 10_000;
/** How exact the card is about when this device and the server were last the same, while nothing else is written. */
const syncedEveryMs = 60_000;

/** Own edits up to the `through`th, `edits` of them. */
interface Stretch {
  through: number;
  edits: number;
  /** With which load the rest of them came; 0: all are this page's. */
  load: number;
}

interface Batch extends Stretch {
  updates: Uint8Array[];
}

export function openCopy(shelf: Shelf, document: string): Copy {
  return new KeptCopy(shelf, document);
}

class KeptCopy implements Copy {
  readonly kept: ReadonlySignal<Kept>;
  readonly #pending = signal(0);
  readonly #failure = signal<string | null>(null);
  #state: "open" | "closed" | "ended" = "open";

  /** What gathers. */
  #mine: Batch | null = null;
  #theirs: Uint8Array[] = [];
  #notes: Uint8Array | null = null;
  #synced: number | null = null;
  /** In transactions that have not completed. */
  readonly #batches = new Set<Batch>();
  readonly #writing = new Map<object, Promise<void>>();
  /** Rows this page may lower: its own, and those it loaded. */
  readonly #unsent = new Map<number, Stretch>();
  #loads = 0;
  /** What the server has: own edits through this one, and what came with these loads. */
  #acked = { nth: 0, loads: 0 };
  /** The newest row that was loaded, and those this page has written since. */
  #newest = 0;
  readonly #own = new Set<number>();
  #rows = 0;
  #holder = false;
  #merging = false;
  #cancel: (() => void) | null = null;
  #told = 0;
  #merge: ((updates: Uint8Array[]) => Uint8Array) | null = null;
  readonly #stops: (() => void)[];

  constructor(
    private readonly shelf: Shelf,
    private readonly document: string,
  ) {
    const { world, author, trouble } = shelf;
    this.kept = computed(() => {
      const reason = trouble.value ?? this.#failure.value;
      return reason === null ? { kind: "kept", pending: this.#pending.value } : { kind: "none", reason };
    });
    this.#stops = [
      world.onHide(() => this.#write()),
      world.lock(`galley-${author}-${document}`, () => this.#hold()),
      shelf.onOthers(document, "forgotten", () => this.#end("This document was removed from this device.")),
    ];
    void import("./texts").then(({ merge }) => (this.#merge = merge)).catch(() => undefined);
  }

  async load(): ReturnType<Copy["load"]> {
    const { rows, notes, card } = await this.shelf.use((database) =>
      transact(database, [stores.rows, stores.notes, stores.cards], "readonly", async (store) => {
        const [rows, notes, card] = await Promise.all([
          answered<Row[]>(store(stores.rows).index(indexes.document).getAll(this.document)),
          answered<Uint8Array | undefined>(store(stores.notes).get(this.document)),
          answered<Card | undefined>(store(stores.cards).get(this.document)),
        ]);
        return { rows, notes, card };
      }),
    );
    this.#rows = rows.length;
    this.#mergeLater();
    return { ...this.#take(rows), notes: notes ?? null, syncedMs: card?.syncedMs ?? null };
  }

  async more(give: Parameters<Copy["more"]>[0]): Promise<void> {
    const rows = await this.shelf.use((database) =>
      transact(database, [stores.rows], "readonly", (store) => rowsAfter(store(stores.rows), this.document, this.#newest)),
    );
    const others = rows.filter(({ seq }) => !this.#own.has(seq!));
    if (others.length > 0 && this.#state === "open") give(this.#take(others));
  }

  /** From now on an ack covers them too. */
  #take(rows: readonly Row[]): Loaded {
    this.#loads += 1;
    const others = rows.filter(({ seq, edits }) => edits > 0 && !this.#unsent.has(seq!));
    for (const { seq, edits } of others) this.#unsent.set(seq!, { through: 0, edits, load: this.#loads });
    this.#newest = rows.reduce((newest, { seq }) => Math.max(newest, seq!), this.#newest);
    for (const seq of this.#own) if (seq <= this.#newest) this.#own.delete(seq);
    return { updates: rows.map(({ update }) => update), edits: others.reduce((sum, { edits }) => sum + edits, 0) };
  }

  onOthers(listener: () => void): () => void {
    return this.shelf.onOthers(this.document, "changed", listener);
  }

  async shared(): Promise<Uint8Array[]> {
    const rows = await this.shelf.use((database) =>
      transact(database, [stores.rows], "readonly", (store) =>
        answered<Row[]>(store(stores.rows).index(indexes.document).getAll(this.document)),
      ),
    );
    return rows.filter(({ edits }) => edits === 0).map(({ update }) => update);
  }

  mine(update: Uint8Array, nth: number): void {
    if (this.#state !== "open") return;
    this.#mine ??= { updates: [], through: nth, edits: 0, load: 0 };
    this.#mine.updates.push(update);
    this.#mine.through = nth;
    this.#mine.edits += 1;
    this.#mine.updates = this.#few(this.#mine.updates);
    this.#count();
    this.#soon();
  }

  theirs(update: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#theirs.push(update);
    this.#theirs = this.#few(this.#theirs);
    if (this.#holder) this.#soon();
  }

  acked(nth: number): void {
    if (nth <= this.#acked.nth && this.#acked.loads === this.#loads) return;
    this.#acked = { nth, loads: this.#loads };
    this.#count();
    if (this.#lowered().length > 0) this.#soon();
  }

  notes(state: Uint8Array): void {
    this.#notes = state;
    this.#soon();
  }

  synced(): void {
    this.#synced = this.shelf.world.now();
    if (this.#synced - this.#told >= syncedEveryMs) this.#soon();
  }

  async flush(): Promise<void> {
    this.#write();
    await Promise.all(this.#writing.values());
    // What completed may have left something to lower.
    this.#write();
    await Promise.all(this.#writing.values());
  }

  close(): void {
    if (this.#state === "closed") return;
    this.#write();
    this.#state = "closed";
    this.#cancel?.();
    const [stopHide, unlock, stopForgotten] = this.#stops;
    stopHide?.();
    stopForgotten?.();
    // Whoever holds the lock next finds everything written.
    void Promise.all(this.#writing.values()).then(() => unlock?.());
  }

  #hold(): void {
    this.#holder = true;
    if (this.#theirs.length > 0) this.#soon();
    this.#mergeLater();
  }

  /** Nothing more is kept: what would be written now begins in the middle of nothing. */
  #end(reason: string): void {
    this.#state = "ended";
    this.#mine = null;
    this.#theirs = [];
    this.#failure.value = reason;
  }

  #soon(ms = this.#failure.peek() === null ? batchMs : retryMs): void {
    if (this.#state !== "open") return;
    this.#cancel ??= this.shelf.world.later(ms, () => this.#write());
  }

  /** What cannot be written yet gathers as one. */
  #few(updates: Uint8Array[]): Uint8Array[] {
    return updates.length >= rowsMax && this.#merge ? [this.#merge(updates)] : updates;
  }

  #left({ through, edits, load }: Stretch): number {
    const { nth, loads } = this.#acked;
    return load > loads ? edits : Math.max(0, Math.min(edits, through - nth));
  }

  #count(): void {
    const batches = [...this.#batches, ...(this.#mine ? [this.#mine] : [])];
    this.#pending.value = batches.reduce((sum, batch) => sum + this.#left(batch), 0);
  }

  #lowered(): number[] {
    return [...this.#unsent].filter(([, row]) => this.#left(row) < row.edits).map(([seq]) => seq);
  }

  /** Begins to write everything there is to say, in this turn: the page may have no other. */
  #write(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#state !== "open") return;
    this.#writeRows();
    this.#writeWord();
  }

  #writeRows(): void {
    const batch = this.#mine ?? { updates: [], through: 0, edits: 0, load: 0 };
    const theirs = this.#mine || this.#holder ? this.#theirs : [];
    const notes = this.#notes;
    if (!this.#mine && theirs.length === 0 && !notes) return;
    this.#mine = this.#notes = null;
    if (theirs === this.#theirs) this.#theirs = [];
    const said = { batch, theirs, notes };
    this.#batches.add(batch);
    this.#begin(batch, this.shelf.use((database) => this.#put(database, said)).then(
      () => this.#wrote(said),
      (error: unknown) => this.#refused(said, error),
    ));
  }

  async #put(database: IDBDatabase, { batch, theirs, notes }: Said): Promise<void> {
    const rows = [...this.#rowsOf(theirs, 0), ...this.#rowsOf(batch.updates, this.#left(batch))];
    const durability = batch.edits > 0 ? "strict" : "relaxed";
    const added = await transact(database, [stores.rows, stores.notes], "readwrite", (store) => {
      const requests = rows.map((row) => ({ row, key: store(stores.rows).add(row) }));
      if (notes) store(stores.notes).put(notes, this.document);
      // Else it waits for a turn of this page, and is undone if there is none.
      store(stores.rows).transaction.commit();
      return requests;
    }, durability);
    this.#rows += rows.length;
    for (const { row, key } of added) {
      this.#own.add(key.result as number);
      if (row.edits > 0) this.#unsent.set(key.result as number, { through: batch.through, edits: row.edits, load: 0 });
    }
  }

  /** What the server has, and when that was seen. Lost, it is learned again. */
  #writeWord(): void {
    const [synced, lowered] = [this.#synced, this.#lowered()];
    if (!synced && lowered.length === 0) return;
    this.#synced = null;
    const work = this.shelf.use((database) =>
      transact(database, [stores.rows, stores.cards], "readwrite", (store) => {
        if (synced) touch(store(stores.cards), this.document, synced);
        for (const seq of lowered) lower(store(stores.rows), seq, this.#left(this.#unsent.get(seq) ?? nothing));
      }),
    );
    this.#begin({}, work.then(() => this.#lowerTo(synced, lowered), () => undefined));
  }

  #begin(key: object, work: Promise<void>): void {
    this.#writing.set(key, work.finally(() => this.#writing.delete(key)));
  }

  /** One row, or one for each where they cannot be merged yet. */
  #rowsOf(updates: Uint8Array[], edits: number): Row[] {
    const { document } = this;
    if (updates.length <= 1 || this.#merge) {
      const update = updates.length > 1 ? this.#merge!(updates) : updates[0];
      return update ? [{ document, update, edits }] : [];
    }
    return updates.map((update, index) => ({ document, update, edits: index === updates.length - 1 ? edits : 0 }));
  }

  #wrote({ batch }: Said): void {
    this.#batches.delete(batch);
    this.#failure.value = null;
    this.#count();
    if (batch.edits > 0) {
      this.shelf.persist();
      this.shelf.changed(this.document);
    }
    // An ack may have come while it was written.
    if (this.#lowered().length > 0) this.#soon();
    this.#mergeLater();
  }

  #lowerTo(synced: number | null, lowered: readonly number[]): void {
    if (synced) this.#told = synced;
    for (const seq of lowered) {
      const row = this.#unsent.get(seq);
      if (!row) continue;
      row.edits = this.#left(row);
      if (row.edits === 0) this.#unsent.delete(seq);
    }
    if (lowered.length > 0) this.shelf.changed(this.document);
  }

  /** It stays here, and is tried again while there is a storage. */
  #refused({ batch, theirs, notes }: Said, error: unknown): void {
    this.#batches.delete(batch);
    if (this.#state === "ended") return;
    if (this.shelf.trouble.peek() !== null) return this.#end(sentenceOf(error));
    this.#theirs = [...theirs, ...this.#theirs];
    this.#notes ??= notes;
    if (batch.edits > 0) {
      const since = this.#mine;
      this.#mine = {
        updates: [...batch.updates, ...(since?.updates ?? [])],
        through: since?.through ?? batch.through,
        edits: batch.edits + (since?.edits ?? 0),
        load: 0,
      };
    }
    this.#failure.value = sentenceOf(error);
    this.#count();
    this.#soon();
  }

  #mergeLater(): void {
    if (this.#rows < rowsMax || !this.#holder || this.#merging) return;
    this.#merging = true;
    this.shelf.world.later(batchMs, () => void this.#mergeRows().finally(() => (this.#merging = false)));
  }

  /** Sent rows become one, and so do those this page may lower. Others' unsent rows stay theirs. */
  async #mergeRows(): Promise<void> {
    const merge = this.#merge;
    if (!merge || this.#state !== "open") return;
    try {
      const merged = await this.shelf.use((database) =>
        transact(database, [stores.rows], "readwrite", async (store) => {
          const rows: Row[] = await answered(store(stores.rows).index(indexes.document).getAll(this.document));
          const sent = rows.filter(({ edits }) => edits === 0);
          const unsent = rows.filter(({ seq, edits }) => edits > 0 && this.#unsent.has(seq!));
          const into = (some: Row[], edits: number) => {
            if (some.length < 2) return null;
            for (const { seq } of some) store(stores.rows).delete(seq!);
            return store(stores.rows).add({ document: this.document, update: merge(some.map(({ update }) => update)), edits });
          };
          into(sent, 0);
          const edits = unsent.reduce((sum, row) => sum + row.edits, 0);
          return { unsent, edits, key: into(unsent, edits), left: rows.length - sent.length - unsent.length + 2 };
        }),
      );
      this.#rows = merged.left;
      if (!merged.key) return;
      const gone = merged.unsent.map(({ seq }) => seq!);
      const was = gone.map((seq) => this.#unsent.get(seq) ?? nothing);
      for (const seq of gone) this.#unsent.delete(seq);
      this.#unsent.set(merged.key.result as number, {
        through: Math.max(...was.map(({ through }) => through)),
        edits: merged.edits,
        load: Math.max(...was.map(({ load }) => load)),
      });
      if (this.#lowered().length > 0) this.#soon();
    } catch {
      // Nothing was changed; the next write is told what is wrong.
    }
  }
}

interface Said {
  batch: Batch;
  theirs: Uint8Array[];
  notes: Uint8Array | null;
}

const nothing: Stretch = { through: 0, edits: 0, load: 0 };

/** Rows of one document that came after this one. */
function rowsAfter(rows: IDBObjectStore, document: string, after: number): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const found: Row[] = [];
    const request = rows.index(indexes.document).openCursor(document);
    let skipped = after === 0;
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return resolve(found);
      if (!skipped && (cursor.primaryKey as number) <= after) {
        skipped = true;
        return cursor.continuePrimaryKey(document, after + 1);
      }
      found.push(cursor.value as Row);
      cursor.continue();
    };
  });
}

/** Requests follow each other without a turn of the page's own: it may have none left. */
function lower(rows: IDBObjectStore, seq: number, edits: number): void {
  const request: IDBRequest<Row | undefined> = rows.get(seq);
  request.onsuccess = () => {
    const row = request.result;
    if (row && row.edits > edits) rows.put({ ...row, edits });
  };
}

function touch(cards: IDBObjectStore, document: string, synced: number): void {
  const request: IDBRequest<Card | undefined> = cards.get(document);
  request.onsuccess = () => {
    const card = request.result;
    if (card) cards.put({ ...card, syncedMs: Math.max(synced, card.syncedMs ?? 0) });
  };
}

function sentenceOf(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "QuotaExceededError") return "This device has no room left for it.";
  return "This browser’s storage failed.";
}
