/**
 * Looks for what others changed since this reader last looked, and marks it. Loaded when the text is another than then.
 *
 * The changes are found once, in the text that is here when the page has it; what comes later is seen as it comes, and
 * only moves them. Next: `session/changes.ts`, `marks.ts`.
 */
import { authorsOf, changesBetween, rewrittenSummary, summary } from "../../../session/changes";
import { ago } from "../../time";
import { Marks, type MarkParts } from "./marks";
import type { Since } from "./since";

export interface FindParts extends MarkParts {
  since: Since;
}

export async function findChanges(parts: FindParts, then: string, at: number): Promise<void> {
  const { since, session, authorship } = parts;
  const runs = await authorship.settled();
  const now = session.text.toString();
  const found = changesBetween({ then, now, runs, mine: authorship.mine });
  const name = (author: string) => authorship.person(author).display;
  if (found.kind === "rewritten") since.found(rewrittenSummary(found.authors.map(name), when(at)), null, "since");
  if (found.kind !== "marked") return;
  const sentence = summary(found.changes.length, authorsOf(found.changes).map(name), when(at));
  since.found(sentence, new Marks(parts, found.changes), "since");
}

/** "3 hours ago", "yesterday", "on Tuesday". */
export function when(at: number): string {
  const words = ago(at);
  return /ago$|yesterday/.test(words) ? words : `on ${words}`;
}
