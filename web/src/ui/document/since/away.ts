/**
 * Tells what came into the text while this page was without the server, in the place of what changed since one looked.
 *
 * Loaded when something came. Invariant: what one has not gone through yet is not forgotten because more came: it moves
 * along and is told together. Next: `session/changes.ts`, `marks.ts`, `since.ts`.
 */
import { arrived, attributed, authorsOf, awayRewrittenSummary, awaySummary, type Came, type Delta, fit, moved, together } from "../../../session/changes";
import { Marks, type MarkParts } from "./marks";
import type { Since } from "./since";

export interface AwayParts extends MarkParts {
  since: Since;
}

/** The text before and after, and what was written into it since. */
export interface Arrival {
  before: string;
  after: string;
  /** Edits since then; it grows until `stop`. */
  deltas: readonly Delta[];
  stop(): void;
}

export function createAway(parts: AwayParts): (arrival: Arrival) => Promise<void> {
  const { since, authorship } = parts;
  let marks: Marks | null = null;
  return async ({ before, after, deltas, stop }) => {
    const runs = await authorship.settled();
    stop();
    const came = attributed(deltas.reduce(moved, arrived(before, after)), runs, authorship.mine);
    const state = since.state.peek();
    const left = marks && state.kind === "changes" && state.about === "away" ? marks.left() : [];
    const found = fit(together(left, came), before, after);
    marks = null;
    if (found.kind === "rewritten") since.found(awayRewrittenSummary(cameFrom(found.authors, parts)), null, "away");
    if (found.kind !== "marked") return;
    marks = new Marks(parts, found.changes);
    since.found(awaySummary(cameFrom(authorsOf(found.changes), parts)), marks, "away");
  };
}

function cameFrom(authors: readonly string[], { authorship }: AwayParts): Came {
  const others = authors.filter((author) => !authorship.mine(author));
  return { names: others.map((author) => authorship.person(author).display), mine: others.length < authors.length };
}
