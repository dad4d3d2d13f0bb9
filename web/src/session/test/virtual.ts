/** A world of one's own: time stands still until it is moved, and every socket is held in the hand. */
import * as Y from "yjs";
import { decode, encode, type Message } from "../protocol";
import type { RawSocket, World } from "../socket";

export class VirtualWorld implements World {
  readonly sockets: VirtualSocket[] = [];
  up = true;
  #now = 1_000_000;
  #timers = new Map<object, { at: number; run: () => void }>();
  #wake = new Set<() => void>();
  #sleep = new Set<() => void>();
  #hide = new Set<() => void>();
  #active = new Set<() => void>();

  connect(url: string, protocol: string): RawSocket {
    const socket = new VirtualSocket(url, protocol);
    this.sockets.push(socket);
    return socket;
  }

  online = () => this.up;
  now = () => this.#now;
  wall = () => this.#now;
  random = () => 0.5;
  onWake = (listener: () => void) => subscribed(this.#wake, listener);
  onSleep = (listener: () => void) => subscribed(this.#sleep, listener);
  onHide = (listener: () => void) => subscribed(this.#hide, listener);
  onActivity = (listener: () => void) => subscribed(this.#active, listener);

  later(ms: number, run: () => void): () => void {
    const key = {};
    this.#timers.set(key, { at: this.#now + ms, run });
    return () => this.#timers.delete(key);
  }

  /** Moves time; what is due runs in order. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [key, next] = [...this.#timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (!key || !next || next.at > end) break;
      this.#timers.delete(key);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }

  wake = () => this.#wake.forEach((listener) => listener());
  sleep = () => this.#sleep.forEach((listener) => listener());
  hide = () => this.#hide.forEach((listener) => listener());
  act = () => this.#active.forEach((listener) => listener());

  /** The newest socket. */
  get socket(): VirtualSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error("nobody has connected");
    return last;
  }
}

export class VirtualSocket implements RawSocket {
  binaryType = "blob";
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  /** What the page said, in order. */
  readonly said: Message[] = [];

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {}

  send(bytes: Uint8Array): void {
    this.said.push(decode(bytes.slice()));
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  /** The server says something. */
  says(...messages: Message[]): void {
    for (const message of messages) this.onmessage?.({ data: encode(message).slice().buffer });
  }

  /** The same, in the channel of notes. */
  saysAside(...messages: Message[]): void {
    this.says(...messages.map((message) => ({ kind: "channel", channel: 1, message: encode(message) }) as const));
  }

  /** The server, or the network, ends it. */
  ends(code = 1006, reason = ""): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  /** Everything of one kind that was said. */
  all<K extends Message["kind"]>(kind: K): Extract<Message, { kind: K }>[] {
    return this.said.filter((message): message is Extract<Message, { kind: K }> => message.kind === kind);
  }

  /** Everything of one kind that was said in the channel of notes. */
  aside<K extends Message["kind"]>(kind: K): Extract<Message, { kind: K }>[] {
    const messages = this.all("channel").filter(({ channel }) => channel === 1).map(({ message }) => decode(message));
    return messages.filter((message): message is Extract<Message, { kind: K }> => message.kind === kind);
  }

  /** How many writes were said. */
  get writes(): number {
    return this.all("step2").length + this.all("update").length;
  }
}

/** As much of the server as a script needs: a document, its notes, and the greeting of somebody who may write. */
export class Script {
  readonly doc = new Y.Doc();
  notes = new Y.Doc();

  constructor(text = "") {
    this.doc.getText("content").insert(0, text);
  }

  get text(): string {
    return this.doc.getText("content").toString();
  }

  /** Opens the socket and says what the room says first. */
  greet(socket: VirtualSocket, role: "view" | "edit" = "edit"): void {
    socket.open();
    socket.says({ kind: "grant", role, epoch: 1 });
    if (role === "edit") socket.says({ kind: "step1", vector: Y.encodeStateVector(this.doc) });
    const [asked] = socket.all("step1");
    socket.says({ kind: "step2", update: Y.encodeStateAsUpdate(this.doc, asked?.vector) });
    this.tellNotes(socket);
  }

  /** Answers the newest question for notes. */
  tellNotes(socket: VirtualSocket): void {
    const asked = socket.aside("step1").at(-1);
    if (asked) socket.saysAside({ kind: "step2", update: Y.encodeStateAsUpdate(this.notes, asked.vector) });
  }

  /** Writes keys of the notes document, undefined to remove one, and says so. */
  note(socket: VirtualSocket, entries: Record<string, unknown>): void {
    const before = Y.encodeStateVector(this.notes);
    const map = this.notes.getMap("notes");
    this.notes.transact(() => {
      for (const [key, value] of Object.entries(entries)) {
        if (value === undefined) map.delete(key);
        else map.set(key, value);
      }
    });
    socket.saysAside({ kind: "update", update: Y.encodeStateAsUpdate(this.notes, before) });
  }

  /** Takes every write said so far. */
  take(socket: VirtualSocket): void {
    for (const message of socket.said) {
      if (message.kind === "step2" || message.kind === "update") Y.applyUpdate(this.doc, message.update);
    }
  }
}

function subscribed(listeners: Set<() => void>, listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
