/** The history as people use it: after an accident, by a link, with names, by keyboard alone, on a phone, without a server. */
import { Desk } from "./desk";
import { expect, phone, test } from "./fixtures";
import { History, nameVersion, versionsOf, write } from "./history";
import { Margin } from "./margin";
import { leave } from "./notes";
import { Person } from "./people";

const plan = `# The plan

We meet on Monday at ten.

## What to bring

- tea for everybody
- the long table

## Who comes

Ada, Grace and Tomasz have said yes.
`;

test("PG23 a guest empties the document while two others type and three notes hang on it: the owner brings a section back, and nothing typed is lost", async ({ server, ada, open, window }) => {
  const document = await ada.newDocument(plan);
  const grace = await Person.signUp(server, "grace", "Grace Hopper");
  await ada.addMember(document, "grace", "edit");
  for (const [quote, body] of [["on Monday", "Or on Tuesday?"], ["the long table", "Which one?"], ["have said yes", "Grace too?"]] as const)
    await leave(grace, document, quote, body);
  await nameVersion(ada, document, "Before the accident");

  const guest = await Person.byLink(server, await ada.shareLink(document, "edit"), "Quiet Heron");
  const [hers, his] = [await open(grace, document, { panes: "both" }), await open(guest, document, { panes: "both" })];
  await hers.toEnd();
  await hers.page.keyboard.type("Typed by Grace before.\n");
  await hers.expectSaved();
  await his.source.focus();
  await his.page.keyboard.press("Control+a");
  await his.page.keyboard.press("Delete");
  await hers.expectSource("");
  await hers.page.keyboard.type("Grace goes on.\n");
  await his.expectSource("Grace goes on.\n");
  const margin = new Margin(hers.page);
  await hers.page.getByRole("button", { name: /^Notes, / }).or(margin.rail).first().waitFor();

  const page = await window(ada);
  const history = await History.open(page, document);
  await history.pick("Before the accident");
  await history.selectFrom("What to bring", "the long table");
  // Between the look and the press somebody types.
  await his.toEnd();
  await his.page.keyboard.type("And so does the heron.\n");
  await his.expectSaved();
  await page.getByRole("button", { name: "Restore this passage" }).click();
  await expect(page.getByText("The passage is back.")).toBeVisible();

  await expect.poll(() => hers.whole()).toContain("## What to bring\n\n- tea for everybody\n- the long table\n");
  const now = await hers.whole();
  for (const words of ["Grace goes on.", "And so does the heron."]) expect(now).toContain(words);
  expect(now).not.toContain("We meet on Monday");
  // The note on what is back finds its place; those on what is not wait in the tray.
  if (await hers.page.getByRole("button", { name: /^Notes, / }).isVisible()) await hers.page.getByRole("button", { name: /^Notes, / }).click();
  await margin.expectCounts(1, 0, 2);

  await page.getByRole("button", { name: "Restore this version" }).click();
  const dialog = page.getByRole("dialog", { name: "Restore this version?" });
  await expect(dialog).toContainText("What is there now stays in this history");
  await dialog.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByText("Restored. What was there before is kept")).toBeVisible();
  await expect.poll(() => hers.whole()).toContain("We meet on Monday at ten.");
  await margin.expectCounts(3, 0, 0);

  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Taken back.")).toBeVisible();
  await expect.poll(() => hers.whole()).toBe(now);
  await page.getByRole("link", { name: "To the document", exact: true }).click();
  await new Desk(page).expectSaved();
});

test("PG20 a link opens one version, with what changed in it, on the page and in the source", async ({ server, ada, window }) => {
  const document = await ada.newDocument(plan);
  await nameVersion(ada, document, "First");
  await write(server, ada, document, plan.replace("Monday at ten", "Tuesday at ten").replace("- the long table\n", ""));
  const second = await nameVersion(ada, document, "Second");
  await write(server, ada, document, `${plan}The end.\n`);
  const page = await window(ada);
  const history = await History.open(page, document, second.id);
  await expect(history.selected).toContainText("Second");
  await expect(history.marked("removed")).toHaveText(["Monday", /the long table/]);
  await expect(history.marked("added")).toHaveText(["Tuesday"]);
  await expect(history.steps).toHaveText("2 changes");
  await page.getByRole("button", { name: "Next change" }).click();
  await expect(history.steps).toHaveText("1 of 2");

  await page.getByRole("button", { name: "Source", exact: true }).click();
  await expect(history.source.locator("del")).toHaveText(["Monday", "- the long table"]);
  await history.compare("Changes to now");
  await expect(history.source.locator("ins").last()).toHaveText("The end.");
  await history.compare("No changes");
  await expect(history.source.locator("ins, del")).toHaveCount(0);
  await expect(history.source).toContainText("We meet on Tuesday at ten.");

  await page.getByRole("button", { name: "Page", exact: true }).click();
  await history.pick("First");
  await expect(page).toHaveURL(new RegExp(`/d/${document.id}/history/[0-9a-f-]{36}$`));
  await page.reload();
  await expect(history.selected).toContainText("First");
  await page.keyboard.press("Escape");
  await new Desk(page).expectSaved();
});

test("PG21 struck words are brought back from the version before, on the page and from the source", async ({ server, ada, window }) => {
  const document = await ada.newDocument(plan);
  await nameVersion(ada, document, "Whole");
  await write(server, ada, document, plan.replace("- the long table\n", "").replace(/## Who comes[\s\S]*/, ""));
  const page = await window(ada);
  const history = await History.open(page, document);
  await history.selectFrom("Who comes", "have said yes.");
  await page.getByRole("button", { name: "Restore this passage" }).click();
  await expect(page.getByText("The passage is back.")).toBeVisible();
  await expect.poll(() => ada.text(document)).toBe(plan.replace("- the long table\n", ""));

  await page.getByRole("button", { name: "Source", exact: true }).click();
  await history.compare("Changes to now");
  await history.pick("Whole");
  await expect(history.source.locator("del")).toHaveText(["- the long table"]);
  await history.selectFrom("- the long table", "- the long table");
  await page.getByRole("button", { name: "Restore this passage" }).click();
  await expect.poll(() => ada.text(document)).toBe(plan);
});

test("a version is named from the document, renamed and unnamed in the list, and deleted by the owner only", async ({ server, ada, open, window }) => {
  const document = await ada.newDocument(plan);
  const desk = await open(ada, document, { panes: "both" });
  await desk.source.focus();
  await desk.page.keyboard.press("Control+Shift+s");
  const dialog = desk.page.getByRole("dialog", { name: "Name this version" });
  await expect(dialog.getByRole("textbox")).toBeFocused();
  await desk.page.keyboard.type("Sent to the editor");
  await desk.page.keyboard.press("Enter");
  await expect(desk.page.getByText("Named “Sent to the editor”.")).toBeVisible();
  await write(server, ada, document, `${plan}More.\n`);

  await desk.page.keyboard.press("Control+Alt+h");
  const history = new History(desk.page);
  await history.pick("Sent to the editor");
  await history.act("Rename");
  await desk.page.getByRole("textbox", { name: "Name of this version" }).fill("Sent to Ama");
  await desk.page.keyboard.press("Enter");
  await expect(history.selected).toContainText("Sent to Ama");
  await desk.page.getByRole("button", { name: "Named only" }).click();
  await expect(history.versions).toHaveCount(2);
  await history.act("Remove name");
  await expect(history.versions).toHaveCount(1);
  await desk.page.getByRole("button", { name: "Named only" }).click();
  const kept = (await versionsOf(ada, document)).length;

  const grace = await Person.signUp(server, "grace", "Grace Hopper");
  await ada.addMember(document, "grace", "edit");
  const hers = await History.open(await window(grace), document);
  await hers.page.locator(".version[data-selected]").getByRole("button", { name: /^More for / }).click();
  await expect(hers.page.getByRole("menuitem", { name: "Delete version…" })).toHaveCount(0);

  await history.versions.last().click();
  await history.act("Delete version…");
  await desk.page.getByRole("dialog", { name: "Delete this version?" }).getByRole("button", { name: "Delete version" }).click();
  await expect.poll(async () => (await versionsOf(ada, document)).length).toBe(kept - 1);
});

test("PG24 everything goes by keyboard: the list, the scrubber, the changes, restoring and the way back", async ({ server, ada, window }) => {
  const document = await ada.newDocument("One.\n");
  for (const n of [1, 2, 3]) {
    await nameVersion(ada, document, `Version ${n}`);
    await write(server, ada, document, `One.\n\nAnd ${n} more.\n`);
  }
  const page = await window(ada);
  const history = await History.open(page, document);
  await history.selected.focus();
  await page.keyboard.press("End");
  await expect(history.selected).toContainText("Version 1");
  await expect(history.selected).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(history.selected).toContainText("Version 2");
  await history.scrubber.focus();
  await page.keyboard.press("ArrowRight");
  await expect(history.selected).toContainText("Version 3");
  await expect(history.scrubber).toHaveAttribute("aria-valuetext", /^Version 3, /);
  await page.keyboard.press("Home");
  await expect(history.selected).toContainText("Version 1");
  await page.keyboard.press("k");
  await expect(history.selected).toContainText("Version 2");
  await history.settled();
  await page.keyboard.press("n");
  await expect(history.steps).toHaveText("1 of 1");
  await page.keyboard.press("s");
  await expect(history.source.locator("ins").last()).toHaveText("And 1 more.");
  await page.getByRole("button", { name: "Restore this version" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Restore", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Restored.")).toBeVisible();
  await expect.poll(() => ada.text(document)).toBe("One.\n\nAnd 1 more.\n");
  await page.keyboard.press("Escape");
  await new Desk(page).expectSaved();
});

test("PG24 on a phone the scrubber and the list are under the thumb, and a passage comes back from a touch", async ({ server, ada, window }) => {
  const document = await ada.newDocument(plan);
  await nameVersion(ada, document, "Whole");
  await write(server, ada, document, plan.replace(/## What to bring[\s\S]*?(?=## Who)/, ""));
  const page = await window(ada, phone);
  const history = await History.open(page, document);
  const { width, height } = phone.viewport;
  for (const thing of [history.scrubber, page.locator(".past-which")]) {
    const box = await thing.boundingBox();
    expect(box && box.y > height / 2 && box.x >= 0 && box.x + box.width <= width).toBe(true);
  }
  await page.locator(".past-which").tap();
  await page.getByRole("dialog", { name: "Versions" }).getByText("Whole").tap();
  await history.settled();
  await expect(page.getByRole("dialog", { name: "Versions" })).toHaveCount(0);
  await expect(page.locator(".past-which")).toContainText("Whole");
  await history.selectFrom("What to bring", "the long table");
  await page.getByRole("button", { name: "Restore this passage" }).tap();
  await expect(page.getByText("The passage is back.")).toBeVisible();
  await expect.poll(() => ada.text(document)).toBe(plan);
});

test("without the server the page says so, keeps what it shows, and tries again", async ({ server, ada, window }) => {
  const document = await ada.newDocument(plan);
  await nameVersion(ada, document, "One");
  await write(server, ada, document, `${plan}More.\n`);
  const page = await window(ada);
  await page.route("**/api/**", (route) => route.abort());
  await page.goto(`/d/${document.id}/history`);
  await expect(page.getByRole("heading", { name: "The history cannot be shown just now" })).toBeVisible();
  await page.unroute("**/api/**");
  await page.getByRole("button", { name: "Try again" }).click();
  const history = new History(page);
  await history.pick("One");
  await page.route("**/restore", (route) => route.abort());
  await page.getByRole("button", { name: "Restore this version" }).click();
  await page.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(page.getByText("Nothing was restored, and nothing was changed.")).toBeVisible();
});

test("a document without versions says what will come, and who may only comment has no history", async ({ server, ada, open, window }) => {
  const document = await ada.newDocument();
  const history = await History.open(await window(ada), document);
  await expect(history.page.getByText("Earlier versions appear here by themselves")).toBeVisible();
  const reader = await Person.byLink(server, await ada.shareLink(document, "comment"), "Reader");
  const desk = await open(reader, document);
  await desk.page.getByRole("button", { name: "More", exact: true }).click();
  await expect(desk.page.getByRole("menuitem", { name: "History" })).toHaveCount(0);
  const { status } = await reader.ask("GET", `/d/${document.id}/history`);
  expect(status).toBeGreaterThanOrEqual(400);
});
