/** Notes and pictures from the tunnel: kept with the page closed, sent once, in order, and told when refused. */
import type { Page } from "@playwright/test";
import { paste, picture } from "./bring";
import { Desk } from "./desk";
import { Margin, selectText } from "./margin";
import { leave, notesOf } from "./notes";
import { Person } from "./people";
import { expect, phone, test } from "./train";

const text = `# What saved means

Most editors say *Saved* when your words have reached a memory. That is a hope, not a fact.

A write travels further than it looks.
`;

/** A page of the same browser that begins while nothing answers, as after a closed tab; the first one is closed. */
async function comesBack(page: Page, id: string): Promise<Desk> {
  const again = new Desk(await page.context().newPage());
  await page.close();
  await again.page.goto(`/d/${id}?both`);
  return again;
}

/** The worker is in charge: this page can be opened without a network. */
async function installed(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
}

async function noteOn(page: Page, words: string, says: string): Promise<void> {
  await selectText(page, words);
  await page.getByRole("button", { name: "Note", exact: true }).click();
  await page.keyboard.type(says);
  await page.keyboard.press("Control+Enter");
}

test("OF85 notes of the tunnel outlive the page, and are there once for everybody", async ({ server, ada, open, line }) => {
  const document = await ada.newDocument(text);
  const bob = await Person.signUp(server, "bob", "Bob Babbage");
  await ada.addMember(document, "bob", "edit");
  await leave(bob, document, "Most editors", "All of them?");
  await leave(bob, document, "travels further", "How far?");
  const his = await open(bob, document, { panes: "both" });
  const hers = await open(ada, document, { panes: "both" });
  const margin = new Margin(hers.page);
  await expect(margin.thread("All of them?")).toBeVisible();
  await installed(hers.page);

  await line.cut();
  await expect(hers.saveState).toHaveText(/Offline/);
  await noteOn(hers.page, "a hope, not a fact", "Strong, but is it fair?");
  const own = margin.thread("Strong, but is it fair?");
  await expect(own).toContainText("Waiting to be sent");
  await expect(margin.field).toHaveCount(0);
  const asked = await margin.open("All of them?");
  await asked.getByRole("textbox", { name: "Reply" }).fill("Every one I know.");
  await asked.getByRole("button", { name: "Post" }).click();
  await expect(asked).toContainText("Waiting to be sent");
  await asked.getByRole("button", { name: "React to Bob Babbage" }).click();
  await hers.page.keyboard.press("Enter");
  await expect(asked.getByRole("button", { name: "👍, 1: you" })).toBeVisible();
  const far = await margin.open("How far?");
  await far.getByRole("button", { name: "Resolve" }).click();
  await margin.expectCounts(2, 1, 0);

  // The tab is closed in the tunnel; the next one begins there too.
  const again = await comesBack(hers.page, document.id);
  const back = new Margin(again.page);
  await back.expectCounts(2, 1, 0);
  await expect(back.thread("Strong, but is it fair?")).toContainText("Waiting to be sent");
  await expect(back.thread("All of them?")).toContainText("Bob Babbage");

  await line.restore();
  await again.expectSaved();
  await expect(again.page.getByText("Waiting to be sent")).toHaveCount(0);
  await back.expectCounts(2, 1, 0);
  await expect.poll(async () => (await notesOf(ada, document)).length).toBe(3);
  const told = await notesOf(bob, document);
  const kept = told.find(({ body }) => body === "All of them?");
  expect(kept?.replies.map(({ body }) => body)).toEqual(["Every one I know."]);
  expect(told.find(({ body }) => body === "How far?")?.resolved).not.toBeNull();
  expect(told.find(({ body }) => body === "Strong, but is it fair?")?.anchor).not.toBeNull();

  await his.expectSaved();
  const theirs = new Margin(his.page);
  await expect(theirs.thread("Strong, but is it fair?")).toContainText("Ada Lovelace");
  await theirs.expectCounts(2, 1, 0);
});

test("OF83 a refused command says why where it was given, and can be discarded", async ({ server, ada, open, line }) => {
  const document = await ada.newDocument(text);
  const bob = await Person.signUp(server, "bob", "Bob Babbage");
  await ada.addMember(document, "bob", "edit");
  const note = await leave(ada, document, "Most editors", "All of them?");
  const his = await open(bob, document, { panes: "both" });
  const margin = new Margin(his.page);
  await expect(margin.thread("All of them?")).toBeVisible();
  await installed(his.page);
  await line.cut();
  await expect(his.saveState).toHaveText(/Offline/);
  await noteOn(his.page, "a hope, not a fact", "Still true.");
  const asked = await margin.open("All of them?");
  await asked.getByRole("textbox", { name: "Reply" }).fill("Every one I know.");
  await asked.getByRole("button", { name: "Post" }).click();
  await expect(asked).toContainText("Every one I know.");
  await his.page.close();

  await line.restore();
  await ada.call("DELETE", `/api/documents/${document.id}/notes/${note}`);
  const again = new Desk(await his.page.context().newPage());
  await again.page.goto(`/d/${document.id}?both`);
  const lost = again.page.getByRole("region", { name: "Not sent" });
  await expect(lost).toContainText("Every one I know.");
  await expect(lost).toContainText("There is no such note any more");
  await expect.poll(async () => (await notesOf(ada, document)).map(({ body }) => body)).toEqual(["Still true."]);
  await lost.getByRole("button", { name: "Try again" }).click();
  await expect(lost).toContainText("There is no such note any more");
  await lost.getByRole("button", { name: "Discard" }).click();
  await again.page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
  await expect(lost).toHaveCount(0);
});

test("OF90 a picture of the tunnel is in the text once, with the tab closed in between", async ({ ada, open, line }) => {
  const document = await ada.newDocument("# Engine\n\n");
  const other = await open(ada, document, { panes: "both" });
  const desk = await open(ada, document, { panes: "both" });
  await installed(desk.page);
  await desk.toEnd();
  await line.cut();
  await expect(desk.saveState).toHaveText(/Offline/);
  await paste(desk.page, {}, [picture()]);
  await expect(desk.page.getByRole("group", { name: "Uploading engine-drawing.png" })).toContainText("Waiting: will be sent when you are online");
  const again = await comesBack(desk.page, document.id);
  await expect(again.page.getByRole("group", { name: "Uploading engine-drawing.png" })).toContainText("Waiting: will be sent when you are online");
  await line.restore();
  const stored = /^# Engine\n\n!\[engine drawing\]\(\/u\/[^)]+\)$/;
  await expect.poll(() => again.whole()).toMatch(stored);
  await again.expectSaved();
  await other.expectSaved();
  await expect.poll(() => other.whole()).toMatch(stored);
  await again.page.reload();
  await again.expectSaved();
  expect(await again.whole()).toMatch(stored);
});

test("OF91 a picture that was removed in the tunnel is not sent, also on a phone", async ({ ada, open, line }) => {
  const document = await ada.newDocument("# Engine\n\n");
  const desk = await open(ada, document, { panes: "edit", ...phone });
  await desk.toEnd();
  await line.cut();
  await paste(desk.page, {}, [picture()]);
  const row = desk.page.getByRole("group", { name: "Uploading engine-drawing.png" });
  await expect(row).toContainText("Waiting: will be sent when you are online");
  await row.getByRole("button", { name: "Remove engine-drawing.png" }).click();
  await expect(row).toHaveCount(0);
  await line.restore();
  await desk.page.reload();
  await desk.expectSaved();
  await expect(row).toHaveCount(0);
  expect(await ada.text(document)).toBe("# Engine\n\n");
});

test("OF93 a picture and a note of the tunnel are sent by another page, without their own", async ({ ada, open, line }) => {
  const document = await ada.newDocument(text);
  const desk = await open(ada, document, { panes: "both" });
  await installed(desk.page);
  await desk.toEnd();
  await line.cut();
  await expect(desk.saveState).toHaveText(/Offline/);
  await desk.page.keyboard.type("Typed in the tunnel.");
  await paste(desk.page, {}, [picture()]);
  await expect(desk.page.getByRole("group", { name: "Uploading engine-drawing.png" })).toContainText("Waiting");
  await noteOn(desk.page, "Typed in the tunnel", "In the dark.");
  await expect(new Margin(desk.page).thread("In the dark.")).toContainText("Waiting to be sent");
  await expect(desk.saveState).toHaveText(/Offline: \d+ edits on this device/);
  const list = await desk.page.context().newPage();
  await desk.page.close();
  await line.restore();
  await list.goto("/");
  await expect.poll(() => ada.text(document), { timeout: 30_000 }).toMatch(/Typed in the tunnel\. !\[engine drawing\]\(\/u\/[^)]+\)/);
  await expect.poll(async () => (await notesOf(ada, document)).map(({ body, quote }) => `${quote}: ${body}`), { timeout: 30_000 }).toEqual(["Typed in the tunnel: In the dark."]);
});
