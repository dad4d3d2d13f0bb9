/**
 * Pictures and files on their way into a document: a few at once, each with its progress, tried again when the network
 * fails. No DOM, and nothing of the text: who shows an upload also puts it where it belongs. Without a connection they
 * wait for one, in this page or, where that is asked for, on the device (`device/kept-uploads.ts`).
 *
 * Invariant: an upload ends in exactly one of stored, failed (from where it can be tried again) or cancelled.
 * Next: `send.ts`; `editor/arrivals.ts`, which holds its place in the text.
 */
import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import { filesPath, type StoredFile } from "./api";
import { ApiError } from "./call";
import { browser } from "./browser";
import { isPassing, send, type Send, type Sending } from "./send";
import type { World } from "./socket";

export type UploadState =
  | { kind: "waiting" }
  /** A part from 0 to 1 has left; at 1 the server is reading it. */
  | { kind: "sending"; part: number }
  /** The network failed, or the server has too much to do; it goes on by itself. */
  | { kind: "pausing"; for: "network" | "server" }
  | { kind: "stored"; file: StoredFile }
  /** `again`: trying once more may help. */
  | { kind: "failed"; sentence: string; again: boolean }
  | { kind: "cancelled" };

export interface Upload {
  readonly id: number;
  /** As the person knows it. */
  readonly name: string;
  readonly body: Blob;
  readonly state: ReadonlySignal<UploadState>;
  /** Whether its bytes outlive this page. */
  readonly kept: Signal<boolean>;
  /** Runs between the server's answer and `stored`. */
  before: ((file: StoredFile) => Promise<void>) | null;
  /** Stops it, or forgets that it failed. */
  cancel(): void;
  retry(): void;
}

export interface Uploads {
  add(body: Blob, name: string): Upload;
  /** What was kept by a page before; `file`: the server has it. */
  resume(body: Blob, name: string, file: StoredFile | null): Upload;
  /** Those that are neither stored nor cancelled, in the order they came. */
  readonly open: ReadonlySignal<readonly Upload[]>;
  /** Some are on their way or about to be, and would be lost with this page. */
  readonly busy: ReadonlySignal<boolean>;
}

/** At once; more would only share the same line. */
export const atOnceMax = 3;
/** After so many failures in a row the person is asked. */
export const attemptsMax = 5;
/** Somebody who brings a whole folder is told to wait more often than that. */
export const waitsMax = 12;
const pauseMs = 1_000;
const pauseMaxMs = 16_000;

type Clock = Pick<World, "later" | "onWake">;

/** `most`: bytes the server takes of one file. */
export function createUploads(
  document: string,
  most: number,
  clock: Clock = browser,
  sender: Send = send,
  reached: ReadonlySignal<boolean> = signal(true),
): Uploads {
  const all = signal<readonly Job[]>([]);
  const changed = () => {
    const jobs = all.peek();
    const room = atOnceMax - jobs.filter(({ state }) => state.peek().kind === "sending").length;
    for (const job of jobs.filter(({ state }) => state.peek().kind === "waiting").slice(0, Math.max(0, room))) job.start();
    all.value = jobs.filter(({ state }) => !isOver(state.peek()));
  };
  let last = 0;
  const begin = (body: Blob, name: string, send: Send, kept: boolean) => {
    const job = new Job(++last, name, body, { path: filesPath(document, name), most, sender: send, clock, reached, changed });
    job.kept.value = kept;
    all.value = [...all.peek(), job];
    return job;
  };
  return {
    add(body, name) {
      const job = begin(body, name, sender, false);
      changed();
      return job;
    },
    resume(body, name, file) {
      const job = begin(body, name, file ? <T>() => ({ done: Promise.resolve(file as T), abort() {} }) : sender, true);
      // Whoever resumes it has a word to say before it is stored.
      queueMicrotask(changed);
      return job;
    },
    open: all,
    busy: computed(() => all.value.some(({ state, kept }) => state.value.kind !== "failed" && !kept.value)),
  };
}

function isOver({ kind }: UploadState): boolean {
  return kind === "stored" || kind === "cancelled";
}

interface JobParts {
  most: number;
  clock: Clock;
  reached: ReadonlySignal<boolean>;
  path: string;
  sender: Send;
  changed(): void;
}

class Job implements Upload {
  readonly state: Signal<UploadState>;
  readonly kept = signal(false);
  before: Upload["before"] = null;
  #sending: Sending<StoredFile> | null = null;
  #attempts = 0;
  #wait = () => {};

  constructor(
    readonly id: number,
    readonly name: string,
    readonly body: Blob,
    private readonly parts: JobParts,
  ) {
    const why = refused(name, body, parts.most);
    this.state = signal(why ? { kind: "failed", sentence: why, again: false } : { kind: "waiting" });
  }

  start(): void {
    const { path, sender, reached } = this.parts;
    if (!reached.peek()) return this.#awaitServer();
    this.state.value = { kind: "sending", part: 0 };
    const size = Math.max(1, this.body.size);
    const sending = sender<StoredFile>(path, this.body, (sent) => {
      if (this.#sending === sending) this.state.value = { kind: "sending", part: Math.min(1, sent / size) };
    });
    this.#sending = sending;
    const ours = (then: () => void) => {
      if (this.#sending !== sending) return;
      this.#sending = null;
      then();
      this.parts.changed();
    };
    sending.done.then(
      (file) => this.#stored(file, ours),
      (error: unknown) => ours(() => this.#lost(error)),
    );
  }

  #stored(file: StoredFile, ours: (then: () => void) => void): void {
    const end = () => ours(() => (this.state.value = { kind: "stored", file }));
    if (this.before) void this.before(file).then(end, end);
    else end();
  }

  cancel(): void {
    if (isOver(this.state.peek())) return;
    this.#drop();
    this.state.value = { kind: "cancelled" };
    this.parts.changed();
  }

  retry(): void {
    const now = this.state.peek();
    if (now.kind === "failed" ? !now.again : now.kind !== "pausing") return;
    if (now.kind === "failed") this.#attempts = 0;
    this.#drop();
    this.state.value = { kind: "waiting" };
    this.parts.changed();
  }

  #lost(error: unknown): void {
    if (isPassing(error) && !this.parts.reached.peek()) return this.#awaitServer();
    this.#attempts += 1;
    const status = error instanceof ApiError ? error.status : 0;
    if (isPassing(error) && this.#attempts < (status === 429 ? waitsMax : attemptsMax))
      return this.#pause(status === 0 ? "network" : "server");
    const sentence = error instanceof Error ? error.message : "That did not work. Try again.";
    const again = isPassing(error) || status === 0 || status >= 500;
    this.state.value = { kind: "failed", sentence, again };
  }

  /** Longer each time; at once when the browser says that the network is back. */
  #pause(reason: "network" | "server"): void {
    this.state.value = { kind: "pausing", for: reason };
    const ms = Math.min(pauseMaxMs, pauseMs * 2 ** (this.#attempts - 1));
    const stops = [this.parts.clock.later(ms, () => this.retry()), this.parts.clock.onWake(() => this.retry())];
    this.#wait = () => stops.forEach((stop) => stop());
  }

  /** However long it takes: there is no connection. */
  #awaitServer(): void {
    this.state.value = { kind: "pausing", for: "network" };
    this.#wait = effect(() => {
      if (this.parts.reached.value) untracked(() => queueMicrotask(() => this.retry()));
    });
  }

  #drop(): void {
    this.#wait();
    this.#wait = () => {};
    const sending = this.#sending;
    this.#sending = null;
    sending?.abort();
  }
}

/** What the server would refuse anyway is said before a byte leaves. */
function refused(name: string, body: Blob, most: number): string | null {
  if (body.size > most) return `${name} is ${megabytes(body.size)}. A file can have ${megabytes(most)} at most.`;
  if (body.size === 0) return `${name} is empty.`;
  return null;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 104_857.6) / 10} MB`;
}
