/**
 * Who was here last: what every page's boot says that is no document, so that a page without the server knows whose
 * device this is.
 *
 * Written at each page load that came from the server, removed at signing out. Invariant: it names nobody who has signed
 * out here, and holds no text and no key. Next: `shell.ts`, which reads it.
 */
import type { Me } from "./api";

/** What every page of the server says. */
export interface Everywhere {
  me: Me;
  /** Which build of Galley made the page. */
  build: string;
  /** false: plain http away from this machine. */
  secure: boolean;
  signup: "open" | "invite" | "first";
  /** What the server takes, in bytes. */
  limits: { file_bytes: number; import_bytes: number };
}

export type Somebody = Exclude<Me, { kind: "nobody" }>;

export type Remembered = Everywhere & { me: Somebody };

const key = "galley.here";

/** Nobody leaves what is remembered as it is: a session that ended elsewhere may have edits waiting here. */
export function remember({ me, build, secure, signup, limits }: Everywhere): void {
  if (me.kind === "nobody") return;
  try {
    localStorage.setItem(key, JSON.stringify({ me, build, secure, signup, limits }));
  } catch {
    // A browser without storage has no device to open documents from either.
  }
}

export function here(): Remembered | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Everywhere | null;
    const me = kept?.me;
    return kept && me && me.kind !== "nobody" && typeof me.author === "string" ? { ...kept, me } : null;
  } catch {
    return null;
  }
}

export function forgetMe(): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing is kept where there is no storage.
  }
}
