/**
 * The database one person has in this browser: its shape, and promises around its requests.
 *
 * One database per principal, so that signing out deletes all of it at once and nobody reads another's. Invariant:
 * whatever a page calls "on this device" was in a transaction that completed. Next: `device.ts` for what it is used for.
 */
import { answered } from "./answered";

/** A Yjs update of one document's text. */
export interface Row {
  /** Given by the database: the order of arrival. */
  seq?: number;
  document: string;
  update: Uint8Array;
  /** Own edits in it that the server is not known to have; 0: it came from the server, or was acked. */
  edits: number;
}

/** How many edits wait is read from the rows themselves, by an index, so that no count can differ from the truth. */
export const indexes = {
  /** Of rows and of the queue. */
  document: "document",
  /** Of rows: `[document, edits]`. */
  edits: "edits",
  /** Of the queue: `[document, kind]`. */
  kind: "kind",
} as const;

/** What waits for the server beside the text: a note command, or a picture. */
export interface Queued {
  seq?: number;
  document: string;
  /** Its own id, so that asking twice does it once. */
  id: string;
  at: number;
  kind: "notes" | "file";
  /** A command as `queue.ts` keeps it, or the file's bytes and name. */
  body: unknown;
}

/** The beginning of a text as it was last drawn, to be read before any script has drawn it. */
export interface Look {
  html: string;
  lang: string | null;
  dir: string | null;
}

export const stores = {
  /** `Card` by document id. */
  cards: "cards",
  /** `Row` by `seq`, with an index on `document`. */
  rows: "rows",
  /** The notes of a document as one Yjs update, by document id. */
  notes: "notes",
  /** `Queued` by `seq`, with an index on `document`. */
  queue: "queue",
  /** `Look` by document id. */
  looks: "looks",
} as const;

export type StoreName = (typeof stores)[keyof typeof stores];

const version = 1;

/** `author` is the principal's. */
export function databaseName(author: string): string {
  return `galley-${author}`;
}

export function openDatabase(author: string, factory: IDBFactory = indexedDB): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(databaseName(author), version);
    request.onupgradeneeded = () => {
      const database = request.result;
      database.createObjectStore(stores.cards, { keyPath: "id" });
      const [rows, queue] = [stores.rows, stores.queue].map((name) => {
        const store = database.createObjectStore(name, { keyPath: "seq", autoIncrement: true });
        store.createIndex(indexes.document, "document");
        return store;
      });
      rows?.createIndex(indexes.edits, ["document", "edits"]);
      queue?.createIndex(indexes.kind, ["document", "kind"]);
      database.createObjectStore(stores.notes);
      database.createObjectStore(stores.looks);
    };
    request.onsuccess = () => {
      const database = request.result;
      // Another tab signs out, or a newer page needs another shape: what waits for this one would wait for ever.
      database.onversionchange = () => database.close();
      resolve(database);
    };
    request.onerror = () => reject(request.error ?? new Error("The browser's storage cannot be opened."));
    request.onblocked = () => reject(new Error("Another tab of Galley holds this browser's storage. Close it and reload."));
  });
}

export function deleteDatabase(author: string, factory: IDBFactory = indexedDB): Promise<void> {
  return answered(factory.deleteDatabase(databaseName(author))).then(() => undefined);
}

/** Rows of one document with edits that wait, as a range of the index `edits`. */
export function waitingOf(document: string): IDBKeyRange {
  return IDBKeyRange.bound([document, 1], [document, Infinity]);
}

/**
 * Runs `work` in one transaction; resolves when it is complete, with what `work` answered. `work` may only await
 * requests of this transaction, or the browser ends it early.
 */
export async function transact<T>(
  database: IDBDatabase,
  names: readonly StoreName[],
  mode: IDBTransactionMode,
  work: (store: (name: StoreName) => IDBObjectStore) => Promise<T> | T,
  durability: IDBTransactionDurability = "default",
): Promise<T> {
  const transaction = database.transaction([...names], mode, { durability });
  const complete = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("The browser's storage refused."));
  });
  complete.catch(() => undefined);
  try {
    const answer = await work((name) => transaction.objectStore(name));
    await complete;
    return answer;
  } catch (error) {
    if (transaction.error === null) {
      try {
        transaction.abort();
      } catch {
        // It has ended already; what made it end is thrown below.
      }
    }
    throw error;
  }
}
