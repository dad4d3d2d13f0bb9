/** XS1 in full: `cargo xtask xss`. Its figures go where `GALLEY_XSS_FIGURES` says. */
import { writeFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { type Outcome, Progress, run, table } from "./run";
import { sinks } from "./sinks";
import { Stage } from "./stage";
import { fromFile, generate } from "./vectors";

const { GALLEY_XSS_COUNT = "3000", GALLEY_XSS_SEED = "1", GALLEY_XSS_PAYLOADS, GALLEY_XSS_SINKS, GALLEY_XSS_PROGRESS, GALLEY_XSS_FIGURES } = process.env;

test("XS1 nothing that means harm runs, loads, leaves or changes a page, anywhere", async ({ browser }) => {
  const vectors = GALLEY_XSS_PAYLOADS ? fromFile(GALLEY_XSS_PAYLOADS) : generate(Number(GALLEY_XSS_COUNT), Number(GALLEY_XSS_SEED));
  const chosen = GALLEY_XSS_SINKS ? sinks.filter(({ name }) => GALLEY_XSS_SINKS.split(",").includes(name)) : sinks;
  const progress = new Progress(GALLEY_XSS_PROGRESS ?? null, `${GALLEY_XSS_PAYLOADS ?? ""} ${vectors.length} ${GALLEY_XSS_SEED}`);
  const stage = await Stage.open(browser);
  const outcomes = await run(stage, chosen, vectors, progress, console.log);
  const { pictures, inFrames } = stage.refused();
  await stage.close();
  console.log(`\n${table(outcomes)}\n\n${vectors.length} vectors; refused by design: ${pictures} pictures by plain http, ${inFrames} things in the diagrams' frame\n`);
  const found = outcomes.flatMap(({ sink, found }) => found.map((it) => `${sink}: ${JSON.stringify(it)}`));
  if (GALLEY_XSS_FIGURES) writeFileSync(GALLEY_XSS_FIGURES, row(vectors.length, outcomes, found).join("\n"));
  expect(found).toEqual([]);
});

/** What `torture note` is told, one word a line. */
function row(vectors: number, outcomes: readonly Outcome[], found: readonly string[]): string[] {
  const put = outcomes.reduce((sum, { vectors }) => sum + vectors, 0);
  const source = GALLEY_XSS_PAYLOADS ? "other people's vectors" : "vectors";
  const figures = [`${source} ${vectors}`, `sinks ${outcomes.length}`, ...found.slice(0, 2).map((one) => one.replace(/\s+/g, " ").slice(0, 160))];
  return ["--cases", String(put), "--failed", String(found.length), "--seed", GALLEY_XSS_SEED, ...figures.flatMap((figure) => ["--figure", figure])];
}
