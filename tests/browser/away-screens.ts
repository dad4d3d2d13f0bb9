/** The screens of a return after a long absence. Part of the list in `screens.ts`. */
import { expect, type Page } from "@playwright/test";
import { Cut } from "./cut";
import { Desk } from "./desk";
import { savedText } from "./notes-screens";
import type { Screen, World } from "./screens";
import { Writer } from "./writers";

export const awayScreens: readonly Screen[] = [
  { name: "away", who: "ada", go: async (page, world) => void (await comeBack(page, world)) },
  {
    name: "away-note",
    who: "ada",
    go: async (page, world) => {
      await comeBack(page, world);
      await page.getByRole("region", { name: "While you were away" }).getByRole("button", { name: "Show", exact: true }).click();
      await page.getByRole("status").getByRole("button", { name: "Show" }).click();
      await expect(page.getByText("Two versions of this met while I was offline.")).toBeVisible();
    },
  },
];

/** Ada was away with a sentence of hers, which Tomasz rewrote too, and so did others with more of the text. */
async function comeBack(page: Page, world: World): Promise<void> {
  const ada = await world.ada();
  const document = await ada.newDocument(savedText);
  const line = await Cut.in(page);
  const wide = (page.viewportSize()?.width ?? 0) >= 720;
  await page.goto(`/d/${document.id}?${wide ? "both" : "edit"}`);
  const desk = new Desk(page);
  await desk.expectSaved();
  const [tomasz, ama] = [await Writer.join(world.server, ada, document, "Tomasz Bielak"), await Writer.join(world.server, ada, document, "Ama Serwaa")];
  await line.cut();
  await expect(desk.saveState).toContainText("Offline");
  await desk.select("That is a hope");
  await page.keyboard.insertText("That is only a hope");
  tomasz.replace("That is a hope, not a fact.", "That is a promise nobody keeps.");
  ama.replace("Grouping made honesty nearly free.", "Grouping made honesty nearly free, and the tests twice as long.");
  await ama.hears("nobody keeps");
  await tomasz.hears("twice as long");
  for (const writer of [tomasz, ama]) writer.leave();
  await line.join(5 * 60_000);
  await desk.expectSaved();
  // While one types on a phone there is no room for it.
  if (!wide) await page.getByRole("button", { name: "Read" }).first().click();
  await expect(page.getByRole("region", { name: "While you were away" })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "see the notes" })).toBeVisible();
}
