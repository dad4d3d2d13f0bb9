/** XS1 in full: `cargo xtask xss`. Its figures go where `GALLEY_XSS_FIGURES` says. */
import { writeFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { controls } from "./controls";
import { type Believed, type Outcome, Progress, run, table, unseen } from "./run";
import { sinks } from "./sinks";
import { Stage } from "./stage";
import { fromFile, generate } from "./vectors";

const { GALLEY_XSS_COUNT = "3000", GALLEY_XSS_SEED = "1", GALLEY_XSS_PAYLOADS, GALLEY_XSS_SINKS, GALLEY_XSS_PROGRESS, GALLEY_XSS_FIGURES, GALLEY_XSS_SECONDS } = process.env;

const chosen = GALLEY_XSS_SINKS ? sinks.filter(({ name }) => GALLEY_XSS_SINKS.split(",").includes(name)) : sinks;
const vectors = GALLEY_XSS_PAYLOADS ? fromFile(GALLEY_XSS_PAYLOADS) : generate(Number(GALLEY_XSS_COUNT), Number(GALLEY_XSS_SEED));

test("XS1 XS2 nothing that means harm runs, loads, leaves or changes a page, anywhere, and whatever did would be seen", async ({ browser }) => {
  const until = GALLEY_XSS_SECONDS ? Date.now() + Number(GALLEY_XSS_SECONDS) * 1_000 : Number.POSITIVE_INFINITY;
  const progress = new Progress(GALLEY_XSS_PROGRESS ?? null, `${GALLEY_XSS_PAYLOADS ?? ""} ${vectors.length} ${GALLEY_XSS_SEED}`);
  const believed = await controls(browser, chosen, progress, console.log);
  const stage = await Stage.open(browser);
  const outcomes = await run(stage, { sinks: chosen, vectors, progress, until, say: console.log });
  const { pictures, inFrames } = stage.refused();
  await stage.close();
  console.log(`\n${table(outcomes)}\n\n${vectors.length} vectors; refused by design: ${pictures} pictures by plain http, ${inFrames} things in the diagrams' frame\n`);
  const found = outcomes.flatMap(({ sink, found }) => found.map((it) => `${sink}: ${JSON.stringify(it)}`));
  const blind = believed.filter(({ wrong }) => wrong !== null).map(({ sink, wrong }) => `${sink}: ${wrong}`);
  if (GALLEY_XSS_FIGURES) writeFileSync(GALLEY_XSS_FIGURES, row(outcomes, found, believed).join("\n"));
  expect({ found, blind }).toEqual({ found: [], blind: [] });
});

/** What `torture note` is told, one word a line. Its time is that in the sinks, over all the parts of a run that went on. */
function row(outcomes: readonly Outcome[], found: readonly string[], believed: readonly Believed[]): string[] {
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
  const fewest = Math.min(...outcomes.map(({ vectors }) => vectors));
  const findings = outcomes.flatMap(({ found }) => found.flatMap(({ findings }) => findings));
  const of = (...kinds: string[]) => findings.filter(({ kind }) => kinds.includes(kind)).length;
  const source = GALLEY_XSS_PAYLOADS ? "other people's vectors" : "vectors";
  const figures = [
    `${source} ${vectors.length}${fewest < vectors.length ? `, of which every sink got ${fewest}` : ""}`,
    `sinks ${outcomes.length}`,
    `executions ${of("execution", "request", "navigation")}`,
    `CSP violations ${of("violation")}`,
    `not seen ${unseen(outcomes)}`,
    `turned away by a door ${sum(({ turnedAway }) => turnedAway)}`,
    `controls seen ${believed.filter(({ wrong }) => wrong === null).length} of ${believed.length}`,
    ...found.slice(0, 2).map((one) => one.replace(/\s+/g, " ").slice(0, 160)),
  ];
  const blind = believed.filter(({ wrong }) => wrong !== null).length;
  const seconds = Math.round(sum(({ ms }) => ms) / 1_000);
  return ["--seconds", String(seconds), "--cases", String(sum(({ vectors }) => vectors)), "--failed", String(found.length + blind), "--seed", GALLEY_XSS_SEED, ...figures.flatMap((figure) => ["--figure", figure])];
}
