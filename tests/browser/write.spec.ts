/** Writing: from the first visit to a second person's caret, and everything the page does with a text. */
import { readFileSync } from "node:fs";
import { expect, test } from "./fixtures";
import { Desk } from "./desk";
import { password } from "./people";
import { Server } from "./server";

test("a newcomer signs up, writes, shares, and sees a second person's caret", async ({ window }) => {
  const page = await window(null);
  await page.goto("/");
  await expect(page.getByText("You are the first here: this account will administer Galley.")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("Ada Lovelace");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Your documents" })).toBeVisible();
  await page.getByRole("button", { name: /New document/ }).first().click();

  const desk = new Desk(page);
  await expect(desk.source).toBeFocused();
  await page.keyboard.type("# Notes on the engine\n\nIt weaves patterns.");
  await expect(desk.text.getByRole("heading", { name: "Notes on the engine" })).toBeVisible();
  await expect(page).toHaveTitle("Notes on the engine · Galley");
  await desk.expectSaved();

  await page.getByRole("button", { name: "Share", exact: true }).first().click();
  const share = page.getByRole("dialog", { name: "Share" });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await share.getByRole("button", { name: "Link that can edit" }).click();
  await share.getByRole("button", { name: "Copy", exact: true }).click();
  await expect(share.getByRole("button", { name: "Copied" })).toBeVisible();
  const address = await page.evaluate(() => navigator.clipboard.readText());
  await page.keyboard.press("Escape");

  const other = await window(null);
  await other.goto(address);
  await other.getByRole("region", { name: "Your name here" }).getByLabel("Write as").fill("Grace");
  await other.getByRole("button", { name: "Start" }).click();
  await other.locator(".cm-content").focus();
  await other.keyboard.press("Control+End");
  await other.keyboard.type(" Algebraically.");
  await expect(page.locator(".cm-editor").getByText("Grace")).toBeAttached();
  await desk.expectSource("# Notes on the engine\n\nIt weaves patterns. Algebraically.");
});

test("the keys format, and the same key takes it back", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("alpha beta gamma"), { panes: "both" });
  const keys: [string, string][] = [
    ["Control+b", "alpha **beta** gamma"],
    ["Control+i", "alpha *beta* gamma"],
    ["Control+e", "alpha `beta` gamma"],
    ["Control+Shift+x", "alpha ~~beta~~ gamma"],
    ["Control+Shift+h", "alpha ==beta== gamma"],
  ];
  await desk.select("beta");
  for (const [key, formatted] of keys) {
    await desk.page.keyboard.press(key);
    await desk.expectSource(formatted);
    await desk.page.keyboard.press(key);
    await desk.expectSource("alpha beta gamma");
  }
  for (const [key, marks] of [["Control+Alt+1", "# "], ["Control+Alt+2", "## "], ["Control+Alt+3", "### "]] as const) {
    await desk.page.keyboard.press(key);
    await desk.expectSource(`${marks}alpha beta gamma`);
  }
});

test("PG70 before the text is here the source takes no keys, says that it is busy, and does not look like an empty one", async ({ ada, window }) => {
  const document = await ada.newDocument("before ");
  const page = await window(ada);
  let letIn = () => {};
  const held = new Promise<void>((done) => (letIn = done));
  await page.routeWebSocket(/\/sync\//, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => void held.then(() => socket.send(message)));
  });
  await page.goto(`/d/${document.id}?edit`);
  const desk = new Desk(page);
  await expect(desk.saveState).toHaveText("Saved");
  await expect(page.locator(".source-text")).toHaveAttribute("aria-busy", "true");
  await expect(page.getByText("Start by entering a title here")).toHaveCount(0);
  await page.keyboard.type("lost");
  letIn();
  await desk.expectSaved();
  await desk.expectSource("before ");
  await desk.toEnd();
  await page.keyboard.type("after");
  await desk.expectSource("before after");
});

test("lists go on, and end where nothing is written", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(), { panes: "both" });
  await desk.source.focus();
  await desk.page.keyboard.type("- one\ntwo\n\nafter\n\n1. first\nsecond\n\n- [x] done\nnext");
  await desk.expectSource("- one\n- two\n\nafter\n\n1. first\n2. second\n\n- [x] done\n- [ ] next");
});

test("a task box in the text is a character of the source", async ({ ada, open }) => {
  const document = await ada.newDocument("# Tasks\n\n- [ ] weave\n- [x] read\n\n> - [ ] quoted\n");
  const desk = await open(ada, document, { panes: "both" });
  const boxes = desk.text.getByRole("checkbox");
  await expect(boxes).toHaveCount(3);
  await boxes.nth(0).click();
  await desk.expectSource("# Tasks\n\n- [x] weave\n- [x] read\n\n> - [ ] quoted\n");
  await expect(boxes.nth(0)).toBeChecked();
  await boxes.nth(1).click();
  await boxes.nth(2).click();
  await desk.expectSource("# Tasks\n\n- [x] weave\n- [ ] read\n\n> - [x] quoted\n");
  await desk.expectSaved();
  expect(await ada.text(document)).toBe("# Tasks\n\n- [x] weave\n- [ ] read\n\n> - [x] quoted\n");
});

test("edit, both and view, by button and by key, and the address remembers", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("# Views\n"));
  await expect(desk.source).toBeVisible();
  await expect(desk.text).toBeVisible();
  await desk.view("View");
  await expect(desk.source).toBeHidden();
  await desk.page.reload();
  await expect(desk.text).toBeVisible();
  await expect(desk.source).toBeHidden();
  // The text is the server's and there before any script; the keys come with what the script draws around it.
  await expect(desk.saveState).toBeVisible();
  await desk.page.keyboard.press("Control+Alt+e");
  await expect(desk.source).toBeVisible();
  await expect(desk.text).toBeHidden();
  await desk.page.keyboard.press("Control+Alt+b");
  await expect(desk.source).toBeVisible();
  await expect(desk.text).toBeVisible();
});

test("source and text scroll together until they are unlinked", async ({ ada, open }) => {
  const sections = Array.from({ length: 120 }, (_, n) => `## Section ${n}\n\nWords of section ${n}.\n\n`).join("");
  const desk = await open(ada, await ada.newDocument(sections), { panes: "both" });
  await expect(desk.source).toContainText("Section 0");
  const sheet = desk.page.locator(".pane.preview .scroller");
  const scroller = desk.page.locator(".cm-scroller");
  const top = () => sheet.evaluate((element) => Math.round(element.scrollTop));
  await scroller.hover();
  await desk.page.mouse.wheel(0, 3_000);
  await expect.poll(top).toBeGreaterThan(1_000);
  await desk.page.getByRole("button", { name: "Scroll together" }).click();
  await expect(desk.page.getByRole("button", { name: "Scroll together" })).toHaveAttribute("aria-pressed", "false");
  const still = await top();
  await scroller.hover();
  const before = await scroller.evaluate((element) => element.scrollTop);
  await desk.page.mouse.wheel(0, -2_000);
  await expect.poll(() => scroller.evaluate((element) => element.scrollTop)).toBeLessThan(before);
  await desk.page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  expect(await top()).toBe(still);
});

test("F1 lists every command with its key and runs it", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("alpha beta"), { panes: "both" });
  await desk.select("beta");
  await desk.page.keyboard.press("F1");
  const palette = desk.page.getByRole("dialog", { name: "Commands" });
  await expect(palette.getByRole("option").filter({ hasText: "Bold" })).toContainText("Ctrl");
  await palette.getByRole("combobox", { name: "Command" }).fill("bold");
  await desk.page.keyboard.press("Enter");
  await expect(palette).toBeHidden();
  await desk.expectSource("alpha **beta**");
  await expect(desk.source).toBeFocused();
});

test("search finds and replaces in the source", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("one two one two one\n"), { panes: "both" });
  await desk.source.focus();
  await desk.page.keyboard.press("Control+f");
  const search = desk.page.locator(".cm-search");
  await expect(search).toBeVisible();
  await search.locator("input[name=search]").fill("one");
  await search.locator("input[name=replace]").fill("three");
  await search.locator("button[name=replaceAll]").click();
  await desk.expectSource("three two three two three\n");
  await desk.page.keyboard.press("Escape");
  await expect(search).toBeHidden();
});

test("Mod-S says whether it is saved, and never asks the browser to save the page", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("x"), { panes: "both" });
  await desk.source.focus();
  await desk.page.keyboard.press("Control+s");
  await expect(desk.page.locator(".toasts")).toContainText("Saved.");
});

test("a Markdown file dropped on the page is brought in", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(), { panes: "both" });
  await drop(desk, "notes.md", "# Dropped\n\nFrom a file.\n");
  await desk.expectSource("# Dropped\n\nFrom a file.\n");
  await drop(desk, "more.md", "More.\n");
  await desk.page.getByRole("button", { name: "Add at the end" }).click();
  await desk.expectSource("# Dropped\n\nFrom a file.\n\nMore.\n");
});

test("a Markdown file dropped on the list becomes a document", async ({ ada, window }) => {
  const page = await window(ada);
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Your documents" })).toBeVisible();
  await drop(new Desk(page), "notes.md", "# From a file\n");
  await expect(page.getByRole("heading", { name: "From a file" }).or(page.getByRole("link", { name: "From a file" }))).toBeVisible();
});

test("the document can be taken away as Markdown and as a page", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("# Taken away\n\n*Words.*\n"), { panes: "both" });
  for (const [entry, name, says] of [
    ["Download .md", "Taken away.md", "# Taken away\n\n*Words.*\n"],
    ["Download .html", "Taken away.html", "<em>Words.</em>"],
  ] as const) {
    const [download] = await Promise.all([desk.page.waitForEvent("download"), desk.more(entry)]);
    expect(download.suggestedFilename()).toBe(name);
    expect(readFileSync(await download.path(), "utf8")).toContain(says);
  }
});

test("titles are found while typing, a document is renamed, trashed and restored", async ({ ada, window }) => {
  await ada.newDocument("# First letter\n");
  const second = await ada.newDocument("# Second letter\n");
  const page = await window(ada);
  await page.goto("/");
  await page.getByRole("searchbox", { name: "Search titles" }).fill("second");
  await expect(page.getByRole("link", { name: "Second letter" })).toBeVisible();
  await expect(page.getByRole("link", { name: "First letter" })).toHaveCount(0);
  await page.getByRole("button", { name: "More for Second letter" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Title" }).fill("Second thoughts");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Second thoughts" })).toBeVisible();
  await expect.poll(() => ada.text(second)).toBe("# Second thoughts\n");

  await page.getByRole("button", { name: "More for Second thoughts" }).click();
  await page.getByRole("menuitem", { name: "Move to trash" }).click();
  await expect(page.getByRole("link", { name: "Second thoughts" })).toHaveCount(0);
  await page.getByRole("tab", { name: "Trash" }).click();
  await page.getByRole("button", { name: "More for Second thoughts" }).click();
  await page.getByRole("menuitem", { name: "Restore" }).click();
  await page.getByRole("tab", { name: "Mine" }).click();
  await expect(page.getByRole("link", { name: "Second thoughts" })).toBeVisible();
});

test("the save state counts what is not on the disk, and forgets nothing when the server is back", async ({ server, ada, open }) => {
  const document = await ada.newDocument("before ");
  const desk = await open(ada, document, { panes: "both" });
  await desk.toEnd();
  await server.end("SIGKILL");
  await desk.page.keyboard.type("and after");
  await expect(desk.saveState).toHaveText("Offline: 9 edits on this device");
  await desk.expectSource("before and after");

  const again = await Server.start({ data: server.data, port: Number(new URL(server.url).port) });
  await desk.expectSaved();
  expect(await ada.text(document)).toBe("before and after");
  await again.dispose();
});

/** Drops a file on the middle of the page, as the system would. */
async function drop(desk: Desk, name: string, text: string): Promise<void> {
  const data = await desk.page.evaluateHandle(
    ([name, text]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], name, { type: "text/markdown" }));
      return transfer;
    },
    [name, text] as const,
  );
  for (const event of ["dragenter", "dragover", "drop"])
    await desk.page.locator("main").first().dispatchEvent(event, { dataTransfer: data });
}
