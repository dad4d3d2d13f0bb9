/**
 * The notes of a document, and where their passages are in the text as it is now.
 *
 * Notes are a Y.Doc of their own that only the server writes; it comes over the document's socket. Invariants: nothing
 * is ever sent into it; whatever stands in it, reading it does not fail: what is not understood is left out; trouble
 * with notes never touches the text. Next: `anchors.ts` for how a passage is found and followed.
 */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import * as Y from "yjs";
import { type Anchor, anchorOf, field, find, isHere, passageOf, shiftOf, type Stretch, whole } from "./anchors";
import type { Passage } from "./api";
import { decode, type Message } from "./protocol";
import type { Side } from "./provider";
import type { World } from "./socket";

export type { Passage } from "./api";

/** One emoji under a note or a reply. */
export interface Reaction {
  emoji: string;
  /** Authors, oldest first. */
  by: readonly string[];
}

interface Said {
  id: string;
  /** Author. */
  by: string;
  /** When, in milliseconds. */
  at: number;
  body: string;
  /** When its body was last changed. */
  edited: number | null;
  /** Authors its body names. */
  mentions: readonly string[];
  reactions: readonly Reaction[];
}

export type Reply = Said;

export interface Note extends Said {
  quote: string;
  before: string;
  after: string;
  heading: string;
  /** Author who resolved it; null: open. */
  resolved: string | null;
  /** Oldest first. */
  replies: readonly Reply[];
}

/** Where a note's passage is in the text as it is now. */
export interface Place {
  /** UTF-16 offsets in the Y.Text; the same when nothing of the passage is left. */
  from: number;
  to: number;
  /** The words there are not the note's quote. */
  changed: boolean;
}

export interface Notes {
  /** Asks the server for them, from now on at each connection. The text comes first, so that it never waits for them. */
  begin(): void;
  /** The notes and the text are here, from the server or the device; before, no notes says nothing. */
  readonly ready: ReadonlySignal<boolean>;
  /** Oldest first. A note that did not change stays the same object. */
  readonly all: ReadonlySignal<readonly Note[]>;
  /** By note id; absent: detached. A new map when anything moved; it may be a frame behind the text. */
  readonly places: ReadonlySignal<ReadonlyMap<string, Place>>;
  /** A part of the text as it is now, for a new note. The quote is empty if there are no words in it. */
  passage(from: number, to: number): Passage;
  /** Follows one more passage, under a name of its own in `places`: a note that is being written. null ends it. */
  follow(name: string, passage: Passage | null): void;
}

export interface NoteSources {
  text: Y.Text;
  /** The text is here. */
  here: ReadonlySignal<boolean>;
  mirror: NotesMirror;
  world: Pick<World, "now" | "later">;
}

export function watchNotes({ text, here, mirror, world }: NoteSources): Notes & { stop(): void } {
  const all = signal<readonly Note[]>([]);
  const board = new Board();
  const places = new Places(text, world);
  mirror.listen((map, keys) => {
    const touched = board.take(map, keys);
    batch(() => {
      if (touched.said) all.value = board.notes();
      places.place(touched.passages.map((id) => [id, board.passages.get(id) ?? null]));
    });
  });
  return {
    begin: () => mirror.begin(),
    ready: computed(() => (mirror.answered.value || mirror.restored.value) && here.value),
    all,
    places: places.published,
    passage: (from, to) => passageOf(text, from, to),
    follow: (name, passage) =>
      places.place([[name, passage && { anchor: anchorOf(passage.anchor), quote: passage.quote }]]),
    stop() {
      places.stop();
      mirror.stop();
    },
  };
}

/** After the server said something about notes that makes no sense. */
const askAgainMs = 10_000;

type Listener = (map: Y.Map<unknown>, keys: Iterable<string | null>) => void;

/**
 * The server's notes document, kept equal to it over channel 1.
 *
 * Asked for as a whole at each connection: what a server wrote and lost before it was on its disk must not stay here
 * and win against what it wrote since.
 */
export class NotesMirror implements Side {
  readonly channel = 1;
  /** The server has told all notes it had when we came. */
  readonly answered = signal(false);
  /** What the device had of them, while the server has not told. */
  readonly restored = signal(false);
  #doc = new Y.Doc();
  #wanted = false;
  /** Over the connection there is. */
  #ask = () => {};
  #cancel: (() => void) | null = null;
  #listener: Listener = () => {};
  #told = () => {};

  constructor(private readonly world: Pick<World, "later">) {}

  /** All of them as one update; null: the server has not told them. */
  state(): Uint8Array | null {
    return this.answered.peek() ? Y.encodeStateAsUpdate(this.#doc) : null;
  }

  /** Told when the server says something new. */
  onTold(listener: () => void): void {
    this.#told = listener;
  }

  /** As the device has them. What the server says replaces it, whatever it is. */
  restore(state: Uint8Array): void {
    if (this.answered.peek() || this.restored.peek()) return;
    try {
      this.#replace(state);
      this.restored.value = true;
    } catch {
      // What stands there is no update: the server will tell.
    }
  }

  /** Told which keys of the notes are other than they were. */
  listen(listener: Listener): void {
    this.#listener = listener;
  }

  begin(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#ask();
  }

  opened(say: (message: Message) => void): void {
    this.#ask = () => say({ kind: "step1", vector: Y.encodeStateVector(new Y.Doc()) });
    if (this.#wanted) this.#ask();
  }

  heard(bytes: Uint8Array): void {
    try {
      const message = decode(bytes);
      if (message.kind === "step2") this.#begin(message.update);
      else if (message.kind === "update") this.#add(message.update);
    } catch {
      this.#cancel ??= this.world.later(askAgainMs, () => {
        this.#cancel = null;
        this.#ask();
      });
    }
  }

  stop(): void {
    this.#cancel?.();
    this.#doc.destroy();
  }

  #begin(whole: Uint8Array): void {
    this.#replace(whole);
    this.answered.value = true;
    this.#told();
  }

  #add(update: Uint8Array): void {
    Y.applyUpdate(this.#doc, update, this);
    this.#told();
  }

  #replace(whole: Uint8Array): void {
    const before = this.#doc;
    const next = new Y.Doc();
    Y.applyUpdate(next, whole, this);
    const map = next.getMap<unknown>("notes");
    map.observe(({ keysChanged }) => this.#listener(map, keysChanged));
    this.#doc = next;
    this.#listener(map, new Set([...before.getMap("notes").keys(), ...map.keys()]));
    before.destroy();
  }
}

/** A passage a note is about, as it is stored. */
interface Stored {
  anchor: Anchor | null;
  quote: string;
}

/** What the keys of the notes document say, put together. */
class Board {
  readonly passages = new Map<string, Stored>();
  readonly #heads = new Map<string, Omit<Note, "replies" | "reactions">>();
  readonly #replies = new Map<string, { note: string; said: Omit<Reply, "reactions"> }>();
  readonly #repliesTo = new Map<string, Set<string>>();
  /** By what they react to, then by author. */
  readonly #reactions = new Map<string, Map<string, readonly string[]>>();
  readonly #built = new Map<string, Note>();

  /** Takes these keys as they are now; answers which passages changed, and whether anything else did. */
  take(map: Y.Map<unknown>, keys: Iterable<string | null>): { passages: string[]; said: boolean } {
    const dirty = new Set<string>();
    const passages: string[] = [];
    for (const key of keys) {
      const [kind, id = "", author = ""] = key?.split(".") ?? [];
      const value = map.get(key ?? "");
      if (!isId(id)) continue;
      if (kind === "n" && !author) {
        dirty.add(id);
        if (this.#takeNote(id, value)) passages.push(id);
      } else if (kind === "r" && !author) this.#takeReply(id, value).forEach((note) => dirty.add(note));
      else if (kind === "e" && isId(author)) dirty.add(this.#takeReactions(id, author, value));
    }
    const said = [...dirty].map((id) => this.#build(id)).includes(true);
    return { passages, said };
  }

  notes(): Note[] {
    return [...this.#built.values()].sort(byAge);
  }

  #takeNote(id: string, value: unknown): boolean {
    const said = saidOf(id, value);
    const before = this.passages.get(id);
    if (!said) {
      this.#heads.delete(id);
      return this.passages.delete(id);
    }
    const text = (name: string) => textOf(field(value, name)) ?? "";
    const [quote, resolved] = [text("quote"), textOf(field(value, "resolved"))];
    this.#heads.set(id, { ...said, quote, before: text("before"), after: text("after"), heading: text("heading"), resolved });
    const passage = { anchor: anchorOf(field(value, "anchor")), quote };
    if (before && equal(before, passage)) return false;
    this.passages.set(id, passage);
    return true;
  }

  /** Answers which notes have other replies now. */
  #takeReply(id: string, value: unknown): string[] {
    const before = this.#replies.get(id)?.note;
    if (before !== undefined) this.#repliesTo.get(before)?.delete(id);
    this.#replies.delete(id);
    const [said, note] = [saidOf(id, value), field(value, "note")];
    if (!said || !isId(note)) return before === undefined ? [] : [before];
    this.#replies.set(id, { note, said });
    within(this.#repliesTo, note, () => new Set<string>()).add(id);
    return before === undefined ? [note] : [before, note];
  }

  /** Answers which note they are in. */
  #takeReactions(id: string, author: string, value: unknown): string {
    const emoji = [...new Set(textsOf(value))];
    const of = within(this.#reactions, id, () => new Map<string, readonly string[]>());
    if (emoji.length > 0) of.set(author, emoji);
    else of.delete(author);
    return this.#replies.get(id)?.note ?? id;
  }

  /** Whether the note is another one now. */
  #build(id: string): boolean {
    const head = this.#heads.get(id);
    if (!head) return this.#built.delete(id);
    const replies = [...(this.#repliesTo.get(id) ?? [])].flatMap((reply) => this.#replies.get(reply)?.said ?? []);
    const note: Note = {
      ...head,
      reactions: this.#reactionsTo(id),
      replies: replies.map((said) => ({ ...said, reactions: this.#reactionsTo(said.id) })).sort(byAge),
    };
    const before = this.#built.get(id);
    if (before && equal(before, note)) return false;
    this.#built.set(id, note);
    return true;
  }

  #reactionsTo(id: string): Reaction[] {
    const by = new Map<string, string[]>();
    for (const [author, all] of this.#reactions.get(id) ?? []) {
      for (const emoji of all) within(by, emoji, (): string[] => []).push(author);
    }
    return [...by].map(([emoji, authors]) => ({ emoji, by: authors }));
  }
}

/** Once a frame is as often as anything can be seen to move. */
const publishMs = 16;
/** An edit so long ago was the last one for now. */
const idleMs = 400;

interface Placed extends Stored {
  anchor: Anchor;
  /** null: it holds on to edits that have not come yet. */
  at: Stretch | null;
  changed: boolean;
  /** As it was published. */
  place: Place | null;
}

/**
 * Follows passages through the text: all of them with every edit by what it changed, and those whose ends may be
 * deleted exactly, when there is time for it.
 */
class Places {
  readonly published = signal<ReadonlyMap<string, Place>>(new Map());
  readonly #placed = new Map<string, Placed>();
  /** Those whose words have to be looked at again. */
  readonly #touched = new Set<Placed>();
  readonly #waiting = new Set<Placed>();
  #edited = 0;
  #publishing: (() => void) | null = null;
  #settling: (() => void) | null = null;

  constructor(
    private readonly text: Y.Text,
    private readonly world: Pick<World, "now" | "later">,
  ) {
    text.observe(this.#follow);
  }

  stop(): void {
    this.text.unobserve(this.#follow);
    this.#publishing?.();
    this.#settling?.();
  }

  /** These passages are stored so now, or not at all. */
  place(passages: readonly (readonly [string, Stored | null])[]): void {
    if (passages.length === 0) return;
    const fresh: Placed[] = [];
    for (const [id, stored] of passages) {
      this.#forget(id);
      if (!stored?.anchor) continue;
      const placed = { anchor: stored.anchor, quote: stored.quote, at: null, changed: false, place: null };
      this.#placed.set(id, placed);
      fresh.push(placed);
    }
    this.#find(fresh);
    this.#publish();
  }

  #forget(id: string): void {
    const placed = this.#placed.get(id);
    if (!placed) return;
    this.#placed.delete(id);
    this.#touched.delete(placed);
    this.#waiting.delete(placed);
  }

  readonly #follow = ({ delta }: Y.YTextEvent): void => {
    if (this.#placed.size === 0) return;
    const shift = shiftOf(delta);
    let [moved, frayed] = [false, false];
    for (const placed of this.#placed.values()) {
      const { at } = placed;
      if (!at) continue;
      const to = shift.end(at.to);
      const from = Math.min(shift.start(at.from), to);
      const touched = shift.touches(at.from, at.to);
      frayed ||= touched || at.frayed;
      if (touched) this.#touched.add(placed);
      else if (from === at.from && to === at.to) continue;
      placed.at = { from, to, frayed: touched || at.frayed };
      moved = true;
    }
    const here = [...this.#waiting].filter(({ anchor }) => isHere(this.text, anchor));
    if (here.length > 0) moved = this.#find(here) || moved;
    if (moved) this.#publishing ??= this.world.later(publishMs, () => this.#publish());
    if (frayed) this.#settleLater();
  };

  /** Exactly, in one walk. Whether any is elsewhere than it was thought to be. */
  #find(wanted: readonly Placed[]): boolean {
    let moved = false;
    for (const [index, at] of find(this.text, wanted.map(({ anchor }) => anchor)).entries()) {
      const placed = wanted[index]!;
      if (at) this.#waiting.delete(placed);
      else this.#waiting.add(placed);
      const stays = at?.from === placed.at?.from && at?.to === placed.at?.to;
      placed.at = at;
      if (stays) continue;
      this.#touched.add(placed);
      moved = true;
    }
    return moved;
  }

  #settleLater(): void {
    this.#edited = this.world.now();
    if (this.#settling) return;
    const wait = (ms: number) => {
      this.#settling = this.world.later(ms, () => {
        const left = this.#edited + idleMs - this.world.now();
        if (left > 0) return wait(left);
        this.#settling = null;
        if (this.#find([...this.#placed.values()].filter(({ at }) => at?.frayed))) this.#publish();
      });
    };
    wait(idleMs);
  }

  #publish(): void {
    this.#publishing?.();
    this.#publishing = null;
    this.#compare();
    const next = new Map<string, Place>();
    let same = true;
    for (const [id, placed] of this.#placed) {
      const { at, changed, place } = placed;
      if (!at) continue;
      const stays = place?.from === at.from && place.to === at.to && place.changed === changed;
      same &&= stays;
      next.set(id, stays ? place : (placed.place = { from: at.from, to: at.to, changed }));
    }
    if (!same || next.size !== this.published.peek().size) this.published.value = next;
  }

  /** Whether the words are still the quote, of those that may have changed. Most often their number tells. */
  #compare(): void {
    let text: string | null = null;
    for (const placed of this.#touched) {
      const { at, quote } = placed;
      if (!at) continue;
      placed.changed = at.to - at.from !== quote.length || (text ??= this.text.toString()).slice(at.from, at.to) !== quote;
    }
    this.#touched.clear();
  }
}

/** What a note and a reply have in common; null if it cannot be understood. */
function saidOf(id: string, value: unknown): Omit<Said, "reactions"> | null {
  const [by, at, body] = [field(value, "by"), whole(field(value, "at")), textOf(field(value, "body"))];
  if (whole(field(value, "v")) !== 1 || !isId(by) || at === null || body === null) return null;
  return { id, by, at, body, edited: whole(field(value, "edited")), mentions: textsOf(field(value, "mentions")) };
}

function isId(value: unknown): value is string {
  return typeof value === "string" && /^[\da-f-]{36}$/.test(value);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

/** Ids are in order of time too, within one clock. */
function byAge(a: Said, b: Said): number {
  return a.at - b.at || (a.id < b.id ? -1 : 1);
}

/** Plain values that were made the same way. */
function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function within<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
