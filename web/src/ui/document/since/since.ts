/**
 * What others changed since this reader last looked, or while this page was away from the server: told once and gone
 * through change by change.
 *
 * The small part that every page has. Invariant: nothing opens by itself and nothing is marked before it is asked for.
 * What came
 * while one was away is newer than what came since one looked, and takes its place. Next: `find.ts` and `away.ts`, which
 * look for changes; `marks.ts`; `since-row.tsx`.
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { announce } from "../../announce";

/** Since when. */
export type About = "since" | "away";

export type SinceState =
  | { kind: "nothing" }
  /** `count` changes that can be gone through; `step`: at which one, from 0. */
  | { kind: "changes"; about: About; sentence: string; count: number; marks: "hidden" | "shown"; step: number | null; told: string | null }
  /** Too many to be marked. */
  | { kind: "rewritten"; about: About; sentence: string };

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
  /** There is something to be told; `marker` is null where there is too much of it to be marked. */
  found(sentence: string, marker: Marker | null, about: About): void;
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
    found(sentence, by, about) {
      const now = state.peek();
      if (about === "since" && now.kind !== "nothing" && now.about === "away") return by?.end();
      marker?.end();
      marker = by;
      state.value = by
        ? { kind: "changes", about, sentence, count: by.count(), marks: "hidden", step: null, told: null }
        : { kind: "rewritten", about, sentence };
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
