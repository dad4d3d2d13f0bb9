/**
 * Bringing back what was: a whole version, or a passage of it. Always a new edit over what the person saw, so what others
 * type meanwhile stays, and always with the way back.
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Restoring as Wish, Version } from "../../session/history";
import type { Question } from "../ask";
import { fullTime } from "./days";
import type { Shown } from "./history";

export interface RestoringCalls {
  /** Answers with the version taken of the text just before. */
  restore(version: string, what: Wish): Promise<Version>;
}

export interface Passage {
  from: number;
  to: number;
}

export type Outcome =
  | { kind: "none" }
  | { kind: "working" }
  /** `before`: the version that takes it back. */
  | { kind: "done"; what: "version" | "passage"; before: string }
  | { kind: "undone" }
  | { kind: "failed"; sentence: string };

export interface Restoring {
  readonly outcome: ReadonlySignal<Outcome>;
  askVersion(version: Version): void;
  passage(version: Version, passage: Passage): Promise<void>;
  undo(): Promise<void>;
  dismiss(): void;
}

export interface RestoringParts {
  calls: RestoringCalls;
  question: Signal<Question | null>;
  /** The text as it is now, as far as this page knows. */
  now: ReadonlySignal<string | null>;
  shown: ReadonlySignal<Shown>;
  refresh(): Promise<void>;
}

export function createRestoring({ calls, question, now, shown, refresh }: RestoringParts): Restoring {
  const outcome = signal<Outcome>({ kind: "none" });

  async function bring(version: string, part: Partial<Passage>, then: (before: string) => Outcome): Promise<void> {
    const base = now.peek();
    if (base === null || outcome.peek().kind === "working") return;
    outcome.value = { kind: "working" };
    try {
      const before = await calls.restore(version, { ...part, base });
      outcome.value = then(before.id);
    } catch (error) {
      const why = error instanceof Error ? error.message : "Try again in a moment.";
      outcome.value = { kind: "failed", sentence: `Nothing was restored, and nothing was changed. ${why}` };
      return;
    }
    // It is done; that the list is older than that is no reason to say otherwise.
    await refresh().catch(() => undefined);
  }

  return {
    outcome,
    askVersion: (version) =>
      void (question.value = whole(version, () => void bring(version.id, {}, (before) => ({ kind: "done", what: "version", before })))),
    async passage(version, passage) {
      const text = textOf(shown.peek(), version);
      const part = text === null ? passage : widened(text, passage);
      await bring(version.id, part, (before) => ({ kind: "done", what: "passage", before }));
    },
    async undo() {
      const was = outcome.peek();
      if (was.kind === "done") await bring(was.before, {}, () => ({ kind: "undone" }));
    },
    dismiss: () => void (outcome.value = { kind: "none" }),
  };
}

function whole(version: Version, run: () => void): Question {
  const when = version.name === null ? fullTime(version.at_ms, Date.now()) : `“${version.name}”`;
  return {
    title: "Restore this version?",
    sentence: `The text becomes what it was ${version.name === null ? when : `in ${when}`}. What is there now stays in this history as a version of its own, and whatever others type meanwhile is kept.`,
    answers: [{ label: "Restore", primary: true, run }],
  };
}

function textOf(shown: Shown, version: Version): string | null {
  if (shown.kind !== "text" || shown.entry.kind !== "version" || shown.entry.version.id !== version.id) return null;
  return shown.owner === "old" ? shown.old : shown.text;
}

/** Whole lines take the empty lines around them along, or what comes back would run into its neighbours. */
export function widened(text: string, { from, to }: Passage): Passage {
  const begins = from === 0 || text[from - 1] === "\n";
  const ends = to === text.length || text[to] === "\n" || text[to - 1] === "\n";
  if (!begins || !ends) return { from, to };
  let [start, end] = [from, to];
  while (start > 0 && text[start - 1] === "\n") start--;
  while (end < text.length && text[end] === "\n") end++;
  return { from: start, to: end };
}
