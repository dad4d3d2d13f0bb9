/** The browser as the device's world: its storage, its locks, its other tabs, and its habit of going away. */
import type { ReadonlySignal } from "@preact/signals";

export interface Channel {
  post(message: unknown): void;
  close(): void;
}

/** What the device needs from its surroundings. */
export interface DeviceWorld {
  /** null: there is none. */
  readonly factory: IDBFactory | null;
  /** Holds a lock from `held` until the answer is called. Where there are no locks, every tab has it. */
  lock(name: string, held: () => void): () => void;
  /** What other tabs post under this name. */
  channel(name: string, hear: (message: unknown) => void): Channel;
  /** Runs once after `ms`; returns how to prevent it. */
  later(ms: number, run: () => void): () => void;
  /** The page may never run again. */
  onHide(listener: () => void): () => void;
  /** Asks that what is kept is not cleared when the disk runs full. */
  persist(): void;
  /** Wall clock, in milliseconds. */
  now(): number;
}

/** What tabs tell each other. */
export interface Change {
  document: string;
  kind: "changed" | "forgotten";
}

/** What a copy needs of the device it is on. */
export interface Shelf {
  readonly world: DeviceWorld;
  readonly author: string;
  readonly trouble: ReadonlySignal<string | null>;
  /** Runs `work` with the database: at once where it is open, so that a page that goes away still gets it begun. */
  use<T>(work: (database: IDBDatabase) => Promise<T>): Promise<T>;
  changed(document: string): void;
  /** Told when another tab did this with the document; of letting go, when any did. */
  onOthers(document: string, kind: Change["kind"], listener: () => void): () => void;
  /** Own work is kept here for the first time. */
  persist(): void;
}

export const browserWorld: DeviceWorld = {
  get factory() {
    try {
      return globalThis.indexedDB ?? null;
    } catch {
      return null;
    }
  },
  lock(name, held) {
    const locks = navigator.locks as LockManager | undefined;
    if (!locks) {
      held();
      return () => {};
    }
    const asking = new AbortController();
    let release = () => {};
    const until = new Promise<void>((resolve) => (release = resolve));
    const hold = () => {
      held();
      return until;
    };
    locks.request(name, { signal: asking.signal }, hold).catch(() => undefined); // given up before it was held
    return () => {
      asking.abort();
      release();
    };
  },
  channel(name, hear) {
    if (!("BroadcastChannel" in globalThis)) return { post: () => {}, close: () => {} };
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => hear(data);
    return { post: (message) => channel.postMessage(message), close: () => channel.close() };
  },
  later(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  onHide(listener) {
    const hidden = () => {
      if (document.visibilityState === "hidden") listener();
    };
    addEventListener("pagehide", listener);
    document.addEventListener("visibilitychange", hidden);
    document.addEventListener("freeze", listener);
    return () => {
      removeEventListener("pagehide", listener);
      document.removeEventListener("visibilitychange", hidden);
      document.removeEventListener("freeze", listener);
    };
  },
  persist: () => void navigator.storage?.persist?.().catch(() => undefined),
  now: () => Date.now(),
};
