/** Things asked of the server: which are on their way, and which were not done, with the sentence why and a way to try again. */
import { type ReadonlySignal, signal } from "@preact/signals";

export interface Problem {
  sentence: string;
  again(): void;
}

export interface Attempts {
  /** By where it was tried: a draft, a reply, a note. */
  readonly problems: ReadonlySignal<ReadonlyMap<string, Problem>>;
  readonly busy: ReadonlySignal<ReadonlySet<string>>;
  /** Whether it was done. What is on its way already is not asked a second time. */
  attempt(at: string, work: () => Promise<void>): Promise<boolean>;
  forget(at: string): void;
}

export function createAttempts(): Attempts {
  const problems = signal<ReadonlyMap<string, Problem>>(new Map());
  const busy = signal<ReadonlySet<string>>(new Set());
  const put = (at: string, problem: Problem | null) => {
    if (!problem && !problems.peek().has(at)) return;
    const next = new Map(problems.peek());
    if (problem) next.set(at, problem);
    else next.delete(at);
    problems.value = next;
  };

  const attempt = async (at: string, work: () => Promise<void>): Promise<boolean> => {
    if (busy.peek().has(at)) return false;
    busy.value = new Set([...busy.peek(), at]);
    put(at, null);
    try {
      await work();
      return true;
    } catch (error) {
      const sentence = error instanceof Error ? error.message : "That did not work. Try again.";
      put(at, { sentence, again: () => void attempt(at, work) });
      return false;
    } finally {
      busy.value = new Set([...busy.peek()].filter((it) => it !== at));
    }
  };

  return { problems, busy, attempt, forget: (at) => put(at, null) };
}
