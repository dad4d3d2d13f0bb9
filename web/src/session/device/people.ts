/** Who the notes of a document are by, on its card: names where there is no server to ask. */
import type { Known } from "../api";
import { answered } from "./answered";
import { stores, transact } from "./database";
import type { Card, Device } from "./device";

/** More than this nobody knows by name; the others are placeholders. */
const peopleMax = 500;

export async function keepPeople(device: Pick<Device, "database">, document: string, people: readonly Known[]): Promise<void> {
  await transact(await device.database(), [stores.cards], "readwrite", async (store) => {
    const cards = store(stores.cards);
    const card = await answered(cards.get(document) as IDBRequest<Card | undefined>);
    const kept = people.slice(0, peopleMax);
    if (!card || JSON.stringify(card.people) === JSON.stringify(kept)) return;
    await answered(cards.put({ ...card, people: kept }));
  });
}

export async function keptPeople(device: Pick<Device, "card">, document: string): Promise<readonly Known[]> {
  return (await device.card(document))?.people ?? [];
}
