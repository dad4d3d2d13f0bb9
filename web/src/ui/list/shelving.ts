/**
 * Fills the list's shelf from this device, and lets go of what the server no longer lists.
 *
 * Invariant: a copy is let go of only when the server no longer lists its document and nothing in it waits. Knows no
 * network. Next: `shelf.ts`.
 */
import type { Document } from "../../session/api";
import type { Card, Device } from "../../session/device/device";
import { waits } from "../../session/device/waits";
import { titleIn } from "../document/rename";
import { named, type Shelf } from "./shelf";

export interface Shelving {
  /** The server has listed all that are not in the trash. */
  heard(documents: readonly Document[], open: ReadonlySet<string>): Promise<void>;
}

/** A document made in another tab may not be in the server's last answer. */
const freshMs = 60_000;

export function fillShelf({ cards, recent, titles }: Shelf, device: Device, now = Date.now): Shelving {
  const heads = new Map<string, Head>();
  let reading: Promise<void> | null = null;
  let again = false;
  const read = async (): Promise<void> => {
    // Without storage there is nothing to show; the page that keeps something says so.
    const all = await device.cards().catch(() => []);
    for (const card of all) if (waits(card)) recent.add(card.id);
    const known = await Promise.all(all.map((card) => withTitle(device, card, heads)));
    for (const card of known) if (waits(card)) titles.set(card.id, card.document.title);
    cards.value = new Map(known.map((card) => [card.id, card]));
  };
  const look = () => {
    again = reading !== null;
    reading ??= read().finally(() => {
      reading = null;
      if (again) look();
    });
  };
  device.onChange(look);
  look();

  return {
    async heard(documents, open) {
      const listed = new Map(documents.map((it) => [it.id, it]));
      const sent = new Set(recent);
      for (const card of await device.cards().catch(() => [])) {
        const document = listed.get(card.id);
        if (document) await taken(device, card, document);
        else if (!waits(card) && !sent.has(card.id) && !open.has(card.id) && now() - card.openedMs > freshMs) await device.forget(card.id);
        if (document || !waits(card)) recent.delete(card.id);
      }
    },
  };
}

/** What a text that was kept with so many edits calls itself. */
interface Head {
  edits: number;
  title: string;
}

/** A page may end before it could say what its text is called, or with half of it said: the text has all of it. */
async function withTitle(device: Device, card: Card, heads: Map<string, Head>): Promise<Card> {
  const { edits } = card.waiting;
  const { title } = card.document;
  if (edits === 0) return card;
  if ((card.born || !title) && heads.get(card.id)?.edits !== edits) {
    const text = await device.text(card.id).catch(() => null);
    if (text) heads.set(card.id, { edits, title: titleIn(text) });
  }
  const head = heads.get(card.id)?.title;
  // Otherwise the page knew better: it had drawn the heading.
  return head?.startsWith(title) ? { ...card, document: { ...card.document, title: head } } : card;
}

/** The server lets somebody in: what it says of the document is kept, and what it refused before is tried again. */
async function taken(device: Device, card: Card, document: Document): Promise<void> {
  const back = card.stranded !== null && card.stranded !== "replaced";
  const next = named(document, card);
  if (back || JSON.stringify(card.document) !== JSON.stringify(next)) await device.put(next, back ? { stranded: null } : {});
}
