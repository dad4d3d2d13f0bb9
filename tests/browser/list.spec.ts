/** Your documents: what comes with the page and what comes later. */
import type { Route } from "@playwright/test";
import { expect, test } from "./fixtures";

test("the list that came with the page is not asked for again, and what changes then is shown", async ({ ada, window }) => {
  const document = await ada.newDocument("# First\n");
  const page = await window(ada);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (/\/api\/documents$/.test(request.url())) asked.push(request.method());
  });
  let turn = 0;
  // What the server still writes down of a new document is a change like any other: then once more.
  await expect(async () => {
    asked.length = 0;
    const stream = page.waitForResponse(/\/api\/events/);
    await page.goto("/");
    await stream;
    const title = `Title ${++turn}`;
    await ada.call("PATCH", `/api/documents/${document.id}`, { title });
    await expect(page.getByRole("link", { name: title })).toBeVisible();
    expect(asked).toEqual(["GET"]);
  }).toPass();
});

test("a list that changed before the page listens is asked for once", async ({ ada, window }) => {
  const document = await ada.newDocument("# First\n");
  const page = await window(ada);
  const late = async (route: Route) => {
    await ada.call("PATCH", `/api/documents/${document.id}`, { title: "Second" });
    await route.continue();
  };
  await page.route(/\/api\/events/, late, { times: 1 });
  await page.goto("/");
  await expect(page.getByRole("link", { name: "Second" })).toBeVisible();
});

test("PG86 a menu is a matter of keys alone, and a name changed from it has the focus", async ({ ada, window }) => {
  await ada.newDocument("# First\n");
  const page = await window(ada);
  await page.goto("/");
  const more = page.getByRole("button", { name: "More for First" });
  await more.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Rename" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Title" })).toBeFocused();
  await page.keyboard.press("Escape");
  await more.focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Rename" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(more).toBeFocused();
});

test("PG86 a menu that cannot come says so", async ({ ada, window }) => {
  await ada.newDocument("# First\n");
  const page = await window(ada);
  await page.route(/late-parts/, (route) => route.abort());
  await page.goto("/");
  const more = page.getByRole("button", { name: "More for First" });
  await more.click();
  await expect(page.getByText("That could not be loaded.")).toBeVisible();
  await expect(more).toHaveAttribute("aria-expanded", "false");
  await page.unroute(/late-parts/);
  await more.click();
  await expect(page.getByRole("menuitem", { name: "Rename" })).toBeFocused();
});
