/** PG33, PG35 and PG36 in a browser: the outline, emoji, the cheat sheet. */
import type { Page } from "@playwright/test";
import { expect, phone, test } from "./fixtures";
import { Person } from "./people";

const part = (n: number) => `## Part ${n}\n\n${"The engine weaves algebraical patterns. ".repeat(20)}\n`;
const long = `# The engine\n\n${Array.from({ length: 12 }, (_, n) => part(n + 1)).join("\n")}`;

const outline = (page: Page) => page.getByRole("navigation", { name: "Outline" });
const current = (page: Page) => outline(page).locator("[aria-current]");

test("PG33 the outline follows what is read and written, and leads to it", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(long), { panes: "both" });
  await desk.page.getByRole("button", { name: "Outline", exact: true }).click();
  await expect(outline(desk.page).getByRole("listitem")).toHaveCount(13);
  await expect(current(desk.page)).toHaveText("The engine");

  await outline(desk.page).getByRole("button", { name: "Part 7" }).click();
  await expect(current(desk.page)).toHaveText("Part 7");
  await expect(desk.text.getByRole("heading", { name: "Part 7" })).toBeInViewport();
  await expect(desk.source.getByText("## Part 7")).toBeInViewport();

  await desk.page.locator(".scroller").hover();
  await desk.page.mouse.wheel(0, -20_000);
  await expect(current(desk.page)).toHaveText("The engine");

  await desk.toEnd();
  await desk.page.keyboard.type("\n\n## The last part\n");
  await expect(outline(desk.page).getByRole("button", { name: "The last part" })).toBeVisible();

  await desk.page.reload();
  await desk.expectSaved();
  await expect(outline(desk.page)).toBeVisible();
});

test("PG33 keys reach all of it, and AltGr opens nothing", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(long), { panes: "both" });
  await desk.source.focus();
  await desk.page.evaluate(() => {
    const init = { key: "ó", code: "KeyO", ctrlKey: true, altKey: true, bubbles: true, modifierAltGraph: true };
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", init));
  });
  await expect(outline(desk.page)).toHaveCount(0);
  await desk.page.keyboard.press("Control+Alt+o");
  await expect(outline(desk.page).getByRole("button", { name: "The engine" })).toBeFocused();
  await desk.page.keyboard.press("End");
  await desk.page.keyboard.press("ArrowUp");
  await desk.page.keyboard.press("Enter");
  await expect(desk.text.getByRole("heading", { name: "Part 11" })).toBeInViewport();
  await desk.page.keyboard.press("Escape");
  await expect(desk.source).toBeFocused();
});

test("PG33 a reader on a phone has it as a sheet", async ({ ada, server, open }) => {
  const document = await ada.newDocument(long);
  const reader = await Person.byLink(server, await ada.shareLink(document, "view"));
  const desk = await open(reader, document, phone);
  await desk.more("Outline");
  const sheet = desk.page.getByRole("dialog", { name: "Outline" });
  await sheet.getByRole("button", { name: "Part 9" }).click();
  await expect(sheet).toHaveCount(0);
  await expect(desk.text.getByRole("heading", { name: "Part 9" })).toBeInViewport();
});

test("PG33 without headings it says where they will be", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("words\n"), { panes: "view" });
  await desk.page.keyboard.press("Control+Alt+o");
  await expect(outline(desk.page)).toContainText("Headings will appear here.");
});

test("PG35 a colon offers emoji, but not on touch and not in code", async ({ ada, open }) => {
  const document = await ada.newDocument("");
  const desk = await open(ada, document, { panes: "edit" });
  await desk.source.focus();
  await desk.page.keyboard.type("Well done :tada");
  const list = desk.page.locator(".cm-tooltip-autocomplete");
  await expect(list.getByRole("option").first()).toContainText("tada");
  await list.getByRole("option").first().click();
  await desk.expectSource("Well done 🎉");
  await desk.page.keyboard.type(" `:tada");
  await expect(desk.source).toContainText(":tada");
  await expect(list).toHaveCount(0);
  const hand = await open(ada, await ada.newDocument(""), { ...phone, panes: "edit" });
  await hand.source.focus();
  await hand.page.keyboard.type("Well done :tada");
  await hand.expectSource("Well done :tada");
  await expect(hand.page.locator(".cm-tooltip-autocomplete")).toHaveCount(0);
});

test("PG36 the cheat sheet renders, is searched, and inserts", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("Before.\n"), { panes: "both" });
  await desk.toEnd();
  await desk.page.keyboard.press("F1");
  await desk.page.keyboard.type("cheat");
  await desk.page.keyboard.press("Enter");
  const sheet = desk.page.getByRole("dialog", { name: "Markdown" });
  await expect(sheet.getByRole("group", { name: "Bold" }).locator("strong")).toHaveText("bold");
  await expect(sheet.getByRole("group", { name: "Formula", exact: true }).locator("math")).toHaveCount(1);
  await sheet.getByRole("searchbox").fill("grid");
  await expect(sheet.locator(".cheat-row")).toHaveCount(1);
  await expect(sheet.getByRole("group", { name: "Table" }).locator("td").first()).toHaveText("one");
  await desk.page.keyboard.press("Tab");
  await desk.page.keyboard.press("Tab");
  await expect(sheet.getByRole("button", { name: "Insert: Table" })).toBeFocused();
  await desk.page.keyboard.press("Enter");
  await expect(sheet).toHaveCount(0);
  await desk.expectSource("Before.\n| Card | Columns |\n|------|--------:|\n| one  | 1,000   |\n");
  await expect(desk.source).toBeFocused();
});
