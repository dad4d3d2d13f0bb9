/**
 * The document and the list on phones and a tablet, upright and sideways, with and without the keyboard. For the
 * pictures (`shots.ts`): the screens axe visits are those of `screens.ts`.
 */
import { expect, type Page } from "@playwright/test";
import { leave } from "./notes";
import { savedText } from "./notes-screens";
import { Person } from "./people";
import type { Screen, World } from "./screens";
import { Hand, keyboardPx, type Size } from "./touch";

const sizes: readonly Size[] = [
  { width: 360, height: 740 },
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 844, height: 390 },
];

interface Shown {
  name: string;
  keyboard: "up" | "down";
  go(page: Page, world: World): Promise<void>;
}

const shown: readonly Shown[] = [
  { name: "read", keyboard: "down", go: (page, world) => documentPage(page, world, "view") },
  { name: "edit", keyboard: "down", go: (page, world) => documentPage(page, world, "edit") },
  { name: "typing", keyboard: "up", go: typing },
  {
    name: "note",
    keyboard: "down",
    go: async (page, world) => (await documentPage(page, world, "view"), await pressNote(page)),
  },
  {
    name: "reply",
    keyboard: "up",
    go: async (page, world) => {
      await documentPage(page, world, "view");
      await pressNote(page);
      await page.getByLabel("Reply", { exact: true }).locator("visible=true").fill("They hope the timer wins.");
    },
  },
  {
    name: "share",
    keyboard: "down",
    go: async (page, world) => (await documentPage(page, world, "view"), await share(page)),
  },
  {
    name: "share-name",
    keyboard: "up",
    go: async (page, world) => {
      await documentPage(page, world, "view");
      await share(page);
      await page.getByRole("dialog", { name: "Share" }).getByRole("combobox").or(page.getByPlaceholder(/name/i)).first().focus();
    },
  },
  {
    name: "list",
    keyboard: "down",
    go: async (page, world) => {
      const ada = await world.ada();
      for (const text of ["", "# A letter to Augustus\n", "# The loom\n", savedText]) await ada.newDocument(text);
      await page.goto("/");
      await expect(page.getByRole("link", { name: "The loom" })).toBeVisible();
    },
  },
];

export const phoneScreens: readonly Screen[] = sizes.flatMap((size) =>
  shown.map(
    ({ name, keyboard, go }): Screen => ({
      name: `phone-${name}-${size.width}x${size.height}${keyboard === "up" ? `-less-${keyboardPx(size)}` : ""}`,
      only: "phone",
      who: "ada",
      go: async (page, world) => {
        await page.addInitScript(() => Object.assign(navigator, { share: async () => undefined }));
        const hand = await Hand.on(page);
        await hand.hold(size);
        await go(page, world);
        if (keyboard === "up") await hand.keyboard("up");
      },
    }),
  ),
);

async function documentPage(page: Page, world: World, panes: "edit" | "view"): Promise<void> {
  const ada = await world.ada();
  const document = await ada.newDocument(savedText);
  const ama = await Person.signUp(world.server, "ama", "Ama Serwaa");
  await ada.addMember(document, "ama", "edit");
  await leave(ama, document, "That is a hope, not a fact.", "Strong, but is it fair? Some of them do sync, just on a timer.");
  await ada.shareLink(document, "edit");
  await world.grace(document, "the number");
  await page.goto(`/d/${document.id}?${panes}`);
  await expect(page.locator("button.save")).toHaveText("Saved");
  await expect(page.getByRole("list", { name: "In this document" })).toContainText("Grace Hopper");
  await expect(page.locator(panes === "edit" ? ".cm-content" : "article.prose")).toBeVisible();
}

async function typing(page: Page, world: World): Promise<void> {
  await documentPage(page, world, "edit");
  const line = page.locator(".cm-line", { hasText: "three rules" });
  // The editor draws its lines anew while the keyboard comes.
  await expect(() => line.scrollIntoViewIfNeeded({ timeout: 1_000 })).toPass();
  await line.tap();
  // The end of the row, then of the line.
  for (let press = 0; press < 2; press++) await page.keyboard.press("End");
  await page.keyboard.type(" And");
}

async function pressNote(page: Page): Promise<void> {
  const words = page.locator("article.prose").getByText("That is a hope, not a fact.");
  const at = await words.evaluate((element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const from = node.textContent?.indexOf("That is a hope") ?? -1;
      if (from < 0) continue;
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, from + 6);
      const { left, top, width, height } = range.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    }
    throw new Error("not in the text");
  });
  await page.touchscreen.tap(at.x, at.y);
  await expect(page.getByLabel("Reply", { exact: true }).locator("visible=true")).toBeVisible();
}

async function share(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Share", exact: true }).locator("visible=true").first().tap();
  await expect(page.getByRole("dialog", { name: "Share" }).getByRole("button", { name: "Copy", exact: true }).first()).toBeVisible();
}
