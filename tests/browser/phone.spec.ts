/** A phone: one pane at a time, reading first, everything within a thumb's reach. */
import { expect, phone, test } from "./fixtures";

test("a document is read, then edited, on a phone", async ({ ada, open }) => {
  const document = await ada.newDocument("# On the train\n\nSome words to read.\n\n- [ ] buy milk\n");
  const desk = await open(ada, document, phone);
  await expect(desk.text.getByText("Some words to read.")).toBeVisible();
  await expect(desk.source).toBeHidden();
  await desk.text.getByRole("checkbox").tap();
  await desk.expectSaved();

  await desk.page.getByRole("button", { name: "Edit", exact: true }).last().tap();
  await expect(desk.source).toBeVisible();
  await expect(desk.text).toBeHidden();
  await desk.source.tap();
  await desk.page.keyboard.press("Control+End");
  await desk.page.keyboard.type("written with a thumb");
  await expect(desk.page.getByRole("toolbar", { name: "Formatting" }).last()).toBeVisible();
  await desk.expectSaved();
  expect(await ada.text(document)).toBe("# On the train\n\nSome words to read.\n\n- [x] buy milk\nwritten with a thumb");
});

test("nothing is wider than the phone, and what can be touched is large enough", async ({ ada, open, window }) => {
  const wide = "# Wide things\n\n| a | b | c | d | e | f | g | h |\n|---|---|---|---|---|---|---|---|\n| a long cell | a long cell | a long cell | a long cell | a long cell | a long cell | a long cell | a long cell |\n\n```\na line of code that is much longer than any phone is wide, and then some more of it\n```\n";
  const desk = await open(ada, await ada.newDocument(wide), phone);
  const list = await window(ada, phone);
  await list.goto("/");
  await expect(list.getByRole("link", { name: "Wide things" })).toBeVisible();
  const start = await window(null, phone);
  await start.goto("/");
  await expect(start.getByRole("button", { name: "Sign in" }).first()).toBeVisible();
  for (const page of [desk.page, list, start]) {
    expect(await page.evaluate(() => document.documentElement.scrollWidth), page.url()).toBeLessThanOrEqual(390);
    // A link inside a sentence is as high as its line.
    const small = await page.locator("button:not(.inline-link):visible, a.btn:visible, input:visible").evaluateAll((elements) =>
      elements
        .filter((element) => !element.closest(".prose") && (element.closest("label") ?? element).getBoundingClientRect().height < 40)
        .map((element) => `${element.getAttribute("aria-label") ?? element.textContent}: ${element.className}`),
    );
    expect(small, page.url()).toEqual([]);
  }
});

test("fields are 16 px, so that no phone zooms in", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("x"), { ...phone, panes: "edit" });
  await expect(desk.source).toBeVisible();
  const size = await desk.source.evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
  expect(size).toBeGreaterThanOrEqual(16);
});
