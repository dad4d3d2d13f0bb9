/**
 * Whether the server answers, and whether it still knows who looks at this page.
 *
 * Invariant: "here" and "signed-out" are what the server said last, "away" that it said nothing. While it is away it is
 * asked again and again, later and later. Next: `events.ts`, which notices first.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Me } from "./api";

export type Reach = "here" | "away" | "signed-out";

export interface ReachWorld {
  me(): Promise<Me>;
  onWake(listener: () => void): () => void;
  onSleep(listener: () => void): () => void;
  later(ms: number, run: () => void): () => void;
}

export interface Reaching {
  readonly state: ReadonlySignal<Reach>;
  /** Something failed, or has just come back: asks. */
  doubt(): Promise<void>;
  stop(): void;
}

const againMin = 1_000;
const againMax = 15_000;

export function watchReach(author: string, first: Reach, world: ReachWorld): Reaching {
  const state = signal<Reach>(first);
  let misses = 0;
  let asking: Promise<void> | null = null;
  let cancel = () => {};

  const ask = async (): Promise<void> => {
    try {
      const me = await world.me();
      misses = 0;
      state.value = me.kind !== "nobody" && me.author === author ? "here" : "signed-out";
    } catch {
      state.value = "away";
      cancel = world.later(Math.min(againMax, againMin * 2 ** misses++), () => void doubt());
    }
  };
  const doubt = (): Promise<void> => {
    cancel();
    return (asking ??= ask().finally(() => (asking = null)));
  };

  const stops = [world.onWake(() => void (state.peek() === "here" || doubt())), world.onSleep(() => void doubt())];
  if (first === "away") void doubt();
  return {
    state,
    doubt,
    stop() {
      cancel();
      stops.forEach((stop) => stop());
    },
  };
}
