/** Notes as people use them: from the text and from the source, in two windows, on a phone, and when things go wrong. */
import { Desk } from "./desk";
import { expect, phone, test } from "./fixtures";
import { Margin, pressText, selectText } from "./margin";
import { answer, leave, notesOf } from "./notes";
import { Person } from "./people";

const text = `# What saved means

Most editors say *Saved* when your words have reached a memory. That is a hope, not a fact. If the power goes now, they go with it.

## Where the gap is

A write travels further than it looks.

${Array.from({ length: 40 }, (_, n) => `Paragraph ${n} says little of its own.\n`).join("\n")}
The last line is the promise.
`;

test("a note from the rendered text is in the other's margin, and is talked about, changed and resolved", async ({ server, ada, open }) => {
  const document = await ada.newDocument(text);
  const bob = await Person.signUp(server, "bob", "Bob Babbage");
  await ada.addMember(document, "bob", "edit");
  const [hers, his] = [await open(ada, document, { panes: "both" }), await open(bob, document, { panes: "both" })];
  const [ours, theirs] = [new Margin(hers.page), new Margin(his.page)];

  await selectText(hers.page, "a hope, not a fact");
  await hers.page.getByRole("button", { name: "Note", exact: true }).click();
  await expect(ours.field).toBeFocused();
  await hers.page.keyboard.type("Strong, but is it fair?");
  await hers.page.keyboard.press("Control+Enter");
  await expect(ours.thread("Strong, but is it fair?")).toHaveAttribute("aria-current", "true");
  const [note] = await notesOf(ada, document);
  expect(note).toMatchObject({ quote: "a hope, not a fact", body: "Strong, but is it fair?" });
  expect(note?.anchor).not.toBeNull();

  // Nothing opens by itself in the other window: the count tells.
  await his.page.getByRole("button", { name: "Notes, 1 open" }).click();
  const thread = await theirs.open("Strong, but is it fair?");
  await thread.getByRole("textbox", { name: "Reply" }).fill("They hope the timer wins, @ada.");
  await thread.getByRole("button", { name: "Post" }).click();
  await expect(ours.thread("They hope the timer wins")).toContainText("Ada Lovelace.");
  await expect(thread.getByRole("textbox", { name: "Reply" })).toHaveValue("");

  await theirs.act(thread, "Bob Babbage", "Edit");
  await thread.getByRole("textbox", { name: "What you said" }).fill("They hope.");
  await thread.getByRole("button", { name: "Save" }).click();
  await expect(ours.thread("They hope.")).toContainText("edited");
  await thread.getByRole("button", { name: "React to Ada Lovelace" }).click();
  await his.page.keyboard.press("Enter");
  await expect(ours.thread("They hope.").getByRole("button", { name: "👍, 1: Bob Babbage" })).toBeVisible();
  await thread.getByRole("button", { name: "👍, 1: you" }).click();
  await expect(ours.thread("They hope.").getByRole("group", { name: "Reactions" })).toHaveCount(0);

  await thread.getByRole("button", { name: "Resolve" }).click();
  await ours.expectCounts(0, 1, 0);
  await ours.tab("Resolved");
  await expect(ours.thread("Strong, but is it fair?")).toContainText("Resolved by Bob Babbage");
  await ours.thread("Strong, but is it fair?").getByRole("button", { name: "Reopen" }).click();
  await theirs.expectCounts(1, 0, 0);

  await ours.tab("Open");
  await ours.act(await ours.open("Strong, but is it fair?"), "Ada Lovelace", "Delete…");
  await expect(hers.page.getByRole("dialog", { name: "Delete this note?" })).toContainText("1 reply");
  await hers.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await theirs.expectCounts(0, 0, 0);
  expect(await notesOf(ada, document)).toEqual([]);
});

test("a note from the source, by keyboard alone, with a name completed", async ({ server, ada, open }) => {
  const document = await ada.newDocument(text);
  await Person.signUp(server, "bob", "Bob Babbage");
  await ada.addMember(document, "bob", "comment");
  const desk = await open(ada, document, { panes: "edit" });
  const margin = new Margin(desk.page);
  await desk.page.keyboard.press("Control+Alt+m");
  await expect(desk.page.getByRole("status").filter({ hasText: "Select some text first" })).toBeVisible();
  await desk.select("saved");
  await desk.page.keyboard.press("Control+Alt+m");
  await expect(margin.field).toBeFocused();
  await desk.page.keyboard.type("What do you say, @ba");
  await expect(desk.page.getByRole("option", { name: /Bob Babbage/ })).toBeVisible();
  await desk.page.keyboard.press("Tab");
  await expect(margin.field).toHaveValue("What do you say, @bob ");
  await desk.page.keyboard.press("Control+Enter");
  await expect(margin.thread("What do you say, Bob Babbage")).toBeFocused();
  await desk.page.keyboard.press("Escape");
  await expect(desk.source).toBeFocused();
  const bob = new Margin(desk.page);
  await expect(bob.rail).toBeVisible();
});

test("a draft is left, kept when the tab is closed, and posted in the end", async ({ ada, open }) => {
  const document = await ada.newDocument(text);
  const desk = await open(ada, document, { panes: "view" });
  const margin = new Margin(desk.page);
  await selectText(desk.page, "the power goes now");
  await expect(desk.page.getByRole("button", { name: "Note", exact: true })).toBeVisible();
  await desk.page.keyboard.press("Control+Alt+m");
  await expect(margin.field).toBeFocused();
  await desk.page.keyboard.type("Say where it goes");
  await desk.page.keyboard.press("Escape");
  await expect(margin.field).toHaveCount(0);
  await expect(margin.rail.getByText("Say where it goes")).toBeVisible();
  await desk.page.reload();
  await desk.expectSaved();
  await margin.rail.getByRole("button", { name: "Go on" }).click();
  await expect(margin.field).toHaveValue("Say where it goes");
  await expect(margin.draft).toContainText("the power goes now");
  await margin.draft.getByRole("button", { name: "Post" }).click();
  await expect(margin.thread("Say where it goes")).toBeVisible();
  expect(await notesOf(ada, document)).toMatchObject([{ quote: "the power goes now" }]);
  await desk.page.reload();
  await expect(margin.thread("Say where it goes")).toBeVisible();
  await expect(margin.rail.getByText("Draft")).toHaveCount(0);
});

test("posting is not refused because the text changed, and what was not posted stays", async ({ ada, open }) => {
  const document = await ada.newDocument(text);
  const desk = await open(ada, document, { panes: "both" });
  const margin = new Margin(desk.page);
  await selectText(desk.page, "A write travels further");
  await expect(desk.page.getByRole("button", { name: "Note", exact: true })).toBeVisible();
  await desk.page.keyboard.press("Control+Alt+m");
  await expect(margin.field).toBeFocused();
  await desk.page.keyboard.type("Could open with a drawing");
  const json = { error: { code: "broken", message: "The server could not do that." } };
  await desk.page.route("**/notes", (route) => route.fulfill({ status: 500, json }));
  await desk.page.keyboard.press("Control+Enter");
  await expect(margin.draft.getByRole("alert")).toContainText("The server could not do that.");
  await expect(margin.field).toHaveValue("Could open with a drawing");
  await desk.source.focus();
  await desk.page.keyboard.press("Control+a");
  await desk.page.keyboard.press("Delete");
  await desk.page.keyboard.type("Something else");
  await expect(margin.draft).toContainText("The text was deleted meanwhile");
  await desk.page.unroute("**/notes");
  await margin.draft.getByRole("button", { name: "Try again" }).click();
  await margin.expectCounts(0, 0, 1);
  await expect(margin.rail.getByText("1 note lost its place")).toBeVisible();
  await selectText(desk.page, "Something else");
  await expect(desk.page.getByRole("button", { name: "Note", exact: true })).toBeVisible();
  await margin.rail.getByRole("button", { name: "Attach to selection" }).click();
  await margin.expectCounts(1, 0, 0);
  await expect(margin.thread("Could open with a drawing")).toHaveAttribute("aria-label", /Something else/);
});

test("passages over each other are all reached, and F8 goes from note to note", async ({ ada, open }) => {
  const document = await ada.newDocument(text);
  await leave(ada, document, "That is a hope, not a fact.", "The whole sentence");
  await leave(ada, document, "a hope", "Two words of it");
  await leave(ada, document, "The last line is the promise.", "Far below");
  const desk = await open(ada, document, { panes: "view" });
  const margin = new Margin(desk.page);
  await pressText(desk.page, "a hope");
  await expect(margin.thread("Two words of it")).toHaveAttribute("aria-current", "true");
  await pressText(desk.page, "a hope");
  await expect(margin.thread("The whole sentence")).toHaveAttribute("aria-current", "true");
  await desk.page.keyboard.press("Shift+F8");
  await expect(margin.thread("Far below")).toBeFocused();
  await expect(desk.text.getByText("The last line is the promise.")).toBeInViewport();
  await desk.page.keyboard.press("k");
  await expect(margin.page.getByRole("article").filter({ hasText: "Two words of it" })).toBeFocused();
});

test("a thread stands beside its passage, wherever the text is scrolled", async ({ ada, open }) => {
  const document = await ada.newDocument(text);
  await leave(ada, document, "Paragraph 20 says little", "In the middle");
  const desk = await open(ada, document, { panes: "view" });
  const margin = new Margin(desk.page);
  const scroller = desk.page.locator(".scroller");
  await expect(margin.thread("In the middle")).toBeAttached();
  const apart = async () => {
    const [line, card] = await Promise.all([
      desk.text.getByText("Paragraph 20 says little").boundingBox(),
      margin.page.getByRole("article").filter({ hasText: "In the middle" }).boundingBox(),
    ]);
    return line && card ? Math.abs(line.y + line.height / 2 - (card.y + 10)) : Number.NaN;
  };
  for (const top of [300, 700, 450]) {
    await scroller.evaluate((element, to) => element.scrollTo(0, to), top);
    await expect.poll(apart).toBeLessThan(4);
  }
  await margin.rail.hover();
  await desk.page.mouse.wheel(0, 200);
  await expect.poll(() => scroller.evaluate((element) => element.scrollTop)).toBe(650);
  await expect.poll(apart).toBeLessThan(4);
});

test("a reader sees the notes and how to ask for more", async ({ server, ada, open }) => {
  const document = await ada.newDocument(text);
  await leave(ada, document, "a hope", "Seen by all");
  const reader = await Person.byLink(server, await ada.shareLink(document, "view"), "Quiet Heron");
  const desk = await open(reader, document);
  const margin = new Margin(desk.page);
  await margin.open("Seen by all");
  await expect(margin.rail.getByRole("textbox")).toHaveCount(0);
  await selectText(desk.page, "the power goes now");
  await expect(desk.page.getByRole("button", { name: "Note", exact: true })).toHaveCount(0);
  await desk.page.keyboard.press("Control+Alt+m");
  await expect(desk.page.getByRole("status").filter({ hasText: "ask for more access" })).toBeVisible();
  await margin.rail.getByRole("button", { name: "Ask for access" }).click();
  await expect(desk.page.getByRole("dialog", { name: "Ask for access" })).toBeVisible();
});

test("a guest who may comment does everything on a phone, in the text alone", async ({ ada, open, window }) => {
  const document = await ada.newDocument(text);
  const note = await leave(ada, document, "That is a hope, not a fact.", "Is this fair?");
  await answer(ada, document, note, "Some of them do sync.");
  await leave(ada, document, "A write travels further than it looks.", "A drawing?");
  const owner = await open(ada, document, { panes: "view" });
  const page = await window(null, phone);
  await page.goto((await ada.shareLink(document, "comment")).url);
  await expect(page.locator("button.save")).toHaveText("Saved");
  const sheet = page.getByRole("dialog");

  await pressText(page, "That is a hope");
  await expect(sheet).toContainText("Note 1 of 2");
  await expect(page.locator("article.prose").getByText("That is a hope")).toBeInViewport();
  await sheet.getByRole("textbox", { name: "Reply" }).fill("On a train I hope too.");
  await sheet.getByRole("button", { name: "Post" }).tap();
  await expect(new Margin(owner.page).thread("Is this fair?")).toContainText("2 replies");
  await sheet.getByRole("button", { name: "Next note" }).tap();
  await expect(sheet).toContainText("A drawing?");
  await page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);

  await selectText(page, "the power goes now");
  await page.getByRole("button", { name: "Note", exact: true }).tap();
  await sheet.getByRole("textbox", { name: "New note" }).fill("Where does it go?");
  await sheet.getByRole("button", { name: "Post" }).tap();
  await expect(sheet).toContainText("Note 2 of 3");
  await page.mouse.click(195, 40);
  await page.getByRole("button", { name: "Notes, 3 open" }).tap();
  await expect(sheet.getByRole("article")).toHaveCount(3);
  await expect(page.locator(".cm-content")).toHaveCount(0);
  expect((await notesOf(ada, document)).map((it) => it.body)).toContain("Where does it go?");
  const small = await sheet.locator("button:visible, textarea:visible").evaluateAll((all) =>
    all.filter((it) => !it.classList.contains("q") && it.getBoundingClientRect().height < 40).map((it) => it.outerHTML.slice(0, 120)),
  );
  expect(small).toEqual([]);
});

test("on a phone a note that lost its place is attached to what is selected next, and a resolved one is out of the way", async ({ ada, open }) => {
  const document = await ada.newDocument(text);
  await leave(ada, document, "words that are not there", "Where did it go?");
  const desk = await open(ada, document, { ...phone, panes: "view" });
  const sheet = desk.page.getByRole("dialog");
  await desk.page.getByRole("button", { name: "Notes, 1 open" }).tap();
  await sheet.getByRole("tab", { name: "Detached" }).tap();
  await sheet.getByRole("button", { name: "Attach to selection" }).tap();
  await expect(sheet).toHaveCount(0);
  await expect(desk.page.getByRole("status").filter({ hasText: "then press Attach" })).toBeVisible();
  await selectText(desk.page, "the power goes now");
  await desk.page.getByRole("button", { name: "Attach", exact: true }).tap();
  await expect.poll(async () => (await notesOf(ada, document))[0]?.quote).toBe("the power goes now");
  await expect(sheet).toContainText("Where did it go?");
  await sheet.getByRole("button", { name: "Resolve" }).tap();
  await expect(sheet).toHaveCount(0);
  await desk.page.getByRole("button", { name: "Undo" }).tap();
  await expect(desk.page.getByRole("button", { name: "Notes, 1 open" })).toBeVisible();
});

test("the margin can be put away, and lies over the text where it is narrow", async ({ ada, open }) => {
  const document = await ada.newDocument(text);
  await leave(ada, document, "a hope", "Beside or over");
  const desk = await open(ada, document, { panes: "view" });
  const margin = new Margin(desk.page);
  await expect(margin.rail).toBeVisible();
  await margin.rail.getByRole("button", { name: "Order and more" }).click();
  await desk.page.getByRole("menuitem", { name: "Hide notes" }).click();
  await expect(margin.rail).toHaveCount(0);
  await desk.page.reload();
  await desk.expectSaved();
  await expect(desk.page.getByRole("button", { name: "Notes, 1 open" })).toBeVisible();
  await expect(margin.rail).toHaveCount(0);
  await desk.page.setViewportSize({ width: 900, height: 700 });
  const width = await desk.text.evaluate((article) => article.getBoundingClientRect().width);
  await pressText(desk.page, "a hope");
  await expect(margin.thread("Beside or over")).toHaveAttribute("aria-current", "true");
  expect(await desk.text.evaluate((article) => article.getBoundingClientRect().width)).toBe(width);
  await desk.page.getByRole("button", { name: "Notes, 1 open" }).click();
  await expect(margin.rail).toHaveCount(0);
});

test("the list of documents tells of notes, and who was mentioned", async ({ server, ada, window }) => {
  const document = await ada.newDocument(text);
  const bob = await Person.signUp(server, "bob", "Bob Babbage");
  await ada.addMember(document, "bob", "comment");
  const page = await window(ada);
  await page.goto("/");
  await expect(page.getByRole("link", { name: "What saved means" })).toBeVisible();
  await leave(bob, document, "a hope", "@ada is it?");
  await expect(page.getByRole("link", { name: "1 open note" })).toBeVisible();
  await page.getByRole("link", { name: "mentioned you" }).click();
  const desk = new Desk(page);
  await desk.expectSaved();
  await expect(new Margin(page).rail).toContainText("Ada Lovelace is it?");
  await page.goto("/");
  await expect(page.getByRole("link", { name: "1 open note" })).toBeVisible();
  await expect(page.getByRole("link", { name: "mentioned you" })).toHaveCount(0);
});
