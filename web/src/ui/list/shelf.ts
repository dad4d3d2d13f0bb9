/**
 * What this device has of the list, and whether the server answers.
 *
 * Invariant: a copy is let go of only when the server no longer lists its document and nothing in it waits. Knows no
 * network. Next: `marks.ts` for what rows say of it.
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Document } from "../../session/api";
import { waits } from "../../session/device/deliver";
import type { Card, Device } from "../../session/device/device";
import type { Reach } from "../../session/reach";
import { titleIn } from "../document/rename";

export interface Shelf {
  readonly reach: ReadonlySignal<Reach>;
  readonly cards: ReadonlySignal<ReadonlyMap<string, Card>>;
  /** The document whose unsent edits are looked at. */
  readonly looking: Signal<string | null>;
  /** With the device's documents that are not among them. */
  with(documents: readonly Document[]): readonly Document[];
  /** The server has listed all that are not in the trash. */
  heard(documents: readonly Document[], open: ReadonlySet<string>): Promise<void>;
}

/** A document made in another tab may not be in the server's last answer. */
const freshMs = 60_000;

/** `device` null: nobody's, and nothing is kept. */
export function createShelf(device: Device | null, reach: ReadonlySignal<Reach>, now = Date.now): Shelf {
  const cards = signal<ReadonlyMap<string, Card>>(new Map());
  /** Waited a moment ago: the server's last list may be from before it had them. */
  const recent = new Set<string>();
  /** What they are called: the server finds out a moment after it has the text. */
  const titles = new Map<string, string>();
  const heads = new Map<string, Head>();
  let reading: Promise<void> | null = null;
  let again = false;
  const read = async (): Promise<void> => {
    // Without storage there is nothing to show; the page that keeps something says so.
    const all = (await device?.cards().catch(() => [])) ?? [];
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
  device?.onChange(look);
  look();

  return {
    reach,
    cards,
    looking: signal<string | null>(null),
    with: (documents) => [...documents.map((it) => titled(named(it, cards.value.get(it.id)), titles)), ...onlyHere(documents, cards.value, reach.value, recent).map((it) => titled(it, titles))],
    async heard(documents, open) {
      if (!device) return;
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
async function withTitle(device: Device | null, card: Card, heads: Map<string, Head>): Promise<Card> {
  const { edits } = card.waiting;
  const { title } = card.document;
  if (edits === 0) return card;
  if ((card.born || !title) && heads.get(card.id)?.edits !== edits) {
    const text = await device?.text(card.id).catch(() => null);
    if (text) heads.set(card.id, { edits, title: titleIn(text) });
  }
  const head = heads.get(card.id)?.title;
  // Otherwise the page knew better: it had drawn the heading.
  return head?.startsWith(title) ? { ...card, document: { ...card.document, title: head } } : card;
}

/** For pages and tests without a device. */
export const noShelf = (): Shelf => createShelf(null, computed(() => "here" as const));

/** The server lets somebody in: what it says of the document is kept, and what it refused before is tried again. */
async function taken(device: Device, card: Card, document: Document): Promise<void> {
  const back = card.stranded !== null && card.stranded !== "replaced";
  const next = named(document, card);
  if (back || JSON.stringify(card.document) !== JSON.stringify(next)) await device.put(next, back ? { stranded: null } : {});
}

/** Until the server has the text, it does not know what it is called. */
function named(document: Document, card: Card | undefined): Document {
  return card && waits(card) && card.document.title ? { ...document, title: card.document.title } : document;
}

function titled(document: Document, titles: ReadonlyMap<string, string>): Document {
  return document.title ? document : { ...document, title: titles.get(document.id) ?? "" };
}

function onlyHere(documents: readonly Document[], cards: ReadonlyMap<string, Card>, reach: Reach, recent: ReadonlySet<string>): Document[] {
  const listed = new Set(documents.map(({ id }) => id));
  return [...cards.values()]
    .filter((card) => !listed.has(card.id) && (reach !== "here" || waits(card) || recent.has(card.id)))
    .map(({ id, document, openedMs }) => ({ ...document, id, opened_ms: Math.max(document.opened_ms ?? 0, openedMs) }));
}
