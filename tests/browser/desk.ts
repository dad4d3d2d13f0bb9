/**
 * A document page as a test sees it: the source, the text, the save state, the people.
 *
 * Everything is found by what a person sees or hears; only the whole source is asked of CodeMirror, because a long
 * document is never whole in the page.
 */
import { expect, type Locator, type Page } from "@playwright/test";

interface ContentElement extends HTMLElement {
  cmTile?: { root: { view: { state: { doc: { toString(): string } } } } };
}

export class Desk {
  readonly source: Locator;
  readonly text: Locator;
  readonly saveState: Locator;
  readonly people: Locator;

  constructor(readonly page: Page) {
    this.source = page.locator(".cm-content");
    this.text = page.locator("article.prose");
    this.saveState = page.locator("button.save");
    this.people = page.getByRole("list", { name: "In this document" });
  }

  /** The whole source. */
  async whole(): Promise<string> {
    return this.source.evaluate((content: ContentElement) => content.cmTile?.root.view.state.doc.toString() ?? "no editor");
  }

  async expectSource(text: string): Promise<void> {
    await expect.poll(() => this.whole()).toBe(text);
  }

  /** Nothing is unsaved, and the text is in the editor: a page that is only arriving says "Saved" before that. */
  async expectSaved(): Promise<void> {
    await expect(this.saveState).toHaveText("Saved");
    await expect(this.page.locator(".source-text[aria-busy]")).toHaveCount(0);
  }

  /** Puts the caret at the end of the source. */
  async toEnd(): Promise<void> {
    await this.source.focus();
    await this.page.keyboard.press("Control+End");
  }

  /** Replaces everything. */
  async write(text: string): Promise<void> {
    await this.source.focus();
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.insertText(text);
  }

  /** Selects the first place where the source says this. */
  async select(words: string): Promise<void> {
    const at = (await this.whole()).indexOf(words);
    if (at < 0) throw new Error(`the source does not say ${words}`);
    await this.source.focus();
    await this.page.keyboard.press("Control+Home");
    for (let step = 0; step < at; step++) await this.page.keyboard.press("ArrowRight");
    for (let step = 0; step < words.length; step++) await this.page.keyboard.press("Shift+ArrowRight");
  }

  async view(name: "Edit" | "Both" | "View"): Promise<void> {
    await this.page.getByRole("group", { name: "View" }).first().getByRole("button", { name, exact: true }).click();
  }

  async more(entry: string): Promise<void> {
    await this.page.getByRole("button", { name: "More", exact: true }).click();
    await this.page.getByRole("menuitem", { name: entry }).click();
  }
}
