/**
 * Tells the server of a document that was made on this device, for as long as it takes.
 *
 * Invariant: nobody connects to it before the server has it. Asking twice makes it once. Next: `session.ts`.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Document } from "./api";
import { ApiError } from "./call";
import type { Device } from "./device/device";
import { backOff, type Status, type World } from "./socket";

export interface Birth {
  readonly made: Promise<void>;
  /** What the page says instead of the connection's state until then; null: it is made. */
  readonly status: ReadonlySignal<Status | null>;
  /** Now rather than later. */
  retry(): void;
  stop(): void;
}

interface Wish {
  document: string;
  device: Device | null;
  world: World;
  create(id: string): Promise<Document>;
}

/** Errors with these are worth another try by itself. */
const isPassing = (status: number) => status === 0 || status === 408 || status === 429 || status >= 500;

export function bear({ document, device, world, create }: Wish): Birth {
  const status = signal<Status | null>({ kind: "connecting", attempt: 1 });
  let tell = () => {};
  const made = new Promise<void>((resolve) => (tell = resolve));
  let state: "waiting" | "asking" | "over" = "waiting";
  let attempt = 1;
  let cancel = () => {};

  const ask = async () => {
    if (state !== "waiting") return;
    cancel();
    state = "asking";
    try {
      const record = await create(document);
      // What it is called here is newer than what was just made.
      const known = await device?.card(document).catch(() => null);
      const named = { ...record, title: record.title || (known?.document.title ?? "") };
      await device?.put(named, { born: false }).catch(() => undefined); // made twice is made once
      finish(null);
      tell();
    } catch (error) {
      failed(error);
    }
  };
  const failed = (error: unknown) => {
    if (isOver()) return;
    const known = error instanceof ApiError ? error : null;
    if (known && !isPassing(known.status)) return finish({ kind: "refused", code: known.status, reason: known.message });
    state = "waiting";
    attempt += 1;
    status.value = { kind: "connecting", attempt };
    cancel = world.later(backOff(attempt, world.random()), () => void ask());
  };
  const finish = (last: Status | null) => {
    if (isOver()) return;
    state = "over";
    status.value = last;
    stopWaking();
    cancel();
  };
  const isOver = () => state === "over";
  const stopWaking = world.onWake(() => void ask());
  void ask();
  return { made, status, retry: () => void ask(), stop: () => finish(null) };
}
