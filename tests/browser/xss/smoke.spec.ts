/** XS1 with some vectors, in the places that show most. `cargo xtask xss` tries all of both. */
import { expect, test } from "@playwright/test";
import { Progress, run } from "./run";
import { main } from "./sinks";
import { Stage } from "./stage";
import { generate } from "./vectors";

test("XS1 some of what means harm runs, loads, leaves or changes nothing where it shows most", async ({ browser }) => {
  test.setTimeout(300_000);
  const stage = await Stage.open(browser);
  const outcomes = await run(stage, { sinks: main, vectors: generate(60, 20_261_126), progress: new Progress(null, ""), until: Number.POSITIVE_INFINITY, say() {} });
  await stage.close();
  expect(outcomes.flatMap(({ sink, found }) => found.map(({ vectors, findings }) => ({ sink, findings, vectors })))).toEqual([]);
});
