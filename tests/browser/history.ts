/** The history page as a person finds it: the list, the scrubber, what is shown, and the versions behind it by the API. */
import { expect, type Locator, type Page } from "@playwright/test";
import type { Document, Person } from "./people";
import type { Server } from "./server";
import { Stock } from "./stock";

export interface Version {
  id: string;
  name: string | null;
  at_ms: number;
}

export class History {
  readonly versions: Locator;
  readonly selected: Locator;
  readonly scrubber: Locator;
  readonly text: Locator;
  readonly source: Locator;
  readonly steps: Locator;

  constructor(readonly page: Page) {
    this.versions = page.locator(".version-pick");
    this.selected = page.locator(".version-pick[aria-current]");
    this.scrubber = page.getByRole("slider", { name: "Version" });
    this.text = page.getByRole("region", { name: "Page of this version" });
    this.source = page.getByRole("region", { name: "Source of this version" });
    this.steps = page.locator(".steps-count");
  }

  static async open(page: Page, document: Document, version?: string): Promise<History> {
    await page.goto(`/d/${document.id}/history${version ? `/${version}` : ""}`);
    const history = new History(page);
    await expect(history.text).toBeVisible();
    await history.settled();
    return history;
  }

  async pick(label: string | RegExp): Promise<void> {
    await this.versions.filter({ hasText: label }).first().click();
    await expect(this.selected).toContainText(label);
    await this.settled();
  }

  /** What is chosen is what is seen. */
  async settled(): Promise<void> {
    await expect(this.page.getByRole("region", { name: "Text", exact: true })).toHaveAttribute("aria-busy", "false");
  }

  async compare(label: "Changes to the previous version" | "Changes to now" | "No changes"): Promise<void> {
    await this.page.getByRole("combobox", { name: "Show" }).selectOption({ label });
    await this.settled();
  }

  /** The words marked so, in order. */
  marked(kind: "added" | "removed"): Locator {
    return this.page.locator(`.past-scroll [data-mark=${kind}]`);
  }

  /** Selects from one word on to another, as with a pointer. */
  async selectFrom(first: string, last: string): Promise<void> {
    await this.settled();
    await this.page.evaluate(
      ([from, to]) => {
        const root = document.querySelector(".past-scroll") ?? document.body;
        const find = (words: string): [Node, number] => {
          const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.textContent?.indexOf(words) ?? -1;
            if (at >= 0) return [node, at];
          }
          throw new Error(`this version does not say ${words}`);
        };
        const [start, end] = [find(from), find(to)];
        getSelection()?.setBaseAndExtent(start[0], start[1], end[0], end[1] + to.length);
      },
      [first, last] as const,
    );
  }

  async act(entry: string): Promise<void> {
    await this.page.locator(".version[data-selected]").getByRole("button", { name: /^More for / }).click();
    await this.page.getByRole("menuitem", { name: entry }).click();
  }
}

export async function nameVersion(by: Person, document: Document, name: string): Promise<Version> {
  return (await (await by.call("POST", `/api/documents/${document.id}/versions`, { name })).json()) as Version;
}

export async function versionsOf(by: Person, document: Document): Promise<Version[]> {
  const answer = await by.call("GET", `/api/documents/${document.id}/versions`);
  return ((await answer.json()) as { versions: Version[] }).versions;
}

/** Somebody writes: the text becomes this, and the server has it. */
export async function write(server: Server, by: Person, document: Document, text: string): Promise<void> {
  const stock = await Stock.join(server, by, document, "y-websocket 3.1");
  const old = stock.text;
  let head = 0;
  while (head < Math.min(old.length, text.length) && old[head] === text[head]) head++;
  let tail = 0;
  while (tail < Math.min(old.length, text.length) - head && old.at(-1 - tail) === text.at(-1 - tail)) tail++;
  stock.doc.transact(() => {
    stock.content.delete(head, old.length - tail - head);
    stock.content.insert(head, text.slice(head, text.length - tail));
  });
  await expect.poll(() => by.text(document)).toBe(text);
  stock.leave();
}
