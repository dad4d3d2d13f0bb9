/** The screens of what only this device has. Part of the list in `screens.ts`. */
import { expect, type Page } from "@playwright/test";
import { Cut } from "./cut";
import { Desk } from "./desk";
import { type Document, Person } from "./people";
import type { Screen, World } from "./screens";

const text = "# What “Saved” ought to mean\n\nMost editors say so when your words have reached a server’s memory.\n\n## Before you ship it\n\n- [x] Pull the plug\n";
const words = "A laptop on battery may sync more slowly than the same laptop on mains, so say which one you measured.";

export const keptScreens: readonly Screen[] = [
  {
    name: "documents-away",
    who: "ada",
    go: async (page, world) => {
      const ada = await world.ada();
      for (const title of ["How we answer support mail", "A field guide to stuck builds, with everything we learned about caches that year"]) await ada.newDocument(`# ${title}`);
      const [saved, minutes] = [await ada.newDocument(text), await ada.newDocument("# Minutes, 14 October\n")];
      await page.goto("/");
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
      await page.reload();
      const tab = await page.context().newPage();
      await tab.goto(`/d/${minutes.id}`);
      await new Desk(tab).expectSaved();
      await tab.close();
      const close = await written(page, saved);
      await world.server.end("SIGKILL");
      await close();
      await expect(page.getByText("You are offline.")).toBeVisible();
      await page.getByRole("button", { name: "New document" }).locator("visible=true").click();
      const desk = new Desk(page);
      await expect(desk.source).toBeVisible();
      await desk.source.focus();
      await page.keyboard.type("# Release notes, autumn");
      await expect(desk.saveState).toContainText("on this device");
      await page.goto("/");
      await expect(page.getByText("Not on the server yet")).toBeVisible();
    },
  },
  {
    name: "documents-away-more",
    who: "ada",
    go: async (page, world) => {
      const ada = await world.ada();
      await ada.newDocument("# How we answer support mail");
      await page.goto("/");
      await world.server.end("SIGKILL");
      await expect(page.getByText("You are offline. No document is on this device yet.")).toBeVisible();
      await page.getByRole("button", { name: /^More for/ }).click();
    },
  },
  {
    name: "documents-refused",
    who: "nobody",
    go: async (page, world) => {
      await refused(page, world);
      await page.goto("/");
      await expect(page.getByText("You no longer have access:")).toBeVisible();
    },
  },
  {
    name: "kept-dialog",
    who: "nobody",
    go: async (page, world) => {
      await refused(page, world);
      await page.goto("/");
      await page.getByRole("button", { name: "What “Saved” ought to mean", exact: true }).click();
      await expect(page.getByRole("region", { name: "What was not sent" })).toBeVisible();
    },
  },
  { name: "kept-gone", who: "nobody", go: async (page, world) => void (await refused(page, world)) },
  {
    name: "kept-whole",
    who: "nobody",
    go: async (page, world) => {
      await refused(page, world);
      await page.getByRole("button", { name: "Whole text" }).click();
    },
  },
  {
    name: "sign-out",
    who: "ada",
    go: async (page, world) => {
      const document = await (await world.ada()).newDocument(text);
      await page.goto("/settings");
      await (await written(page, document))();
      await signOut(page);
      await expect(page.getByRole("dialog", { name: "Sign out?" })).toBeVisible();
    },
  },
  {
    name: "sign-out-away",
    who: "ada",
    go: async (page, world) => {
      const document = await (await world.ada()).newDocument(text);
      await page.goto("/settings");
      await (await written(page, document))();
      await world.server.end("SIGKILL");
      await signOut(page);
      await page.getByRole("button", { name: "Delete and sign out" }).click();
      await expect(page.getByRole("dialog", { name: "Signing out needs a connection" })).toBeVisible();
    },
  },
  {
    name: "start-left",
    who: "ada",
    go: async (page, world) => {
      const document = await (await world.ada()).newDocument(text);
      await page.goto("/settings");
      await (await written(page, document))();
      await page.context().clearCookies();
      await page.goto("/");
      await expect(page.getByText("1 document has edits of Ada Lovelace")).toBeVisible();
    },
  },
];

/** Writes in another tab whose line is cut; the answer closes it. */
async function written(page: Page, document: Document): Promise<() => Promise<void>> {
  const tab = await page.context().newPage();
  const line = await Cut.in(tab);
  await tab.goto(`/d/${document.id}?edit`);
  const desk = new Desk(tab);
  await desk.expectSaved();
  await line.cut();
  await expect(desk.saveState).toContainText("Offline");
  await desk.toEnd();
  await tab.keyboard.insertText(`- [ ] Try it on the oldest phone in the house\n\n${words}`);
  await expect(desk.saveState).toContainText("on this device");
  return () => tab.close();
}

/** Bob wrote without a connection, and then lost his access. */
async function refused(page: Page, world: World): Promise<void> {
  const ada = await world.ada();
  const bob = await Person.signUp(world.server, "bob", "Bob Babbage");
  const document = await ada.newDocument(text);
  await ada.addMember(document, "bob", "edit");
  await bob.enter(page.context());
  await bob.newDocument("# Notes on a difference engine");
  await page.goto("/settings");
  const close = await written(page, document);
  const { members } = (await (await ada.call("GET", `/api/documents/${document.id}/members`)).json()) as { members: { author: string }[] };
  await ada.call("DELETE", `/api/documents/${document.id}/members/${members[0]?.author}`);
  await close();
  await page.goto(`/d/${document.id}`);
  await expect(page.getByRole("heading", { name: "You no longer have access" })).toBeVisible();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Your account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
}
