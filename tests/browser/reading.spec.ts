/** PG85: what a reader's page does before its script is there, and when it comes. */
import { expect, phone, test } from "./fixtures";
import { Person } from "./people";

/** In the page, before its own scripts: whether the text the server sent was ever taken out of it. */
function watch(): void {
  const told = globalThis as unknown as { text: Element | null; moved: boolean };
  told.moved = false;
  addEventListener("DOMContentLoaded", () => {
    told.text = document.querySelector("article.prose");
    new MutationObserver((all) => {
      for (const { removedNodes } of all) for (const node of removedNodes) told.moved ||= node.contains(told.text);
    }).observe(document, { subtree: true, childList: true });
  });
}

test("PG85 the script draws around the text that stands there, for who reads and for who writes", async ({ ada, server, window }) => {
  const document = await ada.newDocument("# A reader\n\nWho reads this.\n");
  const reader = await Person.byLink(server, await ada.shareLink(document, "view"));
  for (const who of [reader, ada]) {
    const page = await window(who);
    await page.addInitScript(watch);
    await page.goto(`/d/${document.id}?view`);
    await expect(page.getByRole("button", { name: "More", exact: true })).toBeVisible();
    await expect(page.locator(".save").first()).toBeAttached();
    const kept = await page.evaluate(() => {
      const told = globalThis as unknown as { text: Element | null; moved: boolean };
      return { same: told.text === globalThis.document.querySelector("article.prose"), moved: told.moved };
    });
    expect(kept).toEqual({ same: true, moved: false });
    await expect(page.locator(".panes")).toHaveAttribute("data-view", "view");
  }
});

/** One of what `fonts.css` makes as wide as ours; a machine without any says nothing of it. */
const standIns = ["Georgia", "Noto Serif", "Times New Roman", "Liberation Serif", "DejaVu Serif"];

const paragraph =
  "A paragraph with *emphasis*, **weight**, `code` and a [link](https://example.org). It goes on for a while, as paragraphs do, and ends here.";

/** Of phones, and of a desk. */
const widths = [360, 384, 393, 412, 430, 1440];

test("PG85 no line moves when a font comes, in a title, in bold, in italic and in code", async ({ ada, server, window }) => {
  const document = await ada.newDocument(`# What a title says\n\n${`${paragraph}\n\n## A section of it\n\n> ${paragraph}\n\n`.repeat(4)}`);
  const page = await window(await Person.byLink(server, await ada.shareLink(document, "view")), phone);
  let come = () => {};
  const asked = new Promise<void>((done) => (come = done));
  await page.route("**/*.woff2", (route) => asked.then(() => route.continue()));
  await page.goto(`/d/${document.id}`, { waitUntil: "commit" });
  await expect(page.getByRole("button", { name: "More", exact: true })).toBeVisible();
  const here = await page.evaluate((names) => Promise.any(names.map((name) => new FontFace("probe", `local("${name}")`).load())).then(() => true, () => false), standIns);
  test.skip(!here, "no font of this machine stands in for ours");
  const heights = async () => {
    const all: unknown[] = [];
    for (const width of widths) {
      await page.setViewportSize({ width, height: 844 });
      all.push(await page.locator(".prose, .prose .block").evaluateAll((blocks) => blocks.map((block) => Math.round(block.getBoundingClientRect().height))));
    }
    return all;
  };
  const before = await heights();
  come();
  await page.evaluate(() => globalThis.document.fonts.ready);
  await expect.poll(() => page.evaluate(() => globalThis.document.fonts.check('18px "Galley Serif"'))).toBe(true);
  expect(await heights()).toEqual(before);
});
