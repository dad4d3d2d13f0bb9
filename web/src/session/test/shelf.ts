/** A database of one's own, as several tabs see it. */
import { IDBFactory } from "fake-indexeddb";
import type { Document } from "../api";
import type { Card } from "../device/device";
import { answered, openDatabase, stores, transact } from "../device/database";
import type { Storage } from "../device/rows";

export const author = "01890000-0000-7000-8000-00000000000a";

export interface Shelf {
  /** A tab that may be closed and opened again. */
  tab(): Storage;
  card(id: string): Promise<Card>;
  close(): Promise<void>;
}

export async function newShelf(document: string): Promise<Shelf> {
  const factory = new IDBFactory();
  const listeners = new Set<() => void>();
  const database = await openDatabase(author, factory);
  const card: Card = {
    id: document,
    document: { id: document } as Document,
    renderer: "small",
    born: false,
    openedMs: 0,
    waiting: { edits: 3, notes: 0, files: 0 },
    stranded: null,
    syncedMs: null,
  };
  await transact(database, [stores.cards], "readwrite", (store) => answered(store(stores.cards).put(card)));
  return {
    tab: () => ({
      author,
      database: () => Promise.resolve(database),
      changed: () => listeners.forEach((listener) => listener()),
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    }),
    card: (id) => transact(database, [stores.cards], "readonly", (store) => answered(store(stores.cards).get(id) as IDBRequest<Card>)),
    close: () => Promise.resolve(database.close()),
  };
}
