/**
 * Every screen, by name: how to get there. One list for the pictures and for axe.
 *
 * Invariant: a screen is ready when its `go` resolves: what it shows is on the page and nothing is on its way.
 */
import { expect, type Locator, type Page } from "@playwright/test";
import * as Y from "yjs";
import { Desk } from "./desk";
import { type Document, Person } from "./people";
import type { Server } from "./server";
import { awayScreens } from "./away-screens";
import { authorshipScreens } from "./authorship-screens";
import { keptScreens } from "./kept-screens";
import { historyScreens } from "./history-screens";
import { dialectScreens } from "./dialect-screens";
import { notesScreens } from "./notes-screens";
import { picturesScreens } from "./pictures-screens";
import { sharingScreens } from "./sharing-screens";
import { Stock } from "./stock";
import { togetherScreens } from "./together-screens";
import { tongueScreens } from "./tongue-screens";

/** What stands behind a screen: a server, Ada once somebody asks for her, and whoever else is in the document. */
export class World {
  private account: Promise<Person> | null = null;
  private readonly others: Stock[] = [];

  constructor(readonly server: Server) {}

  ada(): Promise<Person> {
    return (this.account ??= Person.signUp(this.server, "ada", "Ada Lovelace"));
  }

  /** Grace joins with her caret behind some words. */
  async grace(document: Document, words: string): Promise<void> {
    const link = await (await this.ada()).shareLink(document, "edit");
    const person = await Person.byLink(this.server, link, "Grace Hopper");
    const stock = await Stock.join(this.server, person, document, "y-websocket 3.1");
    const at = Y.createRelativePositionFromTypeIndex(stock.content, Math.max(0, stock.text.indexOf(words)) + words.length);
    stock.provider.awareness.setLocalStateField("cursor", { anchor: at, head: at });
    this.others.push(stock);
  }

  /** Somebody joins and says this about himself. */
  async join(document: Document, name: string, role: "view" | "edit", said: Record<string, unknown>): Promise<void> {
    const person = await Person.byLink(this.server, await (await this.ada()).shareLink(document, role), name);
    const stock = await Stock.join(this.server, person, document, "y-websocket 3.1");
    for (const [key, value] of Object.entries(said)) stock.provider.awareness.setLocalStateField(key, value);
    this.others.push(stock);
  }

  end(): void {
    for (const other of this.others) other.leave();
  }
}

export interface Screen {
  name: string;
  /** Only at this width; at both when absent. */
  only?: "desk" | "phone";
  /** Who looks. */
  who: "ada" | "nobody";
  go: (page: Page, world: World) => Promise<void>;
}

export const sample = `---
title: Notes on the Analytical Engine
tags: [history, engines]
---

# Notes on the Analytical Engine

The Analytical Engine **weaves algebraical patterns** just as the *Jacquard loom* weaves flowers and leaves. It can do
whatever we know how to order it to perform[^1].

> [!NOTE]
> It has no pretensions to originate anything.

## What it needs

- [x] a store for numbers
- [x] a mill to work on them
- [ ] somebody to pay for it

| Card | Carries | Columns |
|------|---------|--------:|
| Operation | what to do | 1 |
| Variable | with what | 1,000 |

\`\`\`rust
fn main() {
    let numbers = [1, 1, 2, 3, 5];
    println!("{}", numbers.iter().sum::<u32>());
}
\`\`\`

~~Impossible~~ ==Merely expensive==, said [Babbage](https://example.org/babbage).

[^1]: And we can follow analysis; we cannot anticipate it.
`;

export const screens: readonly Screen[] = [
  { name: "start-first", who: "nobody", go: (page) => ready(page, "/", page.getByRole("button", { name: "Create account" })) },
  { name: "start", who: "nobody", go: async (page, world) => (await world.ada(), ready(page, "/", page.getByRole("button", { name: "Sign in" }))) },
  { name: "documents-empty", who: "ada", go: (page) => ready(page, "/", page.getByText("Nothing here yet")) },
  { name: "documents", who: "ada", go: async (page, world) => (await several(world), ready(page, "/", page.getByRole("link", { name: "The loom" }))) },
  { name: "document", who: "ada", only: "desk", go: async (page, world) => void (await desk(page, world, "both")) },
  { name: "document-edit", who: "ada", go: async (page, world) => void (await desk(page, world, "edit")) },
  {
    name: "document-typing",
    who: "ada",
    only: "phone",
    go: async (page, world) => {
      await desk(page, world, "edit");
      await page.locator(".cm-content").tap();
      await expect(page.getByRole("toolbar", { name: "Formatting" })).toBeVisible();
    },
  },
  { name: "document-view", who: "ada", go: async (page, world) => void (await desk(page, world, "view")) },
  { name: "document-empty", who: "ada", only: "desk", go: async (page, world) => void (await desk(page, world, "both", "")) },
  {
    name: "document-more",
    who: "ada",
    go: async (page, world) => {
      await desk(page, world, "view");
      await page.getByRole("button", { name: "More", exact: true }).click();
      await expect(page.getByRole("menu", { name: "More" })).toBeVisible();
    },
  },
  {
    name: "share",
    who: "ada",
    go: async (page, world) => {
      const document = await desk(page, world, "view");
      await (await world.ada()).shareLink(document, "view");
      await page.getByRole("button", { name: "Share", exact: true }).locator("visible=true").first().click();
      await expect(page.getByRole("dialog", { name: "Share" }).getByRole("button", { name: "Copy", exact: true })).toHaveCount(2);
    },
  },
  ...sharingScreens,
  ...togetherScreens,
  ...dialectScreens,
  ...tongueScreens,
  ...notesScreens,
  ...authorshipScreens,
  ...awayScreens,
  ...historyScreens,
  ...keptScreens,
  ...picturesScreens,
  {
    name: "palette",
    who: "ada",
    go: async (page, world) => {
      await desk(page, world, "edit");
      await page.keyboard.press("F1");
      await expect(page.getByRole("dialog", { name: "Commands" })).toBeVisible();
    },
  },
  {
    name: "keys",
    who: "ada",
    go: async (page, world) => {
      await desk(page, world, "view");
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keyboard" })).toBeVisible();
    },
  },
  {
    name: "search",
    who: "ada",
    only: "desk",
    go: async (page, world) => {
      await desk(page, world, "both");
      await page.locator(".cm-content").focus();
      await page.keyboard.press("Control+f");
      await expect(page.locator(".cm-search")).toBeVisible();
    },
  },
  {
    name: "guest",
    who: "nobody",
    go: async (page, world) => {
      const document = await (await world.ada()).newDocument(sample);
      await page.goto((await (await world.ada()).shareLink(document, "edit")).url);
      await expect(page.getByRole("region", { name: "Your name here" })).toBeVisible();
      await expect(page.locator("button.save")).toHaveText("Saved");
    },
  },
  {
    name: "reader",
    who: "nobody",
    go: async (page, world) => {
      const document = await (await world.ada()).newDocument(sample);
      await page.goto((await (await world.ada()).shareLink(document, "view")).url);
      await expect(page.locator("button.save")).toHaveText("Saved");
    },
  },
  {
    name: "revoked",
    who: "nobody",
    go: async (page, world) => {
      const document = await (await world.ada()).newDocument(sample);
      const link = await (await world.ada()).shareLink(document, "edit");
      await page.goto(link.url);
      await expect(page.locator("button.save")).toHaveText("Saved");
      await (await world.ada()).call("DELETE", `/api/documents/${document.id}/links/${link.id}`);
      await expect(page.getByRole("heading", { name: "You no longer have access" })).toBeVisible();
    },
  },
  {
    name: "link-dead",
    who: "nobody",
    go: async (page, world) => {
      await (await world.ada()).newDocument();
      await page.goto("/s/01980000-0000-7000-8000-000000000000#00000000000000000000000000000000");
      await expect(page.getByRole("heading", { name: "This link does not work any more" })).toBeVisible();
    },
  },
  { name: "nothing-here", who: "nobody", go: (page) => ready(page, "/d/01980000-0000-7000-8000-000000000000", page.getByRole("heading", { name: "Nothing here, or nothing for you" })) },
  {
    name: "trouble-offline",
    who: "ada",
    go: async (page, world) => {
      await desk(page, world, "edit");
      await world.server.end("SIGKILL");
      await page.locator(".cm-content").focus();
      await page.keyboard.press("Control+End");
      await page.keyboard.type("Still here.");
      await expect(page.locator("button.save")).toContainText("Offline:");
      await page.locator("button.save").click();
    },
  },
];

async function ready(page: Page, address: string, sign: Locator): Promise<void> {
  await page.goto(address);
  await expect(sign.first()).toBeVisible();
}

async function several(world: World): Promise<void> {
  const ada = await world.ada();
  for (const text of ["", "# A letter to Augustus\n", "# The loom\n", sample]) await ada.newDocument(text);
}

/** Ada's document in a window, with Grace's caret in it. */
async function desk(page: Page, world: World, panes: "edit" | "both" | "view", text = sample): Promise<Document> {
  const document = await (await world.ada()).newDocument(text);
  await world.grace(document, "Jacquard loom");
  await page.goto(`/d/${document.id}?${panes}`);
  const shown = new Desk(page);
  await shown.expectSaved();
  await expect(panes === "view" ? shown.text : shown.source).toBeVisible();
  await expect(shown.people).toContainText("Grace Hopper");
  return document;
}
