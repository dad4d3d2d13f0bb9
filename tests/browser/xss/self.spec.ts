/** XS2: the watch sees what must not happen where it does happen. */
import { expect, test } from "@playwright/test";
import { believe, certain } from "./self";
import { Stage } from "./stage";

test("XS2 a page that believes everything is seen to do all of it", async ({ browser }) => {
  const stage = await Stage.open(browser);
  for (const [n, { sees, text }] of certain.entries()) {
    await believe(stage, [{ n, kind: "certain", text }]);
    await expect.poll(() => stage.findings().map(({ kind }) => kind), { message: text }).toContain(sees);
  }
  await stage.close();
});
