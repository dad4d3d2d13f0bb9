/**
 * What a guest has here becomes the account's, when the guest signs in: the server attaches one author to the other, and
 * takes the guest's edits from the account.
 *
 * The start page notes the guest before signing in, as only then both are known. Invariant: something is taken out of
 * the guest's database only after it is in the account's; done twice, it is there once more, which Yjs and the ids of
 * commands make harmless. Next: `owners.ts`.
 */
import type { Me } from "../api";
import { answered } from "./answered";
import { openDatabase, type Queued, type Row, stores, transact } from "./database";
import type { Card, Device } from "./device";
import { forgetPerson, owners } from "./owners";

const key = "galley.guest";

/** On the start page: who signs in is this guest, or no guest. */
export function noteGuest(me: Me, store: Storage = localStorage): void {
  if (me.kind === "guest") store.setItem(key, me.author);
  else store.removeItem(key);
}

/** On the first page after it. Resolves when the account has everything. */
export async function adopt(device: Device, store: Storage = localStorage): Promise<void> {
  const guest = store.getItem(key);
  if (guest === null) return;
  // Signing up goes on as the same author: it is all theirs already.
  if (guest !== device.author && owners(store).some(({ author }) => author === guest)) {
    const from = await openDatabase(guest);
    try {
      for (const card of await cardsOf(from)) await move(from, device, card);
    } finally {
      from.close();
    }
    await forgetPerson(guest, store);
  }
  store.removeItem(key);
}

const cardsOf = (from: IDBDatabase): Promise<Card[]> =>
  transact(from, [stores.cards], "readonly", (store) => answered(store(stores.cards).getAll() as IDBRequest<Card[]>));

async function move(from: IDBDatabase, device: Device, card: Card): Promise<void> {
  const [rows, queue, notes] = await transact(from, Object.values(stores), "readonly", (store) =>
    Promise.all([
      answered(store(stores.rows).index("document").getAll(card.id) as IDBRequest<Row[]>),
      answered(store(stores.queue).index("document").getAll(card.id) as IDBRequest<Queued[]>),
      answered(store(stores.notes).get(card.id) as IDBRequest<unknown>),
    ]),
  );
  // A copy with nothing in it to send comes anew from the server.
  if (!card.born && queue.length === 0 && !rows.some(({ edits }) => edits > 0)) return;
  const to = await device.database();
  await transact(to, Object.values(stores), "readwrite", async (store) => {
    const [there, known] = await Promise.all([
      answered(store(stores.cards).get(card.id) as IDBRequest<Card | undefined>),
      answered(store(stores.notes).count(card.id)),
    ]);
    if (!there) store(stores.cards).put(card);
    if (notes !== undefined && known === 0) store(stores.notes).put(notes, card.id);
    for (const { seq: _, ...row } of rows) store(stores.rows).add(row);
    for (const { seq: _, ...row } of queue) store(stores.queue).add(row);
  });
  device.changed(card.id);
}
