/** OF70-OF75: coming back after a long absence, as two people see it. */
import { Cut } from "./cut";
import { Desk } from "./desk";
import { expect, phone, test } from "./fixtures";
import { type Document, Person } from "./people";
import type { Server } from "./server";
import { test as installed } from "./two-builds";
import { highlighted, Writer } from "./writers";

const text = `The engine weaves patterns of every colour.

It can do whatever we order.

- a mill to work on numbers
- somebody to pay for it
`;
const minute = 60_000;

/** Puts words in the place of others, by keys. */
async function put(desk: Desk, old: string, words: string): Promise<void> {
  await desk.select(old);
  await desk.page.keyboard.insertText(words);
}

async function byLink(server: Server, ada: Person, document: Document, name: string): Promise<Person> {
  return Person.byLink(server, await ada.shareLink(document, "edit"), name);
}

test("OF70 OF71 OF74 OF75 both rewrote a sentence apart: who changed the text is told, and both versions are in a note for both", async ({ server, ada, open, window }) => {
  const document = await ada.newDocument(text);
  const page = await window(ada);
  const line = await Cut.in(page);
  await page.goto(`/d/${document.id}?both`);
  const mine = new Desk(page);
  await mine.expectSaved();
  const theirs = await open(await byLink(server, ada, document, "Grace Hopper"), document, { panes: "both" });
  const named = theirs.page.getByRole("region", { name: "Your name here" });
  if (await named.isVisible()) await named.getByRole("button").last().click();

  await line.cut();
  await expect(mine.saveState).toContainText("Offline");
  await put(mine, "colour", "shade");
  await put(mine, "whatever", "all that");
  await put(theirs, "colour", "hue");
  await put(theirs, "a mill", "one mill");
  await theirs.expectSaved();
  await line.join(5 * minute);
  await mine.expectSaved();

  const row = page.getByRole("region", { name: "While you were away" });
  await expect(row).toContainText("Grace Hopper changed this while you were away");
  await expect(page.getByText("Grace Hopper changed this while you were away. F7 goes to the next change.")).toHaveCount(1);
  await expect(page.locator(".cm-added")).toHaveCount(0);
  await page.keyboard.press("F7");
  await expect(row).toContainText("1 of 2");
  await expect(mine.source.locator(".cm-added")).toHaveText(["hue", "one"]);
  await expect.poll(() => highlighted(page, "added-[1-8]")).toEqual(expect.arrayContaining(["one"]));
  await page.keyboard.press("F7");
  await expect(row).toContainText("Grace Hopper put “one” in the place of “a”");

  const merged = await mine.whole();
  expect(merged).toMatch(/every (shadehue|hueshade)\.\n\nIt can do all that we order\.\n\n- one mill/);
  await theirs.expectSource(merged);

  await expect(page.getByRole("status").filter({ hasText: "1 paragraph was changed on both sides: see the notes." })).toBeVisible();
  await page.getByRole("status").getByRole("button", { name: "Show" }).click();
  const both = ["Two versions of this met while I was offline.", "Mine: “The engine weaves patterns of every shade.”", "Theirs (Grace Hopper): “The engine weaves patterns of every hue.”"];
  await theirs.more("Show notes (1 open)");
  for (const desk of [mine, theirs]) {
    const note = desk.page.locator(".note").filter({ hasText: "Two versions of this met" });
    await expect(note).toHaveCount(1);
    for (const words of both) await expect(note).toContainText(words);
    await expect(note).toContainText("Ada Lovelace");
    await expect.poll(() => highlighted(desk.page, "note|note-active")).toContain(merged.split("\n")[0]);
  }

  await row.getByRole("button", { name: "Dismiss" }).click();
  await expect(row).toHaveCount(0);
  await expect(page.locator(".cm-added, .cm-gone, .gone")).toHaveCount(0);
});

test("OF70 a blip says nothing, an absence in which only oneself wrote says nothing, and what somebody deleted is nobody's", async ({ server, ada, window }) => {
  const document = await ada.newDocument(text);
  const page = await window(ada);
  const line = await Cut.in(page);
  await page.goto(`/d/${document.id}?edit`);
  const desk = new Desk(page);
  await desk.expectSaved();
  const grace = await Writer.join(server, ada, document, "Grace Hopper");
  const row = page.getByRole("region", { name: "While you were away" });

  await line.cut();
  await put(desk, "colour", "shade");
  grace.replace("colour", "hue");
  await line.join(0);
  await desk.expectSaved();
  await grace.hears("shade");

  await line.cut();
  await desk.toEnd();
  await page.keyboard.type("- mine alone\n");
  await line.join(5 * minute);
  await desk.expectSaved();
  await grace.hears("alone");
  await expect(row).toHaveCount(0);
  expect(await (await ada.call("GET", `/api/documents/${document.id}/notes`)).json()).toEqual({ notes: [] });

  await line.cut();
  grace.replace("- somebody to pay for it\n", "");
  await line.join(5 * minute);
  await expect(row).toContainText("This was changed while you were away");
  await row.getByRole("button", { name: "Show", exact: true }).click();
  await expect(row).toContainText("Deleted: “- somebody to pay for it”");
  grace.leave();
});

test("OF70 OF71 OF75 on a phone: the row, going through it, and the note in its sheet", async ({ server, ada, window }) => {
  const document = await ada.newDocument(text);
  const page = await window(ada, phone);
  const line = await Cut.in(page);
  await page.goto(`/d/${document.id}?edit`);
  const desk = new Desk(page);
  await desk.expectSaved();
  const [grace, ama, tom] = await Promise.all(["Grace Hopper", "Ama Serwaa", "Tomasz Bielak"].map((name) => Writer.join(server, ada, document, name)));
  await line.cut();
  await put(desk, "colour", "shade");
  grace!.replace("colour", "hue");
  ama!.replace("whatever", "all that");
  tom!.replace("somebody", "a patron");
  await grace!.hears("a patron");
  await grace!.hears("all that");
  await line.join(60 * minute);
  await desk.expectSaved();
  await page.getByRole("button", { name: "Read" }).first().tap();

  const row = page.getByRole("region", { name: "While you were away" });
  await expect(row).toContainText("3 people changed this while you were away");
  await row.getByRole("button", { name: "Show", exact: true }).tap();
  await expect(row).toContainText("1 of 3");
  await row.getByRole("button", { name: "Next change" }).tap();
  await expect(row).toContainText("Ama Serwaa put “all that” in the place of “whatever”");
  await expect.poll(() => highlighted(page, "added-[1-8]")).toEqual(expect.arrayContaining(["all that", "a patron"]));

  await page.getByRole("status").getByRole("button", { name: "Show" }).tap();
  const sheet = page.getByRole("dialog", { name: /Notes?/ });
  await expect(sheet).toContainText("Theirs (Grace Hopper): “The engine weaves patterns of every hue.”");
  for (const writer of [grace, ama, tom]) writer!.leave();
});

installed("OF70 OF72 OF74 opened from the device with edits that waited: what came meanwhile is told, and what both sides rewrote", async ({ server, ada, front, window }) => {
  const document = await ada.newDocument(text);
  const page = await window(ada);
  const line = await Cut.in(page);
  await page.goto(`/d/${document.id}?both`);
  const desk = new Desk(page);
  await desk.expectSaved();
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
  await line.cut();
  await put(desk, "colour", "shade");
  await expect(desk.saveState).toContainText(/Offline: \d+ edits? on this device/);
  await page.goto("about:blank");
  const grace = await Writer.join(server, ada, document, "Grace Hopper");
  grace.replace("colour", "hue");
  grace.replace("whatever", "all that");

  // A page that the server is too slow to send.
  let go = () => {};
  front.slow = new Promise((done) => (go = done));
  line.mend();
  await page.goto(`/d/${document.id}?both`);
  await desk.expectSaved();
  await grace.hears("shade");
  await desk.expectSource(grace.stock.text);
  await expect(page.getByRole("region", { name: "While you were away" })).toContainText("Grace Hopper changed this while you were away");
  await page.getByRole("status").getByRole("button", { name: "Show" }).click();
  await expect(page.locator(".note")).toContainText("Mine: “The engine weaves patterns of every shade.”");
  await expect(page.locator(".note")).toContainText("Theirs (Grace Hopper): “The engine weaves patterns of every hue.”");
  go();
  grace.leave();
});
