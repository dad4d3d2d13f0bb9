/**
 * Who wrote which part of the text as it is now.
 *
 * Every character of a Y.Text stands under the client id it was written with, and the server knows whose id that is;
 * here both are put together. Invariants: while nobody watches, nothing is walked and nobody is asked; nobody waits for
 * an answer: what is not known yet has the author null. Next: `people.ts`, `changes.ts`, `editor/authorship.ts`.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";
import type { Authors, Known, Me } from "./api";
import { userOf } from "./peers";
import type { World } from "./socket";

/** A part of the text by one author, in UTF-16 offsets; null: not known whose. */
export interface Run {
  from: number;
  to: number;
  author: string | null;
}

export interface Authorship {
  /** Ascending, without gaps; a new array when anything changed, a moment after it did. Empty while nobody watches. */
  readonly runs: ReadonlySignal<readonly Run[]>;
  /** By author, as the server and the room know them. */
  readonly people: ReadonlySignal<ReadonlyMap<string, Known>>;
  /** A placeholder for somebody unknown. */
  person(author: string): Known;
  /** Whether an author is whoever looks: their account, or a guest they were. */
  mine(author: string): boolean;
  /** From now on `runs` follows the text. The answer ends it. */
  watch(): () => void;
  /** The runs of the text as it is now, once the server has been asked whose they are; with what is known, if it cannot be. */
  settled(): Promise<readonly Run[]>;
}

export interface AuthorshipSources {
  text: Y.Text;
  awareness: Awareness;
  me: ReadonlySignal<Me>;
  load(): Promise<Authors>;
  world: Pick<World, "now" | "later">;
}

/** So long after the last edit there is time to walk the text. */
const quietMs = 250;
/** While edits never stop, it is walked this often. */
const patienceMs = 1_500;
/** Between two questions to the server. */
const pauseMs = 4_000;

/** Colour 0 is nobody's: grey. */
const nobody: Known = { author: "", display: "Somebody", peer: 0, guest: false };

export function watchAuthorship(sources: AuthorshipSources): Authorship {
  const { runs, people, person, mine, watch, settled } = new Watch(sources);
  return { runs, people, person, mine, watch, settled };
}

class Watch implements Authorship {
  readonly runs = signal<readonly Run[]>([]);
  readonly people = signal<ReadonlyMap<string, Known>>(new Map());
  readonly #table = new Map<number, string>();
  /** Ids the server was asked about in vain, until it is asked for another reason. */
  readonly #strangers = new Set<number>();
  #unknown = new Set<number>();
  #watching = 0;
  #walking: (() => void) | null = null;
  #asking: Promise<void> | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** The first edit since the last walk, and the last one. */
  #since = 0;
  #edited = 0;

  constructor(private readonly sources: AuthorshipSources) {}

  // Properties, so that whoever holds them may take a single one.

  readonly person = (author: string): Known =>
    this.people.value.get(author) ?? hereNow(this.sources.awareness, this.sources.me.value, author) ?? nobody;

  readonly mine = (author: string): boolean => {
    const who = this.sources.me.value;
    return who.kind !== "nobody" && (this.people.value.get(author)?.same ?? author) === who.author;
  };

  readonly watch = (): (() => void) => {
    if (this.#watching++ === 0) this.#begin();
    let state: "watching" | "ended" = "watching";
    return () => {
      if (state === "ended") return;
      state = "ended";
      if (--this.#watching === 0) this.#end();
    };
  };

  readonly settled = async (): Promise<readonly Run[]> => {
    this.#now();
    if (this.#unknown.size > 0 || this.#table.size === 0) await this.#askSoon();
    return this.#now();
  };

  #begin(): void {
    this.sources.text.observe(this.#walkSoon);
    this.sources.awareness.on("change", this.#hear);
    if (this.#askedAt === Number.NEGATIVE_INFINITY) void this.#askSoon();
    this.#walk();
  }

  #end(): void {
    this.sources.text.unobserve(this.#walkSoon);
    this.sources.awareness.off("change", this.#hear);
    this.#walking?.();
    this.#walking = null;
    this.runs.value = [];
  }

  /** Somebody came whose words are here already. */
  readonly #hear = (): void => {
    const present = presentIn(this.sources.awareness, this.sources.me.peek());
    if ([...this.#unknown].some((client) => present.has(client))) this.#walkSoon();
  };

  #now(): Run[] {
    const found = new Set<number>();
    const present = presentIn(this.sources.awareness, this.sources.me.peek());
    const runs = runsOf(this.sources.text, (client) => {
      const author = this.#table.get(client) ?? present.get(client);
      if (author === undefined) found.add(client);
      return author === undefined ? null : (this.people.peek().get(author)?.same ?? author);
    });
    this.#unknown = found;
    return runs;
  }

  #walk(): void {
    this.#walking = null;
    const next = this.#now();
    if (!equal(next, this.runs.peek())) this.runs.value = next;
    if ([...this.#unknown].some((client) => !this.#strangers.has(client))) void this.#askSoon();
  }

  readonly #walkSoon = (): void => {
    const { world } = this.sources;
    this.#edited = world.now();
    if (this.#walking) return;
    this.#since = this.#edited;
    const wait = (ms: number) => {
      this.#walking = world.later(ms, () => {
        const left = Math.min(this.#edited + quietMs, this.#since + patienceMs) - world.now();
        if (left > 0) wait(left);
        else this.#walk();
      });
    };
    wait(quietMs);
  };

  /** One question at a time, and none sooner than a while after the last. */
  #askSoon(): Promise<void> {
    const { world } = this.sources;
    this.#asking ??= new Promise<void>((done) => {
      world.later(Math.max(0, this.#askedAt + pauseMs - world.now()), () => void this.#ask().then(done));
    });
    return this.#asking;
  }

  async #ask(): Promise<void> {
    const wanted = [...this.#unknown];
    this.#askedAt = this.sources.world.now();
    try {
      const { clients, people } = await this.sources.load();
      for (const [client, author] of Object.entries(clients)) this.#table.set(Number(client), author);
      this.people.value = new Map(people.map((person) => [person.author, person]));
      for (const client of wanted) if (!this.#table.has(client)) this.#strangers.add(client);
    } catch {
      // Without the server the room still says who is here; after the next edit it is asked again.
      this.#asking = null;
      return;
    }
    this.#asking = null;
    if (this.#watching > 0) this.#walk();
  }
}

/** The runs of a text, from whose each client id is. One walk: five thousand items take less than a millisecond. */
export function runsOf(text: Y.Text, authorOf: (client: number) => string | null): Run[] {
  const known = new Map<number, string | null>();
  const runs: Run[] = [];
  let last: Run | undefined;
  let at = 0;
  for (let item = text._start; item; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const { client } = item.id;
    let author = known.get(client);
    if (author === undefined) known.set(client, (author = authorOf(client)));
    if (last?.author === author) last.to = at + item.length;
    else runs.push((last = { from: at, to: at + item.length, author }));
    at += item.length;
  }
  return runs;
}

/** How much of a stretch of text is by whom. */
export interface Share {
  author: string | null;
  /** Of 1. */
  part: number;
}

/** Who wrote a stretch of the text, most first; nobody wrote an empty one. */
export function sharesIn(runs: readonly Run[], from: number, to: number): Share[] {
  const amounts = new Map<string | null, number>();
  for (let index = runAt(runs, from); index < runs.length; index++) {
    const run = runs[index]!;
    if (run.from >= to) break;
    const amount = Math.min(run.to, to) - Math.max(run.from, from);
    if (amount > 0) amounts.set(run.author, (amounts.get(run.author) ?? 0) + amount);
  }
  const all = [...amounts.values()].reduce((sum, amount) => sum + amount, 0);
  return [...amounts].map(([author, amount]) => ({ author, part: amount / all })).sort((a, b) => b.part - a.part);
}

/** The first run that ends behind an offset. */
export function runAt(runs: readonly Run[], offset: number): number {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (runs[middle]!.to > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whose tabs are here, by client id; the server tells everybody but us who we are. */
function presentIn(awareness: Awareness, me: Me): Map<number, string> {
  const present = new Map<number, string>();
  for (const [client, state] of awareness.getStates()) {
    const user = client === awareness.clientID ? null : userOf(state);
    if (user) present.set(client, user.author);
  }
  if (me.kind !== "nobody") present.set(awareness.doc.clientID, me.author);
  return present;
}

function hereNow(awareness: Awareness, me: Me, author: string): Known | null {
  if (me.kind !== "nobody" && me.author === author)
    return { author, display: me.display, peer: me.peer, guest: me.kind === "guest" };
  for (const state of awareness.getStates().values()) {
    const user = userOf(state);
    if (user?.author === author) return { author, display: user.name, peer: user.peer, guest: user.guest };
  }
  return null;
}

function equal(a: readonly Run[], b: readonly Run[]): boolean {
  return a.length === b.length && a.every((run, at) => {
    const other = b[at]!;
    return run.from === other.from && run.to === other.to && run.author === other.author;
  });
}
