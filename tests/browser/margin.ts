/** The notes of a document page as a person finds them: the margin, its threads, what is pressed and typed there. */
import { expect, type Locator, type Page } from "@playwright/test";

export class Margin {
  readonly rail: Locator;
  readonly field: Locator;
  readonly draft: Locator;

  constructor(readonly page: Page) {
    this.rail = page.getByRole("complementary", { name: "Notes" });
    this.field = page.getByRole("textbox", { name: "New note" });
    this.draft = page.getByRole("region", { name: "New note" });
  }

  /** A thread, by something said in it. */
  thread(said: string): Locator {
    return this.page.getByRole("article").filter({ hasText: said }).locator("visible=true");
  }

  /** Opens a thread by its quote in the margin. */
  async open(said: string): Promise<Locator> {
    const thread = this.thread(said);
    await thread.getByRole("button").first().click();
    await expect(thread).toHaveAttribute("aria-current", "true");
    return thread;
  }

  async tab(name: "Open" | "Resolved" | "Detached"): Promise<void> {
    await this.page.getByRole("tab", { name }).click();
  }

  async expectCounts(open: number, resolved: number, detached: number): Promise<void> {
    for (const [name, count] of [["Open", open], ["Resolved", resolved], ["Detached", detached]] as const)
      await expect(this.page.getByRole("tab", { name: `${name} ${count}` })).toBeVisible();
  }

  /** What may be done with something said, from its menu. */
  async act(thread: Locator, who: string, entry: string): Promise<void> {
    await thread.getByRole("button", { name: `More for what ${who} said` }).last().click();
    await this.page.getByRole("menuitem", { name: entry }).click();
  }
}

/** Selects words of the rendered text, as with a pointer. */
export async function selectText(page: Page, words: string): Promise<void> {
  await page.locator("article.prose").getByText(words).first().scrollIntoViewIfNeeded();
  await page.evaluate((wanted) => {
    const walker = document.createTreeWalker(document.querySelector("article.prose") ?? document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const from = node.textContent?.indexOf(wanted) ?? -1;
      if (from < 0) continue;
      getSelection()?.setBaseAndExtent(node, from, node, from + wanted.length);
      return;
    }
    throw new Error(`the text does not say ${wanted}`);
  }, words);
}

/** Presses words where they are rendered. */
export async function pressText(page: Page, words: string): Promise<void> {
  await page.locator("article.prose").getByText(words).first().scrollIntoViewIfNeeded();
  const [x, y] = await page.evaluate((wanted) => {
    const walker = document.createTreeWalker(document.querySelector("article.prose") ?? document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const from = node.textContent?.indexOf(wanted) ?? -1;
      if (from < 0) continue;
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, from + wanted.length);
      const [line] = range.getClientRects();
      if (line) return [line.left + Math.min(12, line.width / 2), line.top + line.height / 2] as const;
    }
    throw new Error(`the text does not say ${wanted}`);
  }, words);
  if (await page.evaluate(() => matchMedia("(pointer: coarse)").matches)) await page.touchscreen.tap(x, y);
  else await page.mouse.click(x, y);
}
