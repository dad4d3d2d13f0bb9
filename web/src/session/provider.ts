/**
 * Keeps a Y.Doc equal to the server's, over whatever connection there is.
 *
 * Invariant: nothing that was typed is ever taken out of the document. Whatever happens to a connection, the next one
 * begins with the server's question what we have, and the answer holds everything it lacks. Next: `ledger.ts` for what
 * "saved" means, `session.ts` for what the page sees.
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

/** Rate, storage, missing: worth another try without anybody's doing. */
const passing: readonly number[] = [4, 6, 7];
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
  #news: Uint8Array[] = [];
  /** What others wrote, and what waits for it to be let in. */
  #held: { updates: Uint8Array[]; then: (() => void)[] } | null = null;
  #flushing = false;
  #cancelRetry = () => {};

  constructor(
    private readonly doc: Y.Doc,
    private readonly awareness: Awareness,
    private readonly world: World,
    private readonly options: { url: string; role: Role; sides: readonly Side[] },
  ) {
    this.role = signal(options.role);
    this.#socket = new Socket(options.url, world, {
      status: (status) => void (this.status.value = status),
      open: () => this.#open(),
      frame: (bytes) => this.#inbox?.push(bytes),
      probe: () => this.#socket.send(encode({ kind: "query" })),
      down: () => this.#down(),
    });
    doc.on("update", this.#onUpdate);
    awareness.on("update", this.#onAwareness);
    this.#socket.start();
  }

  retry(): void {
    if (this.#ledger.refusal) this.#socket.reconnect();
    else this.#socket.retry();
  }

  /** Keeps what others write out of the document until it is let go. */
  hold(): void {
    this.#held ??= { updates: [], then: [] };
  }

  /** What others wrote that is kept out. */
  waiting(): readonly Uint8Array[] {
    return this.#held?.updates ?? [];
  }

  letGo(): void {
    const held = this.#held;
    this.#held = null;
    if (held?.updates.length) this.#apply(Y.mergeUpdates(held.updates));
    held?.then.forEach((run) => run());
  }

  close(): void {
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
    this.#socket.send(encode({ kind: "step1", vector: Y.encodeStateVector(this.doc) }));
    this.#sendAwareness();
    for (const side of this.options.sides) side.opened((message) => this.#sayAside(side, message));
  }

  #down(): void {
    this.#inbox?.close();
    this.#inbox = null;
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
        this.#ledger.acked(message.upto);
        return this.#tell();
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

  #remote(update: Uint8Array, kind: "step2" | "update"): void {
    if (this.#held) this.#held.updates.push(update);
    else this.#apply(update);
    if (kind === "step2") this.synced.value = true;
  }

  #apply(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, this);
  }

  #refused({ nth, code, reason }: { nth: number } & Refusal): void {
    this.#ledger.nacked(nth, { code, reason });
    if (this.#ledger.refusal && passing.includes(code)) {
      this.#cancelRetry();
      this.#cancelRetry = this.world.later(retryRefused * (1 + this.world.random()), () => this.#socket.reconnect());
    }
    this.#tell();
  }

  readonly #onUpdate = (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction): void => {
    if (!transaction.local) return;
    this.#ledger.edited();
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
