/** The screens of the history: a version on the page and in its source, the list, restoring. Part of the list in `screens.ts`. */
import { expect, type Page } from "@playwright/test";
import { History, nameVersion, write } from "./history";
import { savedText } from "./notes-screens";
import { type Document, Person } from "./people";
import type { Screen, World } from "./screens";

/** Older first: each as it differs from the text of `notes-screens.ts`. */
const steps: readonly { name?: string; by: "ada" | "ama" | "tomasz" | "heron"; text: (whole: string) => string }[] = [
  { by: "ada", text: (whole) => whole.slice(0, whole.indexOf("## Where")) },
  { by: "tomasz", name: "First whole draft, before Ama told me what is wrong with its second half", text: (whole) => middle(whole).replace("three rules", "two rules") },
  { by: "ama", text: middle },
  { by: "heron", text: (whole) => whole.replace("That is a hope, not a fact.", "That is a hope and nothing more.").replace("a month of evenings", "a month") },
  { by: "ada", name: "Sent to the editor", text: (whole) => whole.replace("a month of evenings", "a month") },
];

function middle(whole: string): string {
  return whole.replace(/I expected to pay dearly[\s\S]*?(?=## Before)/, "Less than I thought.\n\n");
}

export const historyScreens: readonly Screen[] = [
  {
    name: "history",
    who: "ada",
    go: async (page, world) => {
      const history = await past(page, world);
      await pick(history, 2);
      await expect(history.marked("added").first()).toBeVisible();
    },
  },
  {
    name: "history-source",
    who: "ada",
    go: async (page, world) => {
      const history = await past(page, world);
      await page.getByRole("button", { name: "Source", exact: true }).click();
      await pick(history, 2);
      await expect(history.source.locator("ins").first()).toBeVisible();
    },
  },
  {
    name: "history-versions",
    who: "ada",
    go: async (page, world) => {
      const history = await past(page, world);
      const which = page.locator(".past-which");
      if (await which.isVisible()) await which.click();
      else await history.pick("First whole draft");
      await page.locator(".version[data-selected]").getByRole("button", { name: /^More for / }).click();
    },
  },
  {
    name: "history-passage",
    who: "ada",
    go: async (page, world) => {
      const history = await past(page, world);
      await pick(history, 2);
      await history.selectFrom("A write travels", "further than it looks.");
      await expect(page.getByRole("button", { name: "Restore this passage" })).toBeVisible();
    },
  },
  {
    name: "history-restore",
    who: "ada",
    go: async (page, world) => {
      const history = await past(page, world);
      await pick(history, 2);
      await page.getByRole("button", { name: /^Restore/ }).locator("visible=true").first().click();
      await expect(page.getByRole("dialog", { name: "Restore this version?" })).toBeVisible();
    },
  },
  {
    name: "history-restored",
    who: "ada",
    go: async (page, world) => {
      const history = await past(page, world);
      await pick(history, 2);
      await page.getByRole("button", { name: /^Restore/ }).locator("visible=true").first().click();
      await page.getByRole("button", { name: "Restore", exact: true }).last().click();
      await expect(page.getByText("Restored. What was there before")).toBeVisible();
    },
  },
  {
    name: "history-empty",
    who: "ada",
    go: async (page, world) => void (await History.open(page, await (await world.ada()).newDocument("# Just begun\n\nOne line.\n"))),
  },
  {
    name: "name-version",
    who: "ada",
    go: async (page, world) => {
      const document = await (await world.ada()).newDocument(savedText);
      await page.goto(`/d/${document.id}?view`);
      await expect(page.locator("button.save")).toHaveText("Saved");
      await page.keyboard.press("Control+Shift+s");
      await expect(page.getByRole("dialog", { name: "Name this version" })).toBeVisible();
    },
  },
];

/** Some way back by the scrubber, which is there at every width. */
async function pick(history: History, back: number): Promise<void> {
  await history.scrubber.focus();
  for (let step = 0; step < back; step++) await history.page.keyboard.press("ArrowLeft");
  await expect(history.steps).toContainText(/change|\d/);
  await history.settled();
}

async function past(page: Page, world: World): Promise<History> {
  return History.open(page, await written(world));
}

async function written(world: World): Promise<Document> {
  const ada = await world.ada();
  const document = await ada.newDocument("");
  const [ama, tomasz] = [await member(world, document, "ama", "Ama Serwaa"), await member(world, document, "tomasz", "Tomasz Bielak")];
  const heron = await Person.byLink(world.server, await ada.shareLink(document, "edit"), "Quiet Heron");
  const people = { ada, ama, tomasz, heron };
  for (const { name, by, text } of steps) {
    await write(world.server, people[by], document, text(savedText));
    const version = await nameVersion(ada, document, name ?? "-");
    if (!name) await ada.call("PATCH", `/api/documents/${document.id}/versions/${version.id}`, { name: null });
  }
  await write(world.server, ada, document, savedText);
  // The list of documents learns of a new title a moment later, and so does this page.
  const title = async () => ((await (await ada.call("GET", `/api/documents/${document.id}`)).json()) as Document).title;
  await expect.poll(title).toContain("Saved");
  return document;
}

async function member(world: World, document: Document, name: string, display: string): Promise<Person> {
  const person = await Person.signUp(world.server, name, display);
  await (await world.ada()).addMember(document, name, "edit");
  return person;
}
