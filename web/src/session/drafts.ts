/**
 * What is being written and not posted yet, kept in this browser so that a closed tab loses nothing.
 *
 * One key per document and person. Invariants: without storage, or without room in it, drafts live as long as the page;
 * what two tabs keep of one document does not undo each other, as each replaces only what it changed.
 */
import { effect, type Signal, signal } from "@preact/signals";
import { field, whole } from "./anchors";
import type { Passage } from "./api";
import { browserStorage, quietly } from "./storage";

export interface Draft {
  passage: Passage;
  body: string;
}

export interface Drafts {
  /** The one new note being written. */
  readonly note: Signal<Draft | null>;
  /** The reply begun to a note; "" if there is none. */
  reply(note: string): string;
  /** "" forgets it. */
  setReply(note: string, body: string): void;
}

export interface DraftSources {
  document: string;
  /** Whose drafts: the author of whoever looks at this page. */
  author: string;
  /** `localStorage`; null where the browser does not give it. */
  storage?: Storage | null;
  /** Wall clock. */
  now?(): number;
}

/** Replies begun in one document; the oldest give way. */
export const repliesMax = 50;
/** Documents with drafts in them; those written in longest ago give way. */
export const documentsMax = 100;
/** Nobody comes back to a draft older than this. */
export const ageMaxMs = 30 * 24 * 60 * 60 * 1_000;

const prefix = "galley.drafts.";

export function createDrafts({ document, author, storage = browserStorage(), now = Date.now }: DraftSources): Drafts {
  const key = `${prefix}${document}.${author}`;
  const shelf = new Shelf(storage, now);
  shelf.tidy();
  const kept = shelf.read(key);
  const replies = new Map(kept.replies.map(({ note, body }) => [note, body]));
  const note = signal(kept.note);
  let first = true;
  effect(() => {
    const draft = note.value;
    if (!first) shelf.change(key, (there) => ({ ...there, note: draft }));
    first = false;
  });
  return {
    note,
    reply: (id) => replies.get(id) ?? "",
    setReply(id, body) {
      if (body === "") replies.delete(id);
      else replies.set(id, body);
      shelf.change(key, (there) => {
        const others = there.replies.filter((reply) => reply.note !== id);
        return { ...there, replies: body === "" ? others : [...others, { note: id, body, at: now() }] };
      });
    },
  };
}

/** What one key holds. */
interface Kept {
  at: number;
  note: Draft | null;
  /** The one last written in comes last. */
  replies: { note: string; body: string; at: number }[];
}

/** A storage that may be full, forbidden, or written in by somebody else. */
class Shelf {
  constructor(
    private readonly storage: Storage | null,
    private readonly now: () => number,
  ) {}

  read(key: string): Kept {
    return keptOf(quietly(() => JSON.parse(this.storage?.getItem(key) ?? "null") as unknown), this.now() - ageMaxMs);
  }

  change(key: string, by: (kept: Kept) => Kept): void {
    const { note, replies } = by(this.read(key));
    const kept = { v: 1, at: this.now(), note, replies: replies.slice(-repliesMax) };
    quietly(() => {
      if (note || replies.length > 0) this.storage?.setItem(key, JSON.stringify(kept));
      else this.storage?.removeItem(key);
    });
  }

  /** Forgets what is too old or too much, in all documents. */
  tidy(): void {
    quietly(() => {
      const { storage } = this;
      const keys = Array.from({ length: storage?.length ?? 0 }, (_, index) => storage?.key(index) ?? "");
      const ours = keys.filter((key) => key.startsWith(prefix)).map((key) => ({ key, at: this.read(key).at }));
      const newest = ours.filter(({ at }) => at > this.now() - ageMaxMs).sort((a, b) => b.at - a.at).slice(0, documentsMax);
      for (const one of ours) if (!newest.includes(one)) storage?.removeItem(one.key);
    });
  }
}

function keptOf(value: unknown, since: number): Kept {
  const at = whole(field(value, "at"));
  if (field(value, "v") !== 1 || at === null || at <= since) return { at: 0, note: null, replies: [] };
  const all = field(value, "replies");
  const replies = (Array.isArray(all) ? all : []).flatMap((reply: unknown) => {
    const [note, body, written] = [field(reply, "note"), field(reply, "body"), whole(field(reply, "at"))];
    const good = typeof note === "string" && typeof body === "string" && written !== null && written > since;
    return good ? [{ note, body, at: written }] : [];
  });
  return { at, note: draftOf(field(value, "note")), replies };
}

function draftOf(value: unknown): Draft | null {
  const [passage, body] = [field(value, "passage"), field(value, "body")];
  const [quote, before, after, heading] = ["quote", "before", "after", "heading"].map((name) => field(passage, name));
  const texts = [quote, before, after, heading, body].every((text) => typeof text === "string");
  return texts ? (value as Draft) : null;
}
