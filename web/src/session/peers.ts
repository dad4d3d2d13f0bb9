/** Who is here: awareness as a list, with carets as offsets in the text as it is now. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { Me } from "./api";
import type { World } from "./socket";

export interface Peer {
  /** Yjs client id of the tab. */
  client: number;
  author: string;
  name: string;
  /** Colour, 1 to 8. */
  peer: number;
  guest: boolean;
  self: boolean;
  /** Has done nothing for five minutes. */
  idle: boolean;
  /** Has a caret in the source. */
  editing: boolean;
  /** Where that caret is; null without one, or when its place is not known here. */
  offset: number | null;
  /** The source line they look at or write in, from 0, with a fraction; null when they have not said. */
  line: number | null;
  /** When they last asked everybody to come there, by their clock in milliseconds. */
  call: number | null;
}

export interface PeerSources {
  doc: Y.Doc;
  text: Y.Text;
  awareness: Awareness;
  me: ReadonlySignal<Me>;
  world: World;
}

/** Looking at every caret is worth it a few times a second, not at every key. */
const lookEvery = 100;
const idleAfter = 5 * 60_000;
/** More lines than the largest text has; the server's bound too. */
const linesMax = 16_777_216;

export function watchPeers(sources: PeerSources): { peers: ReadonlySignal<readonly Peer[]>; stop(): void } {
  const { doc, awareness, me, world } = sources;
  const peers = signal<readonly Peer[]>([]);
  let cancel: (() => void) | null = null;
  const later = () => {
    cancel ??= world.later(lookEvery, () => {
      cancel = null;
      peers.value = listed(sources);
    });
  };
  awareness.on("change", later);
  doc.on("update", later);
  const unsubscribe = me.subscribe(later);
  return {
    peers,
    stop() {
      awareness.off("change", later);
      doc.off("update", later);
      unsubscribe();
      cancel?.();
    },
  };
}

function listed({ doc, text, awareness, me }: PeerSources): Peer[] {
  const found: Peer[] = [];
  for (const [client, state] of awareness.getStates()) {
    const own = client === doc.clientID;
    const user = own ? myself(me.peek()) : userOf(state);
    if (!user) continue;
    const editing = !!state["cursor"];
    const offset = editing ? caretOf(state["cursor"], text)?.head ?? null : null;
    const line = numberUpTo(linesMax, state["line"]);
    const call = numberUpTo(Number.MAX_SAFE_INTEGER, state["call"]);
    found.push({ client, ...user, self: own, idle: state["idle"] === true, editing, offset, line, call });
  }
  return found.sort((a, b) => a.client - b.client);
}

type User = Pick<Peer, "author" | "name" | "peer" | "guest">;

/** The server tells everybody else who we are, not us. */
function myself(me: Me): User | null {
  if (me.kind === "nobody") return null;
  return { author: me.author, name: me.display, peer: me.peer, guest: me.kind === "guest" };
}

/** The `user` of an awareness state, in the server's words; null if it is not whole. */
export function userOf(state: unknown): User | null {
  const user = state && typeof state === "object" && "user" in state ? state.user : null;
  if (!user || typeof user !== "object") return null;
  const { id, name, peer, guest } = user as Record<string, unknown>;
  if (typeof id !== "string" || typeof name !== "string") return null;
  const colour = typeof peer === "number" && Number.isInteger(peer) && peer >= 1 && peer <= 8 ? peer : 1;
  return { author: id, name, peer: colour, guest: guest === true };
}

/** What a peer says about itself may be nonsense, in a stock server's room more so than in ours. */
function numberUpTo(max: number, value: unknown): number | null {
  return typeof value === "number" && value >= 0 && value <= max ? value : null;
}

/** A `cursor` of y-codemirror, or of ours, in the text as it is now; null if it names a place we do not know. */
export function caretOf(cursor: unknown, text: Y.Text): { anchor: number; head: number } | null {
  if (!cursor || typeof cursor !== "object" || !("anchor" in cursor) || !("head" in cursor)) return null;
  const anchor = offsetOf(cursor.anchor, text);
  const head = offsetOf(cursor.head, text);
  return anchor === null || head === null ? null : { anchor, head };
}

function offsetOf(position: unknown, text: Y.Text): number | null {
  if (!position || !text.doc) return null;
  try {
    const relative = Y.createRelativePositionFromJSON(position);
    // A place in edits we have not got yet: Yjs would throw on it.
    if (relative.item && Y.getState(text.doc.store, relative.item.client) <= relative.item.clock) return null;
    const absolute = Y.createAbsolutePositionFromRelativePosition(relative, text.doc);
    return absolute?.type === text ? absolute.index : null;
  } catch {
    return null; // what a peer says about itself may be nonsense
  }
}

/** Tells the others when nothing has happened on this page for a while. */
export function watchIdle(awareness: Awareness, world: World): () => void {
  let idle = false;
  let active = world.now();
  let cancel = () => {};
  const set = (next: boolean) => {
    if (idle === next) return;
    idle = next;
    awareness.setLocalStateField("idle", idle);
  };
  const wait = (ms: number) => {
    cancel = world.later(ms, () => {
      const left = active + idleAfter - world.now();
      if (left > 0) return wait(left);
      set(true);
    });
  };
  const stop = world.onActivity(() => {
    active = world.now();
    if (!idle) return;
    set(false);
    wait(idleAfter);
  });
  wait(idleAfter);
  return () => {
    stop();
    cancel();
  };
}
