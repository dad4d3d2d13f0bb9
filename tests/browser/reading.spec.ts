/** PG85: what a reader's page does before its script is there, and when it comes. */
import { expect, test } from "./fixtures";
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
