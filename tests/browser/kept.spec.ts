/** What only this device has: in the list, on its way, when signing out, and when the server will not take it. */
import type { BrowserContext, Page } from "@playwright/test";
import { Desk } from "./desk";
import { type Document, password, Person } from "./people";
import type { Server } from "./server";
import { expect, type Line, test } from "./train";

const marker = "the jacquard secret";

async function signIn(page: Page, name: string): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Your documents" })).toBeVisible();
}

/** The same person in another browser. */
async function signedIn(server: Server, name: string): Promise<Person> {
  const person = new Person(server);
  await person.call("POST", "/api/login", { name, password });
  return person;
}

const account = (page: Page, entry: string) => async () => {
  await page.getByRole("button", { name: "Your account" }).click();
  await page.getByRole("menuitem", { name: entry }).click();
};
const signOut = (page: Page) => account(page, "Sign out")();

/** Opens it in another tab, writes without a server, and closes the tab; the words are on the device. */
async function writeAway(line: Line, context: BrowserContext, document: Document, words: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(`/d/${document.id}?edit`);
  const desk = new Desk(page);
  await desk.expectSaved();
  await desk.toEnd();
  await line.cut();
  await expect(desk.saveState).toContainText("Offline");
  await page.keyboard.type(words);
  await expect(desk.saveState).toHaveText(`Offline: ${words.length} edits on this device`);
  await page.close();
}

/** Everything this browser keeps, as one text. */
async function everything(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const found: string[] = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
    const latin = new TextDecoder("latin1");
    const flat = (value: unknown): unknown =>
      value instanceof Uint8Array || value instanceof ArrayBuffer ? latin.decode(value) : value && typeof value === "object" ? Object.values(value).map(flat) : value;
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((done) => {
        const request = indexedDB.open(name ?? "");
        request.onsuccess = () => done(request.result);
      });
      found.push(name ?? "");
      for (const store of database.objectStoreNames) {
        const all = await new Promise<unknown[]>((done) => {
          const request = database.transaction(store).objectStore(store).getAll();
          request.onsuccess = () => done(request.result as unknown[]);
        });
        found.push(JSON.stringify(all.map(flat)));
      }
      database.close();
    }
    for (const name of await caches.keys())
      for (const request of await (await caches.open(name)).keys()) {
        const answer = await caches.match(request);
        found.push(request.url, answer && /text|json|html/.test(answer.headers.get("content-type") ?? "") ? await answer.text() : "");
      }
    return found.join("\n");
  });
}

const row = (page: Page, title: string) => page.locator(".item", { hasText: title });

test("OF50 OF51 OF55: the list without a server says what is here and what waits, and sends it when the server is back", async ({ ada, window, line }) => {
  const document = await ada.newDocument("# The loom\n\nIt weaves.\n");
  await ada.newDocument("# Elsewhere\n");
  const page = await window(ada);
  await page.goto("/");
  await writeAway(line, page.context(), document, "Flowers and leaves.");
  await expect(page.getByText("You are offline. 1 document is on this device.")).toBeVisible();
  await expect(row(page, "The loom")).toContainText(/\d+ edits? waiting/);
  await expect(row(page, "Elsewhere")).toContainText("Not on this device");
  await expect(row(page, "Elsewhere").getByRole("link")).toHaveCount(0);
  await page.getByRole("searchbox", { name: "Search titles" }).fill("loom");
  await expect(row(page, "Elsewhere")).toHaveCount(0);
  await page.getByRole("button", { name: "More for The loom" }).click();
  await expect(page.getByRole("menuitem", { name: /Move to trash/ })).toHaveAttribute("aria-disabled", "true");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Clear the search" }).click();
  await line.restore();
  await expect.poll(() => ada.text(document), { timeout: 20_000 }).toContain("Flowers and leaves.");
  await expect(page.getByText("You are offline.")).toHaveCount(0);
  await expect(row(page, "The loom")).not.toContainText("waiting");
  await expect(row(page, "Elsewhere").getByRole("link", { name: "Elsewhere" })).toBeVisible();
});

test("OF57: after signing out nothing of any document is left in the browser", async ({ ada, open }) => {
  const document = await ada.newDocument(`# Zanzibar\n\n${marker}\n`);
  const desk = await open(ada, document, { panes: "edit" });
  const { page } = desk;
  await desk.toEnd();
  await page.keyboard.type("and more");
  await desk.expectSaved();
  await expect.poll(() => everything(page)).toContain(marker);
  await page.goto("/");
  await expect(row(page, "Zanzibar")).toBeVisible();
  await signOut(page);
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  const left = await everything(page);
  expect(left).not.toContain(marker);
  expect(left).not.toContain("Zanzibar");
  expect(left).not.toMatch(/galley-0/);
});

test("OF57 OF60: signing out asks about what was not sent; kept, it is sent when its person is back", async ({ server, ada, window, line }) => {
  const document = await ada.newDocument("# The loom\n");
  const page = await window(ada);
  await page.goto("/settings");
  await writeAway(line, page.context(), document, "Never sent.");
  await line.restore();
  await account(page, "Sign out")();
  const dialog = page.getByRole("dialog", { name: "Sign out?" });
  await expect(dialog).toContainText("The loom");
  await dialog.getByRole("button", { name: "Keep on this device" }).click();
  await expect(page.getByText("1 document has edits of Ada Lovelace on this device that were not sent. Sign in as Ada Lovelace to send it.")).toBeVisible();
  await signIn(page, "ada");
  const again = await signedIn(server, "ada");
  await expect.poll(() => again.text(document), { timeout: 20_000 }).toContain("Never sent.");
});

test("OF57: sent first, then signed out", async ({ server, ada, window, line }) => {
  const document = await ada.newDocument("# The loom\n");
  const page = await window(ada);
  await page.goto("/settings");
  await writeAway(line, page.context(), document, "Sent at last.");
  await line.restore();
  await signOut(page);
  await page.getByRole("button", { name: "Send first, then sign out" }).click();
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  expect(await (await signedIn(server, "ada")).text(document)).toContain("Sent at last.");
  expect(await everything(page)).not.toContain("Sent at last.");
});

test("OF58: signing out without a server says so, and takes this device's copies away if that is wanted", async ({ ada, window, line }) => {
  const document = await ada.newDocument(`# Zanzibar\n\n${marker}\n`);
  const page = await window(ada);
  await page.goto("/settings");
  await writeAway(line, page.context(), document, "Away.");
  await signOut(page);
  await page.getByRole("dialog", { name: "Sign out?" }).getByRole("button", { name: "Delete and sign out" }).click();
  const away = page.getByRole("dialog", { name: "Signing out needs a connection" });
  await expect(away).toContainText("1 document has something that was not sent");
  expect(await everything(page)).toContain(marker);
  await line.restore();
  await away.getByRole("button", { name: "Remove this device’s copies" }).click();
  await expect(page.getByRole("heading", { name: "Your documents" })).toBeVisible();
  expect(await everything(page)).not.toContain(marker);
});

test("OF61 OF62: access lost while away: the page of the document shows what was not sent", async ({ server, ada, window, line }) => {
  const bob = await Person.signUp(server, "bob", "Bob Babbage");
  const document = await ada.newDocument("# The loom\n\nIt weaves.\n");
  await ada.addMember(document, "bob", "edit");
  const page = await window(bob);
  await writeAway(line, page.context(), document, "Bob wrote this on the train.");
  await line.restore();
  const members = (await (await ada.call("GET", `/api/documents/${document.id}/members`)).json()) as { members: { author: string }[] };
  await ada.call("DELETE", `/api/documents/${document.id}/members/${members.members[0]?.author}`);
  await page.goto(`/d/${document.id}`);
  await expect(page.getByRole("heading", { name: "You no longer have access" })).toBeVisible();
  const kept = page.getByRole("region", { name: "What was not sent" });
  await expect(kept.locator("ins")).toHaveText("Bob wrote this on the train.");
  await expect(kept).not.toContainText("# The loom");
  await kept.getByRole("button", { name: "Whole text" }).click();
  await expect(kept).toContainText("# The loom");
  await page.goto("/");
  await row(page, "The loom").getByRole("button", { name: "The loom", exact: true }).click();
  await expect(page.getByRole("dialog", { name: "You no longer have access" })).toContainText("Bob wrote this on the train.");
  await page.getByRole("button", { name: "Delete from this device" }).click();
  await page.getByRole("button", { name: "Delete: nobody else has it" }).click();
  await expect(row(page, "The loom")).toHaveCount(0);
  expect(await everything(page)).not.toContain("Bob wrote this");
});

test("OF61: access lost with nothing unsent: the copy goes without a word", async ({ server, ada, window }) => {
  const bob = await Person.signUp(server, "bob", "Bob Babbage");
  const document = await ada.newDocument(`# The loom\n\n${marker}\n`);
  await ada.addMember(document, "bob", "edit");
  const page = await window(bob);
  await page.goto(`/d/${document.id}?edit`);
  await new Desk(page).expectSaved();
  await expect.poll(() => everything(page)).toContain(marker);
  await ada.trash(document);
  await page.goto(`/d/${document.id}`);
  await expect(page.getByRole("heading", { name: "Nothing here, or nothing for you" })).toBeVisible();
  await expect.poll(() => everything(page)).not.toContain(marker);
});

test("OF60: a session that ended: the start page says what waits and for whom, and the same person sends it", async ({ ada, window, line }) => {
  const document = await ada.newDocument("# The loom\n");
  const page = await window(ada);
  await writeAway(line, page.context(), document, "Still here.");
  await line.restore();
  await page.context().clearCookies();
  await page.goto("/");
  await expect(page.getByText("1 document has edits of Ada Lovelace on this device that were not sent.")).toBeVisible();
  await page.goto(`/d/${document.id}`);
  await expect(page.getByRole("heading", { name: "Sign in as Ada Lovelace" })).toBeVisible();
  await page.getByRole("link", { name: "Sign in" }).click();
  await signIn(page, "ada");
  await expect.poll(() => ada.text(document), { timeout: 20_000 }).toContain("Still here.");
});

test("OF63: a guest who signs in brings what waits along", async ({ server, ada, window, line }) => {
  await Person.signUp(server, "bob", "Bob Babbage");
  const document = await ada.newDocument("# The loom\n");
  const link = await ada.shareLink(document, "edit");
  const guest = await Person.byLink(server, link, "Quiet Heron");
  const page = await window(guest);
  // The guest's first words are on the server, so that their author is bound there; the later ones are not.
  await page.goto(`/d/${document.id}?edit`);
  const desk = new Desk(page);
  await desk.expectSaved();
  await desk.toEnd();
  await page.keyboard.type("Sent. ");
  await desk.expectSaved();
  await line.cut();
  await expect(desk.saveState).toContainText("Offline");
  await page.keyboard.type("Not sent.");
  await expect(desk.saveState).toHaveText("Offline: 9 edits on this device");
  await page.goto("about:blank");
  await line.restore();
  await page.goto("/");
  await expect(page.getByText("edits of the guest Quiet Heron on this device")).toBeVisible();
  await signIn(page, "bob");
  await expect.poll(() => ada.text(document), { timeout: 20_000 }).toContain("Sent. Not sent.");
  await expect(row(page, "The loom")).not.toContainText("waiting");
  const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).filter((name) => name?.startsWith("galley-")));
  expect(names.length).toBe(1);
});

test("OF59 OF53: documents made without a server are in the list at once, and at the server when it is back", async ({ ada, window, line }) => {
  const page = await window(ada);
  await page.goto("/");
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await page.reload();
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await line.cut();
  await expect(page.getByText("You are offline.")).toBeVisible();
  for (const title of ["First on the train", "Second on the train"]) {
    await page.keyboard.press("n");
    const desk = new Desk(page);
    await expect(desk.source).toBeVisible();
    await desk.source.focus();
    await page.keyboard.type(`# ${title}`);
    await expect(desk.saveState).toContainText("on this device");
    await page.goto("/");
    await expect(row(page, title)).toContainText("Not on the server yet");
  }
  await line.restore();
  await expect(row(page, "Second on the train")).not.toContainText("Not on the server yet", { timeout: 20_000 });
  await expect(row(page, "First on the train")).not.toContainText("Not on the server yet");
  const titles = async () => ((await (await ada.call("GET", "/api/documents")).json()) as { documents: Document[] }).documents.map(({ title }) => title).sort();
  await expect.poll(titles, { timeout: 20_000 }).toEqual(["First on the train", "Second on the train"]);
});
