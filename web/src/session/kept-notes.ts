/**
 * Keeps a document's notes on the device, and shows them from there while the server cannot tell them.
 *
 * Invariant: the device has what the server said, never anything of ours; what waits is laid over it
 * (`queued-notes.ts`). Next: `notes.ts`.
 */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { NotesMirror } from "./notes";
import type { World } from "./socket";

/** All of them are written each time. */
export const writeMs = 1_000;

export interface KeptNotesParts {
  mirror: NotesMirror;
  /** As the device has them; null: not at all. */
  kept: Promise<Uint8Array | null>;
  /** The text is here. */
  here: ReadonlySignal<boolean>;
  live: ReadonlySignal<boolean>;
  /** Resolves when it was written, or cannot be. */
  write(state: Uint8Array): void;
  world: Pick<World, "later" | "onHide">;
}

export function keepNotes({ mirror, kept, here, live, write, world }: KeptNotesParts): () => void {
  let cancel: (() => void) | null = null;
  let stopped = false;
  let stopShowing = () => {};
  const put = () => {
    cancel?.();
    cancel = null;
    const state = mirror.state();
    if (state) write(state);
  };
  mirror.onTold(() => void (cancel ??= world.later(writeMs, put)));
  const stopHide = world.onHide(() => void (cancel && put()));
  void kept.then((state) => {
    if (stopped || !state) return;
    stopShowing = effect(() => {
      if (here.value && !live.value) mirror.restore(state);
    });
  });
  return () => {
    stopped = true;
    if (cancel) put();
    stopShowing();
    stopHide();
  };
}
