/**
 * What this device has of the list, and whether the server answers.
 *
 * Knows no network and no storage: `shelving.ts`, which comes after the list is shown, fills it. Next: `marks.ts` for
 * what rows say of it.
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Document } from "../../session/api";
import type { Card } from "../../session/device/device";
import { waits } from "../../session/device/waits";
import type { Reach } from "../../session/reach";

export interface Shelf {
  readonly reach: ReadonlySignal<Reach>;
  readonly cards: Signal<ReadonlyMap<string, Card>>;
  /** The document whose unsent edits are looked at. */
  readonly looking: Signal<string | null>;
  /** Waited a moment ago: the server's last list may be from before it had them. */
  readonly recent: Set<string>;
  /** What they are called: the server finds out a moment after it has the text. */
  readonly titles: Map<string, string>;
  /** With the device's documents that are not among them. */
  with(documents: readonly Document[]): readonly Document[];
}

export function createShelf(reach: ReadonlySignal<Reach>): Shelf {
  const cards = signal<ReadonlyMap<string, Card>>(new Map());
  const recent = new Set<string>();
  const titles = new Map<string, string>();
  return {
    reach,
    cards,
    looking: signal<string | null>(null),
    recent,
    titles,
    with: (documents) => [...documents.map((it) => titled(named(it, cards.value.get(it.id)), titles)), ...onlyHere(documents, cards.value, reach.value, recent).map((it) => titled(it, titles))],
  };
}

/** For pages and tests without a device. */
export const noShelf = (): Shelf => createShelf(computed(() => "here" as const));

/** Until the server has the text, it does not know what it is called. */
export function named(document: Document, card: Card | undefined): Document {
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
