/**
 * When what waits is sent: by one tab at a time, one document after another, later and later while it does not work.
 *
 * Documents that a page has open are that page's own affair. Next: `deliver.ts`.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { deliver, type Delivered, type DeliveryCalls } from "./deliver";
import { waits } from "./waits";
import type { Device } from "./device";

export type Delivering =
  | { kind: "idle" }
  | { kind: "sending"; document: string }
  /** Something waits, and another try is on its way. */
  | { kind: "waiting" }
  | { kind: "signed-out" };

export interface Deliverer {
  readonly state: ReadonlySignal<Delivering>;
  /** Tries now; resolves when everything has been tried once. */
  now(): Promise<void>;
  stop(): void;
}

export interface DelivererWorld {
  /** Runs `work` unless another tab does; false: it does. */
  alone(name: string, work: () => Promise<void>): Promise<boolean>;
  /** Documents some page of this person has open. */
  open(): Promise<ReadonlySet<string>>;
  onWake(listener: () => void): () => void;
  later(ms: number, run: () => void): () => void;
  random(): number;
}

/** After something was written on this device; also how long a page that was just closed has to send it itself. */
const calm = 1_500;
const backOffMin = 4_000;
const backOffMax = 5 * 60_000;

export function startDeliverer(device: Device, calls: DeliveryCalls, world: DelivererWorld): Deliverer {
  const state = signal<Delivering>({ kind: "idle" });
  let attempt = 0;
  let running: Promise<void> | null = null;
  let cancel = () => {};
  let stopped = false;

  const schedule = (ms: number) => {
    cancel();
    if (!stopped) cancel = world.later(ms, () => void now());
  };

  const round = async (): Promise<void> => {
    const outcomes: Delivered[] = [];
    const open = await world.open();
    const waiting = (await device.cards()).filter((card) => waits(card) && card.stranded === null && !open.has(card.id));
    const who = waiting.length > 0 ? await calls.who() : device.author;
    // Another tab may have signed somebody else in: these are not their edits.
    if (who !== device.author) return void (state.value = { kind: "signed-out" });
    for (const { id } of waiting) {
      if (stopped) return;
      state.value = { kind: "sending", document: id };
      const outcome = await deliver(device, id, calls);
      outcomes.push(outcome);
      if (outcome.kind === "signed-out" || (isLater(outcome) && outcome.why === "away")) break;
    }
    state.value = after(outcomes);
    attempt = outcomes.some(isLater) ? attempt + 1 : 0;
    if (attempt > 0) schedule(pause(attempt, world.random()));
  };

  const now = (): Promise<void> =>
    (running ??= world
      .alone(`galley-${device.author}-deliver`, round)
      // Another tab may be closed in the middle of it.
      .then((mine) => void (mine || schedule(backOffMin)))
      .catch(() => {
        state.value = { kind: "waiting" };
        schedule(pause(++attempt, world.random()));
      })
      .finally(() => (running = null)));

  const stops = [
    world.onWake(() => schedule(0)),
    device.onChange(() => {
      if (state.peek().kind === "idle" && running === null) schedule(calm);
    }),
  ];
  schedule(0);
  return {
    state,
    now: () => (cancel(), now()),
    stop() {
      stopped = true;
      cancel();
      stops.forEach((stop) => stop());
    },
  };
}

const isLater = (outcome: Delivered): outcome is Extract<Delivered, { kind: "later" }> => outcome.kind === "later";

function after(outcomes: readonly Delivered[]): Delivering {
  if (outcomes.some(({ kind }) => kind === "signed-out")) return { kind: "signed-out" };
  return { kind: outcomes.some(isLater) ? "waiting" : "idle" };
}

/** Full jitter, as for connections. */
export function pause(attempt: number, random: number): number {
  const cap = Math.min(backOffMax, backOffMin * 2 ** (attempt - 1));
  return Math.max(backOffMin, random * cap);
}
