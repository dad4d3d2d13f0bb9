/**
 * Bringing back what was: a whole version, or a passage of it. Always a new edit over what the person saw, so what others
 * type meanwhile stays, and always with the way back.
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Restoring as Wish, Version } from "../../session/history";
import type { Question } from "../ask";
import { fullTime } from "./days";

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
  /** `text`: the version's. */
  passage(version: Version, text: string, passage: Passage): Promise<void>;
  undo(): Promise<void>;
  dismiss(): void;
}

export interface RestoringParts {
  calls: RestoringCalls;
  question: Signal<Question | null>;
  /** The text as it is now, as far as this page knows. */
  now: ReadonlySignal<string | null>;
  refresh(): Promise<void>;
}

export function createRestoring({ calls, question, now, refresh }: RestoringParts): Restoring {
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
    passage: (version, text, passage) => bring(version.id, widened(text, passage), (before) => ({ kind: "done", what: "passage", before })),
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

/** Whole lines take the empty lines around them along, or what comes back would run into its neighbours; not the end of
 *  the line before, which may have gone with that line. */
export function widened(text: string, { from, to }: Passage): Passage {
  const begins = from === 0 || text[from - 1] === "\n";
  const ends = to === text.length || text[to] === "\n" || text[to - 1] === "\n";
  if (!begins || !ends) return { from, to };
  let [start, end] = [from, to];
  while (start > 0 && text[start - 1] === "\n" && (start === 1 || text[start - 2] === "\n")) start--;
  while (end < text.length && text[end] === "\n") end++;
  return { from: start, to: end };
}
