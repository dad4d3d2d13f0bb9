/**
 * axe finds nothing on any screen, in either theme, at either width. Every screen is visited under the page's own
 * Content-Security-Policy, so a violation on any of them fails here too (fixtures.ts).
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type Axe from "axe-core";
import { expect, phone, test } from "./fixtures";
import { phoneScreens } from "./phone-screens";
import { screens, World } from "./screens";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const widths = { desk: {}, phone };

const all = [...screens, ...phoneScreens];
/** Of the phones' sizes the one whose rows are its own. */
const visited = [...screens, ...phoneScreens.filter(({ name }) => name.includes("844x390"))];

test("PG74 every list of screens is among them", async () => {
  const lists = readdirSync(import.meta.dirname).filter((file) => file.endsWith("-screens.ts"));
  for (const file of lists) {
    const own = Object.values((await import(`./${file}`)) as Record<string, unknown>).filter(Array.isArray).flat() as unknown[];
    expect(own.length, `screens in ${file}`).toBeGreaterThan(0);
    expect(own.filter((screen) => !(all as readonly unknown[]).includes(screen)), file).toEqual([]);
  }
  const names = all.map(({ name }) => name);
  expect(names.filter((name, at) => names.indexOf(name) !== at), "names are told apart").toEqual([]);
});

for (const screen of visited) {
  for (const width of ["desk", "phone"] as const) {
    if (screen.only && screen.only !== width) continue;
    test(`PG74 axe finds nothing on ${screen.name} (${width})`, async ({ server, window }) => {
      const world = new World(server);
      const page = await window(screen.who === "ada" ? await world.ada() : null, widths[width]);
      await screen.go(page, world);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        expect(await findings(page), colorScheme).toEqual([]);
      }
      world.end();
    });
  }
}

/** One line for each element axe objects to. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof Axe };
    // The headings of a document are its writer's: an empty one has none.
    const isDocument = document.querySelector(".doc") !== null;
    const rules = { "page-has-heading-one": { enabled: !isDocument }, "target-size": { enabled: true } };
    const { violations } = await axe.run(document, { resultTypes: ["violations"], rules });
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map((node) => `${id} (${impact ?? "?"}): ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`),
    );
  });
}
