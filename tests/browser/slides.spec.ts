/** PG34: the text as slides, alone and with others. */
import type { Page } from "@playwright/test";
import { expect, phone, test } from "./fixtures";
import { Person } from "./people";

const talk = "---\ntitle: A talk\n---\n\n# Engines\n\nWho built them.\n\n---\n\n## The mill\n\n- one\n- two\n\n***\n\nstill the mill\n\n---\n\n## The store\n\nThe end.\n";

const line = (page: Page) => page.getByRole("navigation", { name: "Slides" });
const shown = (page: Page) => page.locator("article.prose > .block:visible");

test("PG34 keys and presses turn slides, one at a time", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(talk), { panes: "view" });
  await desk.more("Present as slides");
  const { page } = desk;
  await expect(line(page)).toContainText("1 of 3");
  await expect(shown(page)).toHaveText(["Engines", "Who built them."]);
  expect(new URL(page.url()).search).toContain("slides");
  await page.keyboard.press("ArrowRight");
  await expect(line(page)).toContainText("2 of 3");
  await expect(page.locator("article").getByText("still the mill")).toBeVisible();
  await expect(page.locator("article").getByText("Engines")).toBeHidden();
  await page.keyboard.press("End");
  await expect(line(page)).toContainText("3 of 3");
  await page.keyboard.press("PageUp");
  await page.keyboard.press("Home");
  await expect(line(page)).toContainText("1 of 3");
  await page.locator(".scroller").click({ position: { x: 900, y: 300 } });
  await expect(line(page)).toContainText("2 of 3");
  await page.locator(".scroller").click({ position: { x: 60, y: 300 } });
  await expect(line(page)).toContainText("1 of 3");
  await line(page).getByRole("button", { name: "Next slide" }).click();
  await page.keyboard.press(" ");
  await expect(line(page)).toContainText("3 of 3");
  await line(page).getByRole("button", { name: "Leave the slides" }).click();
  await expect(line(page)).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Engines" })).toBeVisible();
  expect(new URL(page.url()).search).not.toContain("slides");
});

test("PG34 a guest who reads has them by their address, large enough and whole", async ({ ada, server, window }) => {
  const document = await ada.newDocument(talk);
  const reader = await Person.byLink(server, await ada.shareLink(document, "view"));
  const page = await window(reader);
  await page.goto(`/d/${document.id}?slides`);
  await expect(line(page)).toContainText("1 of 3");
  await expect(page.getByRole("banner")).toBeHidden();
  await page.keyboard.press("PageDown");
  await expect(page.locator("article").getByText("still the mill")).toBeVisible();
  const size = await page.locator("article").getByText("still the mill").evaluate((words) => Number.parseFloat(getComputedStyle(words).fontSize));
  expect(size).toBeGreaterThan(26);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("banner")).toBeVisible();
  await expect(line(page)).toHaveCount(0);
});

test("PG34 edits by others show in the slide, and one more before it does not turn it", async ({ ada, open, window }) => {
  const document = await ada.newDocument(talk);
  const page = await window(ada);
  await page.goto(`/d/${document.id}?slides`);
  await expect(line(page)).toContainText("1 of 3");
  await page.keyboard.press("End");
  await expect(line(page)).toContainText("3 of 3");
  const writer = await open(ada, document, { panes: "edit" });
  await writer.toEnd();
  await writer.page.keyboard.type("Or nearly.");
  await expect(page.locator("article").getByText("Or nearly.")).toBeVisible();
  await writer.select("## The mill");
  await writer.page.keyboard.press("ArrowLeft");
  await writer.page.keyboard.insertText("New\n\n---\n\n");
  await expect(line(page)).toContainText("4 of 4");
  await expect(page.locator("article").getByText("Or nearly.")).toBeVisible();
});

test("PG34 who follows turns along, in slides and out of them", async ({ ada, server, open, window }) => {
  const document = await ada.newDocument(talk.replace("The end.", "The end.\n\n".repeat(60)));
  const grace = await Person.byLink(server, await ada.shareLink(document, "view"), "Grace");
  const [presenter, listener] = [await window(ada), await window(grace)];
  await presenter.goto(`/d/${document.id}?slides`);
  await listener.goto(`/d/${document.id}?slides`);
  await expect(line(listener)).toContainText("1 of 3");
  await listener.keyboard.press("Escape");
  await listener.getByRole("button", { name: "Follow Ada Lovelace" }).click();
  await listener.getByRole("button", { name: "More", exact: true }).click();
  await listener.getByRole("menuitem", { name: "Present as slides" }).click();
  await presenter.keyboard.press("ArrowRight");
  await expect(line(listener)).toContainText("2 of 3");
  await presenter.keyboard.press("ArrowRight");
  await expect(line(listener)).toContainText("3 of 3");
  await expect(listener.getByRole("group", { name: "Following" })).toBeVisible();
  await listener.keyboard.press("ArrowLeft");
  await expect(listener.getByRole("group", { name: "Following" })).toHaveCount(0);
  await expect(line(presenter)).toContainText("3 of 3");

  const other = await open(grace, document, { panes: "view" });
  await other.page.getByRole("button", { name: "Follow Ada Lovelace" }).click();
  await presenter.keyboard.press("Home");
  await expect(other.text.getByRole("heading", { name: "Engines" })).toBeInViewport();
  await presenter.keyboard.press("End");
  await expect(other.text.getByRole("heading", { name: "The store" })).toBeInViewport();
});

test("PG34 a sweep turns them on a phone, and a long one scrolls", async ({ ada, window }) => {
  const document = await ada.newDocument(`${talk}\n---\n\n${"A long slide says too much. ".repeat(120)}\n`);
  const page = await window(ada, phone);
  await page.goto(`/d/${document.id}?slides`);
  await expect(line(page)).toContainText("1 of 4");
  await page.locator(".scroller").evaluate((sheet) => {
    const at = (type: string, clientX: number) =>
      sheet.dispatchEvent(new PointerEvent(type, { clientX, clientY: 300, pointerType: "touch", bubbles: true }));
    at("pointerdown", 300);
    at("pointermove", 150);
    at("pointerup", 120);
  });
  await expect(line(page)).toContainText("2 of 4");
  await page.keyboard.press("End");
  await expect(line(page)).toContainText("4 of 4");
  const scrolls = await page.locator(".scroller").evaluate((sheet) => sheet.scrollHeight > sheet.clientHeight && sheet.scrollWidth <= sheet.clientWidth);
  expect(scrolls).toBe(true);
});

test("PG34 pictures that come together are made room for once", async ({ ada, window }) => {
  const page = await window(ada);
  await page.goto(`/d/${(await ada.newDocument("A long slide says too much. ".repeat(400))).id}?slides`);
  await expect(line(page)).toContainText("1 of 1");
  const sizes = await page.locator(".scroller").evaluate(async (sheet) => {
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    await frame();
    let sizes = 0;
    new MutationObserver((all) => (sizes += all.length)).observe(sheet, { attributeFilter: ["style"] });
    for (let picture = 0; picture < 50; picture++) sheet.querySelector("article p")?.dispatchEvent(new Event("load"));
    await frame();
    await frame();
    return sizes;
  });
  expect(sizes).toBeGreaterThan(0);
  expect(sizes).toBeLessThan(20);
});
