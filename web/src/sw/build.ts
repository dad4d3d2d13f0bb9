/** What one build of Galley consists of, as the build itself wrote it into the worker (`scripts/worker.ts`). */

export interface Build {
  /** A hash of all of it; pages carry it too. */
  id: string;
  /** Path and integrity of what pages need without a network. */
  needed: readonly (readonly [path: string, integrity: string])[];
  /** What some pages need beside it: kept once one did. */
  other: readonly string[];
}

/** The frames of pages, which the server writes; what is asked for by `/shell/{name}`. */
export const shells = ["document", "documents", "offline"] as const;
export type Shell = (typeof shells)[number];

/** The page that stands in for an address; null: none does, the network alone answers. */
export function shellFor(path: string): Shell | null {
  if (path === "/") return "documents";
  if (/^\/d\/[^/]+\/?$/.test(path)) return "document";
  return /^\/(settings|admin|d\/[^/]+\/history(\/[^/]+)?)\/?$/.test(path) ? "offline" : null;
}

/** Which build a page says it is: the part of its boot's build after the version. */
export const buildOf = (said: string): string => said.split("+")[1] ?? "";
