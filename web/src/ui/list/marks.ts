/** What a row says about this device: what waits in a document, and whether it can be opened. */
import type { Document } from "../../session/api";
import type { Card } from "../../session/device/device";
import { waits } from "../../session/device/waits";
import type { Reach } from "../../session/reach";
import { amount, reasons } from "../kept/words";
import { canWrite } from "../roles";

export type Mark =
  | { kind: "none" }
  /** `calm`: it is on its way, and only worth a word if it takes a while. */
  | { kind: "waiting"; words: string; calm: boolean }
  /** What was not sent can be looked at. */
  | { kind: "stranded"; words: string };

export function markOf(document: Document, card: Card | undefined, reach: Reach): Mark {
  if (!card || !waits(card)) return { kind: "none" };
  const much = amount(card.waiting);
  if (card.stranded) return { kind: "stranded", words: `${reasons[card.stranded].title}${much && `: ${much} not sent`}` };
  if (card.born) return { kind: "waiting", words: `Not on the server yet${much && `: ${much}`}`, calm: false };
  if (reach === "here" && card.waiting.edits > 0 && !canWrite(document.role))
    return { kind: "stranded", words: `You can no longer edit: ${much} not sent` };
  return { kind: "waiting", words: `${much} waiting`, calm: reach === "here" };
}

/** Whether there is a page behind the row just now. */
export function canOpen(card: Card | undefined, reach: Reach): boolean {
  if (!card) return reach === "here";
  return card.stranded === null;
}
