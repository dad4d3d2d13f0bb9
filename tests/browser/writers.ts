/** Others who write in a document while one looks or looks away: stock clients with a name. */
import { expect, type Page } from "@playwright/test";
import { type Document, Person } from "./people";
import type { Server } from "./server";
import { Stock } from "./stock";

export class Writer {
  private constructor(
    readonly person: Person,
    readonly stock: Stock,
  ) {}

  /** A guest by an edit link. */
  static async join(server: Server, owner: Person, document: Document, name: string): Promise<Writer> {
    const person = await Person.byLink(server, await owner.shareLink(document, "edit"), name);
    return new Writer(person, await Stock.join(server, person, document, "y-websocket 3.1"));
  }

  /** Puts words in the place of the first that are like this; "" is the end. */
  replace(old: string, words: string): void {
    const { stock } = this;
    const at = old === "" ? stock.text.length : stock.text.indexOf(old);
    if (at < 0) throw new Error(`the text does not say ${old}`);
    stock.doc.transact(() => {
      stock.content.delete(at, old.length);
      stock.content.insert(at, words);
    });
  }

  /** Writes words behind the first that are like this. */
  write(behind: string, words: string): void {
    const { stock } = this;
    const at = stock.text.indexOf(behind);
    if (at < 0) throw new Error(`the text does not say ${behind}`);
    stock.content.insert(at + behind.length, words);
  }

  /** Waits until the words of another have come here. */
  async hears(words: string): Promise<void> {
    await expect.poll(() => this.stock.text).toContain(words);
  }

  /** Waits until somebody of this name is here. */
  async meets(name: string): Promise<void> {
    await expect.poll(() => this.names()).toContain(name);
  }

  /** Waits until nobody of this name is here. */
  async misses(name: string): Promise<void> {
    await expect.poll(() => this.names()).not.toContain(name);
  }

  private names(): unknown[] {
    return [...this.stock.provider.awareness.getStates().values()].map(({ user }) => (user as { name?: string } | undefined)?.name);
  }

  leave(): void {
    this.stock.leave();
  }
}

/** The words the page's highlights of this name are on, one string each. */
export async function highlighted(page: Page, name: string): Promise<string[]> {
  return page.evaluate((wanted) => {
    const found: string[] = [];
    for (const [key, highlight] of CSS.highlights as unknown as Map<string, Set<StaticRange>>) {
      if (!new RegExp(`^galley-(${wanted})$`).test(key)) continue;
      for (const { startContainer, startOffset, endContainer, endOffset } of highlight) {
        const range = document.createRange();
        range.setStart(startContainer, startOffset);
        range.setEnd(endContainer, endOffset);
        found.push(range.toString());
      }
    }
    return found;
  }, name);
}
