/** A phone: one pane at a time, the caret never hidden, everything within a thumb's reach. And tablets, for fingers. */
import type { Page } from "@playwright/test";
import { expect, phone, test } from "./fixtures";
import { Person } from "./people";
import { boxOf, caretBox, expectCaretFree, Hand, type Size, straight } from "./touch";

/** Paragraphs that name themselves, between things that scroll sideways. */
const long = [
  "# A long way",
  ...Array.from({ length: 60 }, (_, index) => `Paragraph ${index + 1} has enough words in it to be more than one row high on any phone there is.`),
  "```\na line of code that is much longer than any phone is wide, and then some more of it, and more\n```",
  "The last words.",
].join("\n\n");

const sizes: readonly Size[] = [
  { width: 360, height: 740 },
  { width: 390, height: 844 },
  { width: 740, height: 360 },
  { width: 768, height: 1024 },
  { width: 1024, height: 768 },
];

test("a document is read, then edited, on a phone", async ({ ada, open }) => {
  const document = await ada.newDocument("# On the train\n\nSome words to read.\n\n- [ ] buy milk\n");
  const desk = await open(ada, document, { ...phone, panes: "view" });
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

test("PG40 PG41 at every size the caret is in sight when the keyboard has come, and under nothing", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(long), { ...phone, panes: "edit" });
  const { page } = desk;
  const hand = await Hand.on(page);
  for (const size of sizes) {
    await hand.hold(size);
    // A line far down, where the keyboard will be.
    const low = await lowest(page);
    await page.touchscreen.tap(low.x, low.y);
    await expect(desk.source).toBeFocused();
    await hand.keyboard("up");
    await expectCaretFree(page);
    expect(await page.evaluate(() => [document.scrollingElement?.scrollTop, document.scrollingElement?.scrollHeight === innerHeight])).toEqual([0, true]);
    // At the end, and at the start, with a sentence of the page about.
    for (const key of ["Control+End", "Control+Home"]) {
      await page.keyboard.press(key);
      await expectCaretFree(page);
      await page.keyboard.press("Control+s");
      await expect(page.locator(".toast")).not.toHaveCount(0);
      await expectCaretFree(page);
      await page.getByRole("button", { name: "Dismiss" }).first().evaluate((button: HTMLElement) => button.click());
      await expect(page.locator(".toast")).toHaveCount(0);
    }
    await expect(desk.saveState).toBeInViewport({ ratio: 0.95 });
    await hand.keyboard("down");
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  }
});

test("PG41 with the keyboard up most of a small phone is text", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(long), { ...phone, viewport: { width: 360, height: 740 }, panes: "edit" });
  const hand = await Hand.on(desk.page);
  const rows = async () => {
    const { top, bottom } = await boxOf(desk.page.locator(".cm-scroller"));
    return Math.floor((bottom - top) / 27);
  };
  await desk.source.tap();
  await hand.keyboard("up");
  await expect.poll(rows).toBeGreaterThanOrEqual(12);
  await hand.keyboard("down");
  await hand.hold({ width: 740, height: 360 });
  await hand.keyboard("up");
  await expect.poll(rows).toBeGreaterThanOrEqual(4);
  await expect(desk.saveState).toBeInViewport({ ratio: 0.95 });
});

test("PG42 the formatting bar keeps the focus, scrolls under a finger, and goes with the keyboard", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("one\n\ntwo"), { ...phone, viewport: { width: 360, height: 740 }, panes: "edit" });
  const { page } = desk;
  const hand = await Hand.on(page);
  const dock = page.getByRole("toolbar", { name: "Formatting" });
  await expect(desk.source).toBeVisible();
  await expect(dock).toHaveCount(0);
  await desk.source.tap();
  await hand.keyboard("up");
  await expect(dock).toBeVisible();
  const bar = page.locator(".dock");
  const row = page.locator(".dock-row");
  await expect(row).toHaveAttribute("data-more", "end");

  for (const button of await bar.getByRole("button").all()) {
    const name = (await button.getAttribute("aria-label")) ?? "";
    const { width, height } = (await button.boundingBox()) ?? { width: 0, height: 0 };
    expect([name, width >= 44, height >= 44]).toEqual([name, true, true]);
    if (/Image|note|keyboard/.test(name)) continue;
    await button.tap();
    await expect(desk.source, name).toBeFocused();
  }
  // What was undone can be redone, beside undo.
  await page.keyboard.press("Control+a");
  await page.keyboard.type("words");
  const undo = bar.getByRole("button", { name: "Undo" });
  const before = await boxOf(undo);
  await undo.tap();
  await expect(bar.getByRole("button", { name: "Redo" })).toBeVisible();
  expect(await boxOf(undo)).toEqual(before);
  await bar.getByRole("button", { name: "Redo" }).tap();
  await desk.expectSource("words");

  await bar.getByRole("button", { name: "Hide the keyboard" }).tap();
  await expect(desk.source).not.toBeFocused();
  await expect(bar).toHaveCount(0);

  // Put away by the system, the focus stays and the bar goes; it comes back with the keyboard.
  await hand.keyboard("down");
  await desk.source.tap();
  await hand.keyboard("up");
  await expect(bar).toBeVisible();
  await hand.keyboard("down");
  await expect(bar).toHaveCount(0);
  await expect(page.getByRole("group", { name: "View" }).last()).toBeVisible();
  await hand.keyboard("up");
  await expect(bar).toBeVisible();

  const { left, top } = await boxOf(row);
  await hand.sweep(straight([left + 200, top + 20], [left + 20, top + 20], 12));
  await expect.poll(() => row.evaluate((element) => element.scrollLeft)).toBeGreaterThan(60);
  await expect(desk.source).toBeFocused();
});

test("PG43 the title folds while one types and comes back when one looks up; no line moves, the save state stays", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(long), { ...phone, panes: "edit" });
  const { page } = desk;
  const hand = await Hand.on(page);
  const title = page.locator(".bar .title");
  await expect(title).toBeVisible();
  await desk.source.tap();
  await hand.keyboard("up");
  await page.keyboard.press("Control+End");
  await page.keyboard.type(" And more.");
  await expect(title).toBeHidden();
  await expect(desk.saveState).toBeVisible();
  const folded = await boxOf(page.locator(".cm-scroller"));

  await hand.sweep(straight([200, 150], [200, 330], 10));
  await expect(title).toBeVisible();
  await expect(desk.saveState).toBeVisible();
  await expect(page.getByRole("button", { name: "More", exact: true })).toBeVisible();
  expect(await boxOf(page.locator(".cm-scroller"))).toEqual(folded);
  await expect(page.locator(".dock")).toBeVisible();

  await page.keyboard.type("!");
  await expect(title).toBeHidden();
  await hand.keyboard("down");
  await expect(title).toBeVisible();
});

test("PG44 from reading to writing and back one stays where one is", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(long), { ...phone, panes: "view" });
  const { page } = desk;
  const hand = await Hand.on(page);
  const paragraph = desk.text.getByText(/^Paragraph 40 /);
  await paragraph.evaluate((element) => element.scrollIntoView({ block: "start" }));
  await page.locator(".scroller").evaluate((element) => element.scrollBy(0, -element.clientHeight * 0.25 + 12));
  const read = await boxOf(paragraph);

  await press(page, "Edit");
  const line = page.locator(".cm-line", { hasText: "Paragraph 40 " });
  await expect(line).toBeInViewport();
  await expect.poll(async () => Math.abs((await boxOf(line)).top - read.top)).toBeLessThan(60);
  await hand.keyboard("up");
  await expectCaretFree(page);
  await page.keyboard.type("Here: ");
  await expect(line).toContainText(/^Here: Paragraph 40 |^Paragraph 40 /);
  expect(await desk.whole()).toMatch(/Here: Paragraph (39|40|41)/);
  const written = await caretBox(page);

  await page.getByRole("button", { name: "Read", exact: true }).locator("visible=true").tap();
  await hand.keyboard("down");
  const again = desk.text.getByText(/^Here: Paragraph/);
  await expect(again).toBeInViewport();
  await expect.poll(async () => Math.abs((await boxOf(again)).top - written.top)).toBeLessThan(90);

  // The top is the top, with what the source has above it.
  await page.locator(".scroller").evaluate((element) => element.scrollTo(0, 0));
  await press(page, "Edit");
  expect(await page.locator(".cm-scroller").evaluate((element) => element.scrollTop)).toBe(0);
});

test("PG45 one's own document is there to be written, another's to be read", async ({ server, ada, open }) => {
  const document = await ada.newDocument("# Train\n\nWords.");
  const own = await open(ada, document, phone);
  await expect(own.source).toBeVisible();
  await expect(own.text).toBeHidden();
  await expect(own.source).not.toBeFocused();
  const bob = await Person.signUp(server, "bob", "Bob Babbage");
  await ada.addMember(document, "bob", "edit");
  const his = await open(bob, document, phone);
  await expect(his.text).toBeVisible();
  await expect(his.source).toBeHidden();
});

test("PG46 a link is given to the system's share sheet, with the title", async ({ ada, window }) => {
  const document = await ada.newDocument("# Train\n\nWords.");
  const link = await ada.shareLink(document, "edit");
  const page = await window(ada, phone);
  await page.addInitScript(() => {
    const shared: ShareData[] = [];
    Object.assign(globalThis, { shared });
    Object.assign(navigator, { share: async (data: ShareData) => void shared.push(data) });
  });
  await page.goto(`/d/${document.id}?view`);
  await page.getByRole("button", { name: "Share", exact: true }).locator("visible=true").tap();
  const dialog = page.getByRole("dialog", { name: "Share" });
  await expect(dialog.getByRole("button", { name: "Copy", exact: true })).toBeVisible();
  // No keyboard that was not asked for.
  await expect(dialog.getByRole("combobox").or(dialog.getByRole("textbox")).first()).not.toBeFocused();
  await dialog.getByRole("button", { name: "Share…" }).tap();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "More", exact: true }).tap();
  await page.getByRole("menuitem", { name: "Share link…" }).tap();
  const shared = await page.evaluate(() => (globalThis as unknown as { shared: ShareData[] }).shared);
  expect(shared).toEqual([
    { title: "Train", url: link.url },
    { title: "Train", url: new URL(document.url, page.url()).href },
  ]);
});

test("PG47 a finger sweeps from pane to pane; edges, code and a change of mind do not", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(long), { ...phone, panes: "view" });
  const { page } = desk;
  const hand = await Hand.on(page);
  await expect(desk.source).toBeAttached();
  const panes = page.locator(".panes");

  await hand.sweep(straight([100, 400], [300, 410]), "stays");
  await expect(panes).toHaveAttribute("data-sweep", "left");
  expect((await boxOf(page.locator(".pane.preview"))).left).toBeGreaterThan(150);
  await expect(desk.source).toBeInViewport();
  await hand.lift();
  await expect(panes).toHaveAttribute("data-view", "edit");
  await expect(panes).not.toHaveAttribute("data-sweep");
  // One has come to look: no keyboard.
  await expect(desk.source).not.toBeFocused();
  await hand.sweep(straight([300, 400], [80, 400]));
  await expect(panes).toHaveAttribute("data-view", "view");

  for (const [from, to] of [
    [[10, 400], [300, 400]],
    [[300, 400], [100, 400]],
    [[200, 300], [230, 600]],
  ] as const) {
    await hand.sweep(straight(from, to), "stays");
    await expect(panes).not.toHaveAttribute("data-sweep");
    await hand.lift();
    await expect(panes).toHaveAttribute("data-view", "view");
  }
  // There and back again.
  await hand.sweep([...straight([100, 400], [330, 400]), ...straight([330, 400], [110, 400])]);
  await expect(panes).not.toHaveAttribute("data-sweep");
  await expect(panes).toHaveAttribute("data-view", "view");
  // Code goes sideways itself.
  const code = desk.text.locator("pre").first();
  await code.scrollIntoViewIfNeeded();
  const { left, top } = await boxOf(code);
  await hand.sweep(straight([left + 60, top + 30], [left + 280, top + 30]));
  await expect(panes).toHaveAttribute("data-view", "view");

  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.locator(".scroller").evaluate((element) => element.scrollTo(0, 0));
  await hand.sweep(straight([100, 400], [300, 400]), "stays");
  await expect(panes).not.toHaveAttribute("data-sweep");
  await hand.lift();
  await expect(panes).toHaveAttribute("data-view", "edit");
});

test("PG49 on a tablet the panes of a desk are for fingers", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(long), { ...phone, viewport: { width: 1024, height: 768 }, panes: "both" });
  const { page } = desk;
  await expect(desk.source).toBeVisible();
  await expect(desk.text).toBeVisible();
  const small = await page.locator(".bar button:visible, .bar a:visible, .toolbar button:visible, .unlink").evaluateAll((elements) =>
    elements
      .filter((element) => element.getBoundingClientRect().height < 44 || element.getBoundingClientRect().width < 36)
      .map((element) => `${element.getAttribute("aria-label") ?? element.textContent}: ${element.className}`),
  );
  expect(small).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1024);
  await page.locator(".cm-line", { hasText: "Paragraph 3 " }).tap();
  await page.keyboard.type("x");
  await page.getByRole("button", { name: "Undo" }).tap();
  await expect(desk.source).toBeFocused();
  await desk.expectSource(long);
});

/** Where the source's lowest row in sight is touched. */
async function lowest(page: Page): Promise<{ x: number; y: number }> {
  const { left, bottom } = await boxOf(page.locator(".cm-scroller"));
  return { x: left + 120, y: bottom - 20 };
}

async function press(page: Page, name: "Edit" | "Read"): Promise<void> {
  await page.locator(".phone-switch").getByRole("button", { name }).tap();
}
