/**
 * Every place that shows what somebody wrote. Next: `sinks/*.ts`; `sinks.txt` says which places of the code each covers.
 *
 * Invariant: a sink puts a whole batch where it belongs by the public surface alone, opens what shows it, and looks.
 */
import type { Stage } from "./stage";
import type { Vector } from "./vectors";
import { bare, history, noScript, page, peer, printed, reader, slides, typed } from "./sinks/texts";
import { files, imported, pasted } from "./sinks/brought";
import { accounts, guests, links, requests } from "./sinks/people";
import { clashes, notes } from "./sinks/said";
import { archive, exported } from "./sinks/taken";
import { addresses, device, lists, messages, palette, titles } from "./sinks/pages";

export interface Sink {
  name: string;
  /** What a reader of the report should know it as. */
  shows: string;
  /** Vectors at once. */
  batch: number;
  put(stage: Stage, vectors: readonly Vector[]): Promise<void>;
}

export const sinks: readonly Sink[] = [bare, page, noScript, typed, peer, reader, printed, slides, history, exported, archive, titles, lists, notes, clashes, guests, accounts, links, requests, files, imported, pasted, palette, addresses, messages, device];

/** Those that a push tries. */
export const main: readonly Sink[] = [bare, page, peer, titles, notes, history, exported];
