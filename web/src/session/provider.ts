/**
 * Keeps a Y.Doc equal to the server's, over whatever connection there is.
 *
 * Invariant: nothing that was typed is ever taken out of the document. Whatever happens to a connection, the next one
 * begins with the server's question what we have, and the answer holds everything it lacks. Next: `ledger.ts` for what
 * "saved" means, `device/` for what outlives the page, `session.ts` for what the page sees.
 */
import { signal } from "@preact/signals";
import { type Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import * as Y from "yjs";
import type { Role } from "./api";
import { Inbox } from "./inbox";
import { Ledger, type Refusal } from "./ledger";
import { decodeAwareness, encode, encodeAwareness, type Message } from "./protocol";
import { Socket, type Status, type World } from "./socket";

export interface Unsaved {
  /** The page's own edits that are not known to be on the server's disk. */
  edits: number;
  refusal: Refusal | null;
}

/** Something beside the text that comes on the same connection, in a channel of its own. */
export interface Side {
  readonly channel: number;
  /** The connection is fresh: what to ask for. */
  opened(say: (message: Message) => void): void;
  /** A message came, after all of the text that was sent before it. */
  heard(message: Uint8Array): void;
}

/** The own text and the server's have come together. */
export interface CatchUp {
  /** The text before, and after. */
  before: string;
  after: string;
  /** What the server had that was not here. */
  update: Uint8Array;
  /** How many own edits it was not known to have. */
  edits: number;
  /** For so long there was no connection, in milliseconds of the wall clock; null: nobody knows. */
  since: number | null;
  /** The text before was what this device had kept: the page's first connection. */
  fromDevice: boolean;
}

/** What was kept of this text before the page. */
export interface Restored {
  updates: readonly Uint8Array[];
  /** Own edits in them that the server is not known to have. */
  edits: number;
  syncedMs?: number | null;
}

/** Told what happens to the text, to keep it. */
export interface Keeper {
  /** An own transaction, the `nth` of this page. */
  mine(update: Uint8Array, nth: number): void;
  theirs(update: Uint8Array): void;
  /** The server has everything up to the `nth`, and all that was restored. */
  acked(nth: number): void;
  /** Both have the same but for what is counted as unsaved. */
  synced(): void;
}

export interface ProviderOptions {
  url: string;
  role: Role;
  sides: readonly Side[];
  keeper?: Keeper | null;
  /** Nothing is said to the server before; absent: there is nothing to wait for. */
  loaded?: Promise<void>;
  /** There is no document to connect to before; absent: there is. */
  made?: Promise<void>;
}

/** Rate, storage, missing: worth another try without anybody's doing. */
export const isPassing = ({ code }: Refusal): boolean => [4, 6, 7].includes(code);
const retryRefused = 5_000;

export class Provider {
  readonly status = signal<Status>({ kind: "connecting", attempt: 1 });
  readonly role;
  /** The document holds what the server had when we came. */
  readonly synced = signal(false);
  readonly unsaved = signal<Unsaved>({ edits: 0, refusal: null });

  readonly #socket: Socket;
  readonly #ledger = new Ledger();
  #inbox: Inbox | null = null;
  /** The server has asked what we have; before, an Update could rest on edits it has never seen. */
  #asked = false;
  /** The server has told on this connection what we lacked. */
  #met = false;
  #news: Uint8Array[] = [];
  /** What others wrote, and what waits for it to be let in. */
  #held: { updates: Uint8Array[]; met: boolean; then: (() => void)[] } | null = null;
  #flushing = false;
  #cancelRetry = () => {};
  /** Frames that came before there was anything to answer with; null: there is. */
  #early: Uint8Array[] | null = null;
  #restoring = false;
  /** What the next meeting tells of the time before it. */
  #away: { edits: number; leftMs: number | null; begun: "nothing" | "device" | "page" } = { edits: 0, leftMs: null, begun: "nothing" };
  #closed = false;
  readonly #onCatchUp = new Set<(catchUp: CatchUp) => void>();
  readonly #onHeard = new Set<(update: Uint8Array) => void>();

  constructor(
    private readonly doc: Y.Doc,
    private readonly awareness: Awareness,
    private readonly world: World,
    private readonly options: ProviderOptions,
  ) {
    this.role = signal(options.role);
    this.#socket = new Socket(options.url, world, {
      status: (status) => void (this.status.value = status),
      open: () => this.#open(),
      frame: (bytes) => void (this.#early ? this.#early.push(bytes) : this.#inbox?.push(bytes)),
      probe: () => this.#socket.send(encode({ kind: "query" })),
      down: () => this.#down(),
    });
    doc.on("update", this.#onUpdate);
    awareness.on("update", this.#onAwareness);
    if (options.loaded) {
      this.#early = [];
      void options.loaded.then(() => this.#begin());
    }
    if (options.made) void options.made.then(() => this.#closed || this.#socket.start());
    else this.#socket.start();
  }

  caughtUp(listener: (catchUp: CatchUp) => void): () => void {
    this.#onCatchUp.add(listener);
    return () => this.#onCatchUp.delete(listener);
  }

  heard(listener: (update: Uint8Array) => void): () => void {
    this.#onHeard.add(listener);
    return () => this.#onHeard.delete(listener);
  }

  /** Something may be restored at once, and the next connection will tell the server. */
  get apart(): boolean {
    return !this.#inbox && !this.#held && !this.#closed;
  }

  /** What was kept comes into the document; when the server has been spoken to already, it is spoken to anew. */
  restore(kept: Restored): void {
    if (this.#closed) return;
    const { updates, edits, syncedMs = null } = kept;
    this.#restoring = true;
    Y.transact(this.doc, () => updates.forEach((update) => Y.applyUpdate(this.doc, update, this)), this, false);
    this.#restoring = false;
    this.#ledger.kept(edits);
    if (updates.length > 0 && !this.synced.peek()) this.#away = { edits, leftMs: syncedMs, begun: "device" };
    if (!this.#early && this.#inbox) this.#socket.reconnect();
    this.#tell();
  }

  retry(): void {
    if (this.#ledger.refusal) this.#socket.reconnect();
    else this.#socket.retry();
  }

  /** Keeps what others write out of the document until it is let go. */
  hold(): void {
    this.#held ??= { updates: [], met: false, then: [] };
  }

  /** What others wrote that is kept out. */
  waiting(): readonly Uint8Array[] {
    return this.#held?.updates ?? [];
  }

  letGo(): void {
    const held = this.#held;
    this.#held = null;
    if (held?.updates.length) this.#take(Y.mergeUpdates(held.updates), held.met);
    held?.then.forEach((run) => run());
  }

  close(): void {
    this.#closed = true;
    this.#flush();
    this.#cancelRetry();
    this.doc.off("update", this.#onUpdate);
    this.awareness.setLocalState(null);
    this.awareness.off("update", this.#onAwareness);
    this.#socket.close();
  }

  #open(): void {
    this.#inbox = new Inbox(
      (message) => this.#receive(message),
      () => this.#socket.reconnect(),
    );
    if (!this.#early) this.#ask();
  }

  /** What there is to answer with is here. */
  #begin(): void {
    const early = this.#early ?? [];
    this.#early = null;
    if (!this.#inbox) return;
    this.#ask();
    for (const frame of early) this.#inbox?.push(frame);
  }

  #ask(): void {
    this.#away.edits = this.#ledger.unsaved;
    this.#socket.send(encode({ kind: "step1", vector: Y.encodeStateVector(this.doc) }));
    this.#sendAwareness();
    for (const side of this.options.sides) side.opened((message) => this.#sayAside(side, message));
  }

  #down(): void {
    this.#inbox?.close();
    this.#inbox = null;
    if (this.#early) this.#early = [];
    if (this.#met) this.#away = { edits: 0, leftMs: this.world.wall(), begun: "page" };
    this.#met = false;
    this.#asked = false;
    this.#news = [];
    this.#cancelRetry();
    this.#ledger.connectionLost();
    this.#forgetOthers();
    this.#tell();
  }

  /** Nobody is shown whom we cannot hear. Their clocks go too, or they would stay away until they next move. */
  #forgetOthers(): void {
    const others = [...this.awareness.meta.keys()].filter((client) => client !== this.doc.clientID);
    removeAwarenessStates(this.awareness, others, this);
    for (const client of others) this.awareness.meta.delete(client);
  }

  #receive(message: Message): void {
    if (this.#met) this.options.keeper?.synced();
    switch (message.kind) {
      case "grant":
        this.role.value = message.role;
        return this.#socket.greeted();
      case "step1":
        return this.#answer(message.vector);
      case "step2":
      case "update":
        return this.#remote(message.update, message.kind);
      case "awareness":
        return this.#hear(message.states);
      case "query":
        return this.#sendAwareness();
      case "ack":
        return this.#acked(message.upto);
      case "nack":
        return this.#refused(message);
      case "channel":
        return this.#hearAside(message);
      default:
        return;
    }
  }

  #sayAside({ channel }: Side, message: Message): void {
    this.#socket.send(encode({ kind: "channel", channel, message: encode(message) }));
  }

  #hearAside({ channel, message }: { channel: number; message: Uint8Array }): void {
    const side = this.options.sides.find((one) => one.channel === channel);
    if (!side) return;
    if (this.#held) this.#held.then.push(() => side.heard(message));
    else side.heard(message);
  }

  #answer(vector: Uint8Array): void {
    this.#asked = true;
    this.#news = [];
    this.#ledger.sentAll();
    this.#socket.send(encode({ kind: "step2", update: Y.encodeStateAsUpdate(this.doc, vector) }));
    this.#tell();
  }

  #acked(upto: number): void {
    this.#ledger.acked(upto);
    const { covered } = this.#ledger;
    if (covered !== null) this.options.keeper?.acked(covered);
    // What was typed while the server took nothing has waited for this.
    this.#flush();
    this.#tell();
  }

  #remote(update: Uint8Array, kind: "step2" | "update"): void {
    const meets = kind === "step2" && !this.#met;
    if (this.#held) {
      this.#held.updates.push(update);
      this.#held.met ||= meets;
    } else this.#take(update, meets);
    this.#met ||= meets;
    if (kind === "step2") this.synced.value = true;
  }

  #take(update: Uint8Array, meets: boolean): void {
    const { begun, edits, leftMs } = this.#away;
    const told = meets && begun !== "nothing" && this.#onCatchUp.size > 0;
    const text = this.doc.getText("content");
    const before = told ? text.toString() : "";
    Y.applyUpdate(this.doc, update, this);
    this.#onHeard.forEach((listener) => listener(update));
    if (meets) this.options.keeper?.synced();
    if (!told) return;
    const since = leftMs === null ? null : Math.max(0, this.world.wall() - leftMs);
    const catchUp = { before, after: text.toString(), update, edits, since, fromDevice: begun === "device" };
    // After the page has been told that the text is here.
    queueMicrotask(() => this.#onCatchUp.forEach((listener) => listener(catchUp)));
  }

  #refused({ nth, code, reason }: { nth: number } & Refusal): void {
    this.#ledger.nacked(nth, { code, reason });
    if (this.#ledger.refusal && isPassing(this.#ledger.refusal)) {
      this.#cancelRetry();
      this.#cancelRetry = this.world.later(retryRefused * (1 + this.world.random()), () => this.#socket.reconnect());
    }
    this.#tell();
  }

  readonly #onUpdate = (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction): void => {
    const { keeper } = this.options;
    if (!transaction.local) return this.#restoring ? undefined : keeper?.theirs(update);
    this.#ledger.edited();
    keeper?.mine(update, this.#ledger.made);
    this.#news.push(update);
    this.#tell();
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => this.#flush());
  };

  /** What was typed in one turn goes out as one write. */
  #flush(): void {
    this.#flushing = false;
    const [first, ...more] = this.#news;
    if (!first || !this.#asked || this.#ledger.refusal) return;
    this.#news = [];
    this.#ledger.sentNews();
    this.#socket.send(encode({ kind: "update", update: more.length > 0 ? Y.mergeUpdates([first, ...more]) : first }));
  }

  /** An echo of our own entry is older than what we know. */
  #hear(states: Uint8Array): void {
    const others = decodeAwareness(states).filter(({ client }) => client !== this.doc.clientID);
    if (others.length > 0) applyAwarenessUpdate(this.awareness, encodeAwareness(others), this);
  }

  readonly #onAwareness = (_changes: unknown, origin: unknown): void => {
    if (origin === "local") this.#sendAwareness();
  };

  #sendAwareness(): void {
    if (!this.awareness.meta.has(this.doc.clientID)) return;
    const states = encodeAwarenessUpdate(this.awareness, [this.doc.clientID]);
    this.#socket.send(encode({ kind: "awareness", states }));
  }

  #tell(): void {
    const before = this.unsaved.peek();
    const { unsaved: edits, refusal } = this.#ledger;
    if (before.edits !== edits || before.refusal !== refusal) this.unsaved.value = { edits, refusal };
  }
}
