/**
 * Who the authors in a document are.
 *
 * The notes name authors only. The server is asked for all of them at once, when the first unknown one is met.
 * Invariant: nobody waits for it, and a name that cannot be had is a placeholder, never an error. Next: `notes.ts`.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Known, Me } from "./api";
import type { World } from "./socket";

export type { Known } from "./api";

export interface Directory {
  /** A placeholder until the server has said who that is. Follows `people` when read in a component. */
  person(author: string): Known;
  readonly people: ReadonlySignal<ReadonlyMap<string, Known>>;
  /** Whether an author is whoever looks at this page: their account, or a guest they were. */
  mine(author: string): boolean;
  /** Asks the server again: somebody may have come, or got another role. */
  refresh(): void;
}

/** Nobody in particular, the same object each time. */
function placeholders(): (author: string) => Known {
  const all = new Map<string, Known>();
  return (author) => {
    let one = all.get(author);
    if (!one) all.set(author, (one = { author, display: "Somebody", peer: 1, guest: false }));
    return one;
  };
}

/** Whoever looks needs no server to be known, the same object each time. */
function ownOf(me: Exclude<Me, { kind: "nobody" }>): Known {
  let own = owns.get(me);
  if (!own) {
    const { author, display, peer } = me;
    owns.set(me, (own = { author, display, peer, guest: me.kind === "guest", ...(me.kind === "account" && { name: me.name }) }));
  }
  return own;
}

const owns = new WeakMap<Me, Known>();

export interface DirectorySources {
  me: ReadonlySignal<Me>;
  load(): Promise<readonly Known[]>;
  /** Who they were when the server last said so, for while it cannot. */
  kept?(): Promise<readonly Known[]>;
  world: Pick<World, "now" | "later">;
}

/** Long enough for all authors of one page to be met. */
const gatherMs = 20;
/** Between two questions. */
const pauseMs = 4_000;

export function createDirectory({ me, load, kept, world }: DirectorySources): Directory {
  const people = signal<ReadonlyMap<string, Known>>(new Map());
  const placeholder = placeholders();
  /** The server was asked who they are; if it did not say, it does not know. */
  const asked = new Set<string>();
  const unknown = new Set<string>();
  let busy = false;
  let stale = false;
  let last = -pauseMs;

  const ask = async () => {
    const wanted = [...unknown];
    stale = false;
    last = world.now();
    try {
      const known = await load();
      for (const author of wanted) {
        asked.add(author);
        unknown.delete(author);
      }
      people.value = new Map(known.map((person) => [person.author, person]));
    } catch {
      unknown.clear(); // whoever is looked at again is asked for again
      if (people.peek().size === 0) await remember();
    }
    busy = false;
    if (stale || [...unknown].some((author) => !people.peek().has(author))) soon();
  };
  const remember = async () => {
    const known = (await kept?.().catch(() => [])) ?? []; // a placeholder does as well
    if (known.length > 0) people.value = new Map(known.map((person) => [person.author, person]));
  };
  const soon = () => {
    if (busy) return;
    busy = true;
    world.later(Math.max(gatherMs, last + pauseMs - world.now()), () => void ask());
  };

  return {
    people,
    person(author) {
      const known = people.value.get(author);
      if (known) return known;
      if (!asked.has(author)) {
        unknown.add(author);
        soon();
      }
      if (me.value.kind !== "nobody" && me.value.author === author) return ownOf(me.value);
      return placeholder(author);
    },
    mine(author) {
      const who = me.value;
      return who.kind !== "nobody" && (who.author === author || people.value.get(author)?.same === who.author);
    },
    refresh() {
      stale = true;
      soon();
    },
  };
}
