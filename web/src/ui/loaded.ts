/** A list that comes from the server and is changed there: what is known of it, and why something was not done. */
import { type ReadonlySignal, signal } from "@preact/signals";

export interface Loaded<T> {
  /** null until it is known. */
  readonly items: ReadonlySignal<readonly T[] | null>;
  readonly problem: ReadonlySignal<string | null>;
  load(): Promise<boolean>;
  /** Does something and shows what it makes of the list; whether it was done. */
  change(work: (known: readonly T[]) => Promise<readonly T[]>): Promise<boolean>;
}

export function createLoaded<T>(load: () => Promise<readonly T[]>): Loaded<T> {
  const items = signal<readonly T[] | null>(null);
  const problem = signal<string | null>(null);
  const change = async (work: (known: readonly T[]) => Promise<readonly T[]>) => {
    try {
      items.value = await work(items.value ?? []);
      problem.value = null;
      return true;
    } catch (error) {
      problem.value = error instanceof Error ? error.message : "That did not work. Try again.";
      return false;
    }
  };
  return { items, problem, load: () => change(load), change };
}
