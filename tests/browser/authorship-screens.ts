/** The screens with authors and with what changed since one last looked. Part of the list in `screens.ts`. */
import { expect, type Page } from "@playwright/test";
import { savedText } from "./notes-screens";
import type { Document } from "./people";
import type { Screen, World } from "./screens";
import { Writer } from "./writers";

export const authorshipScreens: readonly Screen[] = [
  {
    name: "authors",
    who: "ada",
    go: async (page, world) => {
      const document = await written(world, async () => undefined);
      await page.goto(`/d/${document.id}?${isPhone(page) ? "edit" : "both"}`);
      await show(page);
      await expect(page.locator(".cm-by").first()).toBeVisible();
      if (!isPhone(page)) await page.locator(".cm-by-bar").nth(6).hover();
    },
  },
  {
    name: "authors-view",
    who: "ada",
    go: async (page, world) => {
      const document = await written(world, async () => undefined);
      await page.goto(`/d/${document.id}?view`);
      await show(page);
    },
  },
  { name: "since", who: "ada", go: async (page, world) => void (await comeBack(page, world)) },
  {
    name: "since-marks",
    who: "ada",
    go: async (page, world) => {
      await comeBack(page, world);
      await page.getByRole("button", { name: "Show", exact: true }).click();
      await expect(page.getByText(/^1 of \d$/)).toBeVisible();
      await expect(page.locator(".gone").first()).toBeVisible();
    },
  },
];

function isPhone(page: Page): boolean {
  return (page.viewportSize()?.width ?? 0) < 720;
}

async function show(page: Page): Promise<void> {
  await expect(page.locator("button.save")).toHaveText("Saved");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Who wrote this" }).click();
  await expect(page.getByRole("region", { name: "Who wrote this" })).toContainText("Tomasz Bielak");
}

/** Ada's text, which two others changed after she had a look at it. */
async function written(world: World, look: (document: Document, other: Writer) => Promise<void>): Promise<Document> {
  const ada = await world.ada();
  const document = await ada.newDocument(savedText);
  const [tomasz, ama] = [await Writer.join(world.server, ada, document, "Tomasz Bielak"), await Writer.join(world.server, ada, document, "Ama Serwaa")];
  await look(document, tomasz);
  tomasz.replace("That is a hope, not a fact.", "That is a promise nobody keeps.");
  tomasz.replace("a month of evenings teaching one small editor", "a whole year teaching one editor");
  await ama.hears("whole year");
  ama.replace("The last line is the promise. ", "");
  ama.replace("Grouping made honesty nearly free.", "Grouping made honesty nearly free, and the tests twice as long.");
  ama.replace("- [ ] Drop the network in mid-sentence\n", "- [ ] Drop the network in mid-sentence\n- [ ] Ask a friend to lean on the keyboard\n");
  await tomasz.hears("lean on the keyboard");
  for (const writer of [tomasz, ama]) writer.leave();
  return document;
}

async function comeBack(page: Page, world: World): Promise<void> {
  const document = await written(world, async ({ id }, other) => {
    await page.goto(`/d/${id}?view`);
    await expect(page.locator("button.save")).toHaveText("Saved");
    await other.meets("Ada Lovelace");
    await page.goto("about:blank");
    await other.misses("Ada Lovelace");
  });
  await page.goto(`/d/${document.id}?${isPhone(page) ? "view" : "both"}`);
  await expect(page.getByRole("region", { name: "Since you last looked" })).toBeVisible();
}
