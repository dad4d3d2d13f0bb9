/**
 * The first moments of a return with edits of one's own: what has to be taken hold of before anything else happens.
 *
 * The small part that every page has. Next: `meeting.ts`, which looks for what both sides rewrote.
 */
import { effect } from "@preact/signals";
import type { CatchUp, DocumentSession } from "./session";

export interface Apart {
  /** The text of this side before it met the other. */
  mine: string;
  /** What both sides had in common, as updates; none where that was not kept. */
  shared: Promise<readonly Uint8Array[]>;
  /** What the others wrote: at first what the server told, then whatever comes. */
  theirs: Uint8Array[];
  /**
   * Resolves when the server has the own edits: what notes hold on to is there then, and of two who come back in the
   * same moment the second to be saved has heard the first by then, so that one of them tells.
   */
  saved: Promise<void>;
  /** Nothing more is listened to. */
  stop(): void;
}

/** Updates of others that are kept until the own edits are saved; the search does without what comes later. */
const updatesMax = 2_000;

export function cameBack({ heard, saved, shared }: Pick<DocumentSession, "heard" | "saved" | "shared">, { before, update }: CatchUp): Apart {
  const theirs = [update];
  const stopHearing = heard((news) => {
    if (theirs.length < updatesMax) theirs.push(news);
  });
  let stopWaiting = () => {};
  const done = new Promise<void>((resolve) => {
    stopWaiting = effect(() => {
      if (saved.value.kind === "saved") resolve();
    });
  });
  const stop = () => {
    stopHearing();
    stopWaiting();
  };
  return { mine: before, shared: shared().catch(() => []), theirs, saved: done, stop };
}
