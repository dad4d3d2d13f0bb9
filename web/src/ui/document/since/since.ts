/**
 * Since you last looked: what others changed while this reader was away, told once and gone through change by change.
 *
 * The small part that every page has. Invariant: nothing opens by itself and nothing is marked before it is asked for.
 * Next: `find.ts`, which looks for changes and marks them; `since-row.tsx`.
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { announce } from "../../announce";

export type SinceState =
  | { kind: "nothing" }
  /** `count` changes that can be gone through; `step`: at which one, from 0. */
  | { kind: "changes"; sentence: string; count: number; marks: "hidden" | "shown"; step: number | null; told: string | null }
  /** Too many to be marked. */
  | { kind: "rewritten"; sentence: string };

/** The one who marks and knows the changes. */
export interface Marker {
  count(): number;
  /** Goes to one of them; the answer is what it is, in words. */
  go(index: number): string;
  show(active: number | null): void;
  hide(): void;
  /** For good. */
  end(): void;
}

export interface Since {
  readonly state: ReadonlySignal<SinceState>;
  /** There is something to be told. */
  found(sentence: string, marker: Marker | null): void;
  /** Marks the changes and goes to the first, or takes the marks away. */
  toggle(): void;
  /** To another change; whether there was one to go to. */
  step(by: 1 | -1): boolean;
  /** Seen: gone for good. Whether there was anything. */
  dismiss(): boolean;
}

export function createSince(seen: () => void, keyboard: () => boolean): Since {
  const state: Signal<SinceState> = signal({ kind: "nothing" });
  let marker: Marker | null = null;
  const go = (step: number) => {
    const now = state.peek();
    if (!marker || now.kind !== "changes") return;
    const count = marker.count();
    if (count === 0) return void since.dismiss();
    const index = ((step % count) + count) % count;
    marker.show(index);
    const told = marker.go(index);
    announce(`Change ${index + 1} of ${count}. ${told}.`);
    state.value = { ...now, count, marks: "shown", step: index, told };
  };
  const since: Since = {
    state,
    found(sentence, by) {
      marker = by;
      state.value = by
        ? { kind: "changes", sentence, count: by.count(), marks: "hidden", step: null, told: null }
        : { kind: "rewritten", sentence };
      announce(`${sentence}.${by && keyboard() ? " F7 goes to the next change." : ""}`);
    },
    toggle() {
      const now = state.peek();
      if (now.kind !== "changes") return;
      if (now.marks === "hidden") return go(0);
      marker?.hide();
      state.value = { ...now, marks: "hidden", step: null, told: null };
    },
    step(by) {
      const now = state.peek();
      if (now.kind !== "changes") return false;
      go(now.step === null ? (by === 1 ? 0 : -1) : now.step + by);
      return true;
    },
    dismiss() {
      if (state.peek().kind === "nothing") return false;
      marker?.end();
      marker = null;
      state.value = { kind: "nothing" };
      seen();
      return true;
    },
  };
  return since;
}
