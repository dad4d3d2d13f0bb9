/**
 * What waits beside the text of one document, as rows: read by every tab of it, changed in one transaction.
 *
 * Invariant: what waits is counted from these rows, and each change of them is one transaction. Next: `queue.ts` for note commands, `queued-files.ts` for pictures and files.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Device } from "./device";
import { answered } from "./answered";
import { type Queued, stores, transact } from "./database";

/** As much of a device as a queue needs. */
export type Storage = Pick<Device, "author" | "database" | "changed" | "onChange">;

export interface Rows {
  /** As they were last seen to be; the truth is what `change` is given. */
  readonly all: ReadonlySignal<readonly Queued[]>;
  /** Rejects where there is no storage. `work` is given the rows as they are, oldest first, and tells nothing to wait for. */
  change<T>(work: (rows: readonly Queued[], write: Write) => T): Promise<T>;
  /** Resolves when `all` says what is kept; at once where there is no storage. */
  readonly loaded: Promise<void>;
  stop(): void;
}

export interface Write {
  put(row: Queued): void;
  drop(row: Queued): void;
}

export function openRows(device: Storage, document: string): Rows {
  const all = signal<readonly Queued[]>([]);
  let stopped = false;
  const change = async <T>(work: (rows: readonly Queued[], write: Write) => T): Promise<T> => {
    const { answer, rows, wrote } = await changed(await device.database(), document, work);
    if (!stopped) all.value = rows;
    if (wrote) device.changed(document);
    return answer;
  };
  const reload = async () => {
    const database = await device.database();
    const rows = await transact(database, [stores.queue], "readonly", (store) => rowsOf(store(stores.queue), document));
    if (!stopped && !same(rows, all.peek())) all.value = rows;
  };
  const stopListening = device.onChange(() => void reload().catch(() => undefined));
  return {
    all,
    change,
    loaded: reload().catch(() => undefined),
    stop() {
      stopped = true;
      stopListening();
    },
  };
}

async function changed<T>(database: IDBDatabase, document: string, work: (rows: readonly Queued[], write: Write) => T) {
  return transact(database, [stores.queue], "readwrite", async (store) => {
    const queue = store(stores.queue);
    const writes: IDBRequest[] = [];
    const before = await rowsOf(queue, document);
    const answer = work(before, {
      put: (row) => void writes.push(queue.put(row)),
      drop: ({ seq }) => void (seq !== undefined && writes.push(queue.delete(seq))),
    });
    const rows = writes.length > 0 ? await rowsOf(queue, document) : before;
    return { answer, rows, wrote: writes.length > 0 };
  });
}

function rowsOf(queue: IDBObjectStore, document: string): Promise<Queued[]> {
  return answered(queue.index("document").getAll(document) as IDBRequest<Queued[]>);
}

/** Rows are never changed without another `rev` in what they hold. */
function same(a: readonly Queued[], b: readonly Queued[]): boolean {
  return a.length === b.length && a.every((row, at) => row.seq === b[at]?.seq && revOf(row) === revOf(b[at]));
}

function revOf(row: Queued | undefined): unknown {
  return (row?.body as { rev?: unknown } | undefined)?.rev;
}
