/**
 * What the browser keeps as short strings, where it may be forbidden, full, or not there: then it is as if it were empty.
 *
 * For what a page works without. Next: `drafts.ts`, `device/owners.ts`.
 */

/** Some browsers refuse even the question whether there is any. */
export function browserStorage(): Storage | null {
  return quietly(() => localStorage) ?? null;
}

/** null: it failed. */
export function quietly<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
