/**
 * One WebSocket after another, so that the provider sees one connection that comes and goes.
 *
 * A connection counts as live when the server has greeted it, not when it opened: a server that accepts and refuses at
 * once must not reset the back-off. Codes 4400 to 4499 are final until somebody asks again. Knows nothing of Yjs, and
 * of the world only what `World` offers. Next: `provider.ts`.
 */
import { subprotocol } from "./protocol";

export type Status =
  | { kind: "connecting"; attempt: number }
  | { kind: "live" }
  | { kind: "offline"; since: number }
  | { kind: "refused"; code: number; reason: string };

/** What the session needs from its surroundings; `browser.ts` has the real one. */
export interface World {
  connect(url: string, protocol: string): RawSocket;
  /** false: no attempt can succeed, wait for `onWake`. */
  online(): boolean;
  /** The network may be back, or somebody looks at the page again. Returns how to stop listening. */
  onWake(listener: () => void): () => void;
  /** The network may have gone. */
  onSleep(listener: () => void): () => void;
  /** The page goes out of sight, and may never run again. */
  onHide(listener: () => void): () => void;
  /** Somebody does something on the page. */
  onActivity(listener: () => void): () => void;
  /** For measuring how long something takes; may stand still while the machine sleeps. */
  now(): number;
  /** Wall clock, in milliseconds. */
  wall(): number;
  random(): number;
  /** Runs once after `ms`; returns how to prevent it. */
  later(ms: number, run: () => void): () => void;
}

/** As much of a WebSocket as is used. */
export interface RawSocket {
  binaryType: string;
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  send(bytes: Uint8Array): void;
  close(): void;
}

export interface SocketEvents {
  status(status: Status): void;
  /** A fresh connection; nothing has been said on it. */
  open(): void;
  frame(bytes: Uint8Array): void;
  /** Say something the server answers. */
  probe(): void;
  /** The connection is gone, and with it everything counted on it. */
  down(): void;
}

const delayMin = 250;
const delayMax = 30_000;
/** The server is never silent for longer than 20 s. */
const silenceMax = 25_000;
/** For the handshake. */
const patience = 10_000;
/** For the answer to a probe. */
const probePatience = 5_000;
const checkEvery = 5_000;
const open = 1;

export class Socket {
  #raw: RawSocket | null = null;
  #status: Status = { kind: "connecting", attempt: 1 };
  /** The only timer: until the next attempt while down, until the next look while up. */
  #cancel = () => {};
  #attempt = 1;
  #heard = 0;
  #probed: number | null = null;
  readonly #stops: (() => void)[];

  constructor(
    private readonly url: string,
    private readonly world: World,
    private readonly events: SocketEvents,
  ) {
    this.#stops = [world.onWake(() => this.#wake()), world.onSleep(() => this.#probe())];
  }

  start(): void {
    if (this.world.online()) this.#connect();
    else this.#set({ kind: "offline", since: this.world.now() });
  }

  /** The server has greeted us. */
  greeted(): void {
    if (!this.#raw || this.#status.kind === "live") return;
    this.#attempt = 1;
    this.#set({ kind: "live" });
  }

  send(bytes: Uint8Array): void {
    if (this.#raw?.readyState === open) this.#raw.send(bytes);
  }

  /** Now rather than later; also after a refusal. */
  retry(): void {
    if (this.#raw) return;
    this.#cancel();
    this.#connect();
  }

  /** Begins again on a new connection, for instance because the server made no sense. */
  reconnect(): void {
    if (this.#raw) this.#drop();
  }

  close(): void {
    this.#stops.forEach((stop) => stop());
    this.#cancel();
    this.#release();
  }

  #connect(): void {
    this.#set({ kind: "connecting", attempt: this.#attempt });
    const raw = this.world.connect(this.url, subprotocol);
    raw.binaryType = "arraybuffer";
    this.#raw = raw;
    this.#probed = null;
    this.#heard = this.world.now();
    raw.onopen = () => this.events.open();
    raw.onmessage = ({ data }) => {
      this.#heard = this.world.now();
      this.#probed = null;
      if (data instanceof ArrayBuffer) this.events.frame(new Uint8Array(data));
    };
    raw.onclose = ({ code, reason }) => this.#closed(code, reason);
    this.#watch();
  }

  #closed(code: number, reason: string): void {
    this.#release();
    if (code >= 4400 && code <= 4499) return this.#set({ kind: "refused", code, reason });
    this.#again();
  }

  #drop(): void {
    this.#release();
    this.#again();
  }

  #release(): void {
    const raw = this.#raw;
    if (!raw) return;
    this.#cancel();
    this.#raw = null;
    raw.onopen = raw.onmessage = raw.onclose = null;
    raw.close();
    this.events.down();
  }

  #again(): void {
    const wasLive = this.#status.kind === "live";
    if (!wasLive) this.#attempt += 1;
    if (!this.world.online()) return this.#set({ kind: "offline", since: this.world.now() });
    this.#set({ kind: "connecting", attempt: this.#attempt });
    this.#cancel = this.world.later(backOff(this.#attempt, this.world.random()), () => this.#connect());
  }

  #wake(): void {
    if (this.#raw) return this.#probe();
    if (this.#status.kind !== "refused" && this.world.online()) this.retry();
  }

  #probe(): void {
    if (this.#status.kind !== "live" || this.#probed !== null) return;
    this.#probed = this.world.now();
    this.events.probe();
    this.#cancel();
    this.#watch();
  }

  /** Whether the server is still there: browsers hide pings from the page. */
  #watch(): void {
    this.#cancel = this.world.later(checkEvery, () => {
      const now = this.world.now();
      const greeting = this.#status.kind !== "live";
      if (greeting && now - this.#heard >= patience) return this.#drop();
      if (this.#probed !== null && now - this.#probed >= probePatience) return this.#drop();
      if (now - this.#heard >= silenceMax && this.#probed === null) return this.#probe();
      this.#watch();
    });
  }

  #set(status: Status): void {
    this.#status = status;
    this.events.status(status);
  }
}

/** Full jitter, so that a thousand pages do not come back in the same instant. */
export function backOff(attempt: number, random: number): number {
  const cap = Math.min(delayMax, delayMin * 2 ** (attempt - 1));
  return Math.max(delayMin, random * cap);
}
