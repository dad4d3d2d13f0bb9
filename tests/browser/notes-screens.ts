/** The screens with notes: the margin, the draft, the tray, the sheet on a phone. Part of the list in `screens.ts`. */
import { expect, type Page } from "@playwright/test";
import { pressText, selectText } from "./margin";
import { answer, leave, react, resolve } from "./notes";
import { type Document, Person } from "./people";
import type { Screen, World } from "./screens";

export const savedText = `---
title: What “Saved” ought to mean
tags: [databases, durability, web]
---

# What “Saved” ought to mean

Most editors say *Saved* when your words have reached a server’s memory. That is a hope, not a fact. If the power goes now, the words go with it.

I spent a month of evenings teaching one small editor to tell the truth. It came down to three rules:

1. Say nothing until the disk has answered.
2. Count what is still waiting, and **show the number**.
3. When it fails, say what is safe and what to do next.

## Where the gap is

A write travels further than it looks. \`write()\` returns as soon as the kernel has a copy; the drive may not see it for another thirty seconds. Only \`fdatasync\` waits for the device to say *I have it*.

\`\`\`rust
fn commit(&mut self, batch: &Batch) -> Result<Ack> {
    for edit in batch {
        self.log.write_all(&edit.encode())?;
    }
    self.log.sync_data()?; // the promise
    Ok(Ack::through(batch))
}
\`\`\`

> The last line is the promise. Everything above it is typing.

## What it costs

I expected to pay dearly. But people type in bursts, and one sync can answer for everybody who typed in the last few milliseconds. Grouping made honesty nearly free.

| Saving by      |  Alone | Grouped | Can lose   |
|----------------|-------:|--------:|------------|
| Memory only    | 0.1 ms |  0.1 ms | everything |
| Write, no sync | 0.2 ms |  0.2 ms | 30 seconds |
| Write and sync | 4.1 ms |  0.4 ms | nothing    |

> [!NOTE]
> Medians from one NVMe drive. Measure yours before you quote mine.

## Before you ship it

- [x] Pull the plug, really
- [x] Fill the disk to the last byte
- [ ] Drop the network in mid-sentence
`;

/** What a screen is about. */
interface Written {
  document: Document;
  ada: Person;
  ama: Person;
  tomasz: Person;
  /** The first note, with two replies. */
  note: string;
}

export const notesScreens: readonly Screen[] = [
  {
    name: "notes-active",
    who: "ada",
    go: async (page, world) => {
      await reviewed(page, world, "both");
      await pressText(page, "That is a hope, not a fact.");
      await expect(page.getByLabel("Reply", { exact: true })).toBeVisible();
    },
  },
  {
    name: "notes-resolved",
    who: "ada",
    go: async (page, world) => {
      await reviewed(page, world, "both");
      await openAll(page);
      await page.getByRole("tab", { name: "Resolved" }).click();
      const below = page.getByRole("button", { name: "4 below" });
      if (await page.getByRole("complementary", { name: "Notes" }).isVisible()) await below.click();
      await expect(page.getByText("Resolved by you").locator("visible=true").first()).toBeVisible();
    },
  },
  {
    name: "notes-detached",
    who: "ada",
    go: async (page, world) => {
      await reviewed(page, world, "view");
      await openAll(page);
      await page.getByRole("tab", { name: "Detached" }).click();
      await expect(page.getByText("Would this wear out the drive?").locator("visible=true").first()).toBeVisible();
    },
  },
  {
    name: "notes-draft",
    who: "ada",
    go: async (page, world) => {
      await reviewed(page, world, "view");
      await selectText(page, "the words go with it");
      await page.getByRole("button", { name: "Note", exact: true }).click();
      await page.getByLabel("New note", { exact: true }).last().fill("Say what goes first. @a");
      await page.keyboard.press("End");
      await expect(page.getByRole("option", { name: "Ama Serwaa" })).toBeVisible();
    },
  },
  {
    name: "notes-selection",
    who: "ada",
    go: async (page, world) => {
      await reviewed(page, world, "view");
      await selectText(page, "the words go with it");
      await expect(page.getByRole("button", { name: "Note", exact: true })).toBeVisible();
    },
  },
  {
    name: "notes-empty",
    who: "ada",
    go: async (page, world) => {
      const ada = await world.ada();
      const document = await ada.newDocument(savedText);
      await page.goto(`/d/${document.id}?view#notes`);
      await expect(page.getByText(/^No open notes/)).toBeVisible();
    },
  },
  { name: "notes-list", who: "ada", only: "phone", go: async (page, world) => (await reviewed(page, world, "view"), openAll(page)) },
  { name: "notes-reading", who: "ada", go: async (page, world) => void (await reviewed(page, world, "view")) },
  {
    name: "notes-reader",
    who: "nobody",
    go: async (page, world) => {
      const { ada, document } = await written(world);
      await page.goto((await ada.shareLink(document, "view")).url);
      await expect(page.locator("button.save")).toHaveText("Saved");
      await pressText(page, "That is a hope, not a fact.");
    },
  },
  {
    name: "documents-notes",
    who: "ada",
    go: async (page, world) => {
      const { ada, ama, document } = await written(world);
      await ada.newDocument("# The loom");
      await leave(ama, document, "Grouping made honesty nearly free.", "@ada is this measured?");
      await page.goto("/");
      await expect(page.getByText("mentioned you")).toBeVisible();
    },
  },
];

/** Ada's text with notes of four people, open on a page. */
async function reviewed(page: Page, world: World, panes: "both" | "view"): Promise<Written> {
  const made = await written(world);
  await page.goto(`/d/${made.document.id}?${panes}`);
  await expect(page.locator("button.save")).toHaveText("Saved");
  await expect(page.getByRole("button", { name: "Notes, 3 open" }).or(page.getByRole("tab", { name: "Open 2" })).first()).toBeVisible();
  return made;
}

async function written(world: World): Promise<Written> {
  const ada = await world.ada();
  const document = await ada.newDocument(savedText);
  const ama = await member(world, document, "ama", "Ama Serwaa", "edit");
  const tomasz = await member(world, document, "tomasz", "Tomasz Bielak", "edit");
  const heron = await Person.byLink(world.server, await ada.shareLink(document, "comment"), "Quiet Heron");
  const note = await leave(ama, document, "That is a hope, not a fact.", "Strong, but is it fair? Some of them do sync, just on a timer.");
  await answer(tomasz, document, note, "Then “a hope” is exactly right: they hope the timer wins.");
  await answer(ada, document, note, "Keeping it, and adding a line on timers under the table.");
  await react(ada, document, note, ["👍"]);
  await react(tomasz, document, note, ["👍", "🤔"]);
  const second = await leave(tomasz, document, "A write travels further than it looks.", "Could open with the drawing of the path?");
  await answer(ada, document, second, "It could. Next week.");
  await leave(heron, document, "sync after every keystroke", "Would this wear out the drive?");
  for (const [quote, body, by] of [
    ["in the last few milliseconds", "Say “in the same instant”?", ama],
    ["30 seconds", "Where is this number from?", tomasz],
    ["one NVMe drive", "Which one? It matters a great deal.", heron],
    ["Fill the disk", "Done on both machines, no surprises.", ama],
  ] as const)
    await resolve(by === tomasz ? tomasz : ada, document, await leave(by, document, quote, body));
  return { document, ada, ama, tomasz, note };
}

async function member(world: World, document: Document, name: string, display: string, role: "edit" | "comment"): Promise<Person> {
  const person = await Person.signUp(world.server, name, display);
  await (await world.ada()).addMember(document, name, role);
  return person;
}

/** On a phone the notes are behind their button. */
async function openAll(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: /^Notes, / }).locator("visible=true");
  if (await button.count()) await button.first().click();
  await expect(page.getByRole("tab", { name: "Open" })).toBeVisible();
}
