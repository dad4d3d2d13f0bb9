/** A device without a browser: cards in a map, copies that count. */
import { signal } from "@preact/signals";
import type { Document } from "../../api";
import type { Card, Copy, Device, Kept } from "../device";

interface Wish extends Partial<Card["waiting"]>, Partial<Pick<Card, "born" | "stranded">> {}

export function aDocument(id: string, more: Partial<Document> = {}): Document {
  const owner = { author: "a", display: "Ada", peer: 1, guest: false, name: "ada" };
  const never = { trashed_ms: null, opened_ms: null, asked: null, purge_ms: null };
  const none = { requests: 0, notes: 0, mentions: 0 };
  return { id, title: `Title of ${id}`, role: "own", updated_ms: 1, created_ms: 1, epoch: 1, owner, via: "own", url: `/d/${id}`, ...never, ...none, ...more };
}

export function aCard(id: string, { born = false, stranded = null, edits = 0, notes = 0, files = 0 }: Wish = {}): Card {
  return { id, document: aDocument(id), renderer: "small", born, openedMs: 1, waiting: { edits, notes, files }, stranded, syncedMs: null };
}

export class FakeDevice implements Device {
  readonly author = "a";
  readonly trouble = signal<string | null>(null);
  readonly texts = new Map<string, { text: string; shared: string }>();
  readonly #cards: Map<string, Card>;
  readonly #listeners = new Set<() => void>();

  constructor(...cards: Card[]) {
    this.#cards = new Map(cards.map((card) => [card.id, card]));
  }

  cards = () => Promise.resolve([...this.#cards.values()]);
  card = (id: string) => Promise.resolve(this.#cards.get(id) ?? null);

  put(document: Document, more: Partial<Card> = {}): Promise<void> {
    this.#set({ ...(this.#cards.get(document.id) ?? aCard(document.id)), ...more, document });
    return Promise.resolve();
  }

  text = (id: string) => Promise.resolve(this.texts.get(id)?.text ?? null);

  keepLook = () => Promise.resolve();

  forget(id: string): Promise<void> {
    this.#cards.delete(id);
    this.#tell();
    return Promise.resolve();
  }

  async strand(id: string, why: NonNullable<Card["stranded"]>): Promise<void> {
    const card = this.#cards.get(id);
    if (card) this.#set({ ...card, stranded: why });
  }

  /** Notes or files have gone. */
  drained(id: string, what: "notes" | "files"): void {
    const card = this.#cards.get(id);
    if (card) this.#set({ ...card, waiting: { ...card.waiting, [what]: 0 } });
  }

  /** There is none. */
  database = () => Promise.reject(new Error("A fake has no database."));
  changed = () => this.#tell();

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  copy(id: string): Copy {
    const count = (edits: number) => {
      const card = this.#cards.get(id);
      if (card) this.#set({ ...card, waiting: { ...card.waiting, edits } });
    };
    return {
      kept: signal<Kept>({ kind: "kept", pending: 0 }),
      load: () => Promise.resolve({ updates: [], edits: this.#cards.get(id)?.waiting.edits ?? 0, notes: null }),
      more: () => Promise.resolve(),
      onOthers: () => () => {},
      shared: () => Promise.resolve([]),
      mine: (_update, nth) => count((this.#cards.get(id)?.waiting.edits ?? 0) + (nth > 0 ? 1 : 0)),
      theirs: () => {},
      acked: () => count(0),
      notes: () => {},
      synced: () => {},
      flush: () => Promise.resolve(),
      close: () => {},
    };
  }

  #set(card: Card): void {
    this.#cards.set(card.id, card);
    this.#tell();
  }

  #tell(): void {
    this.#listeners.forEach((listener) => listener());
  }
}
