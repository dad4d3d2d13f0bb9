/**
 * Shows of each sink that what goes in comes to a page, and that what would run there is seen: the same sinks, in
 * windows that do what words tell them (`control.ts`).
 *
 * Invariant: a control stands first and last in a batch among vectors; both must be seen to run.
 */
import type { Browser } from "@playwright/test";
import { control, told } from "./control";
import { type Believed, type Progress, tried } from "./run";
import type { Sink } from "./sinks";
import { Stage } from "./stage";
import { generate, type Vector } from "./vectors";

/** Where no script could run: what the server wrote is read, or shown with scripts off. */
const markupOnly = new Set(["no-script", "titles"]);

/** Beside the two, as in an ordinary batch. */
const beside = 8;

export async function controls(browser: Browser, sinks: readonly Sink[], progress: Progress, say: (line: string) => void): Promise<Believed[]> {
  const stage = await Stage.open(browser, "believing");
  const all: Believed[] = [];
  for (const [at, sink] of sinks.entries()) {
    const believed = progress.controlOf(sink) ?? (await controlled(stage, sink, 10_000 + 2 * at));
    all.push(believed);
    progress.controlled(believed);
    say(`control of ${sink.name}: ${believed.wrong ?? `seen at ${believed.seen.slice(0, 4).join(" ")}`}`);
    await stage.rest();
  }
  await stage.close();
  return all;
}

async function controlled(stage: Stage, sink: Sink, n: number): Promise<Believed> {
  const plain = generate(beside, 3).map(({ kind, text }, n) => ({ n: n + 1, kind, text }));
  const both = [control(n), control(n + 1)] as const;
  const findings = await tried(stage, sink, [both[0], ...plain, both[1]]);
  const wanted = markupOnly.has(sink.name) ? "element" : "execution";
  const of = (vector: Vector) => findings.filter(({ kind, says }) => kind === wanted && told(says, vector));
  const missing = both.filter((vector) => of(vector).length === 0);
  const stuck = findings.find(({ says }) => says.startsWith("it was not got through"));
  const wrong = stuck?.says ?? (missing.length > 0 ? `nothing was seen of ${missing.map(({ text }) => text).join(" and ")}` : null);
  const seen = both.flatMap((vector) => of(vector).map(({ says }) => says.replace(/^.* in \/(\S*)$/s, "/$1").slice(0, 80)));
  return { sink: sink.name, seen: [...new Set(seen)], wrong };
}
