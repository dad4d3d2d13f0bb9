/** What was said or done here and is not with the server yet: what there is to say about it, and what can be done. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Wait } from "../../session/queued-notes";
import type { Question } from "../ask";

export type { Wait } from "../../session/queued-notes";

export type RefusedWait = Wait & { kind: "refused" };

export interface Unsent {
  /** By note or reply. */
  readonly waits: ReadonlySignal<ReadonlyMap<string, Wait>>;
  /** Asks the server once more for what it refused. */
  again(id: string): void;
  discard(id: string): void;
}

/** Where nothing is kept. */
export const nothingUnsent: Unsent = { waits: signal(new Map()), again() {}, discard() {} };

/** The words that would be lost with it; null: it has none. */
export function wordsOf({ command }: RefusedWait): string | null {
  return "body" in command ? command.body : null;
}

export function notDone({ command }: RefusedWait): string {
  switch (command.kind) {
    case "create":
      return "This note was not sent.";
    case "reply":
      return "This reply was not sent.";
    case "edit":
      return "This change was not sent.";
    case "remove":
      return "It was not deleted.";
    case "resolve":
      return command.resolved ? "It was not resolved." : "It was not reopened.";
    case "attach":
      return "It was not attached to other text.";
    case "react":
      return "Your reaction was not sent.";
  }
}

export function discarding(wait: RefusedWait, run: () => void): Question {
  return {
    title: wait.command.kind === "edit" ? "Discard your change?" : "Discard what you wrote?",
    sentence: "It is not on the server. Your words are gone then, on this device too.",
    answers: [{ label: "Discard", run }],
  };
}
