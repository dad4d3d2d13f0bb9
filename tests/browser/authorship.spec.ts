/** Who wrote this, and what changed since one last looked, as people see it. */
import { expect, phone, test } from "./fixtures";
import { Person } from "./people";
import { highlighted, Writer } from "./writers";

const text = `# The loom

The engine weaves patterns. It can do whatever we order.

It has no pretensions.

- [ ] somebody to pay for it
`;

test("PG11 whose words are whose: in the source, beside the lines, in the text and for those who only read", async ({ server, ada, open, window }) => {
  const document = await ada.newDocument(text);
  const grace = await Writer.join(server, ada, document, "Grace Hopper");
  grace.replace("patterns", "algebra");
  const desk = await open(ada, document, { panes: "both" });
  const { page } = desk;
  await desk.expectSource(text.replace("patterns", "algebra"));
  await expect(page.locator(".cm-by, .cm-by-bar")).toHaveCount(0);

  await desk.more("Who wrote this");
  const legend = page.getByRole("region", { name: "Who wrote this" });
  await expect(legend.getByRole("listitem")).toHaveText([/Ada Lovelace.*%/, /Grace Hopper.*%/]);
  await expect(desk.source.locator(".cm-by.by-line-2")).toHaveText(["algebra"]);
  await expect.poll(() => highlighted(page, "by-line-2")).toEqual(["algebra"]);

  const line = page.locator(".cm-by-bar").nth(1);
  await line.hover();
  await expect(page.getByRole("tooltip")).toHaveText(/Ada Lovelace\d+%Grace Hopper\d+%/);
  await line.click();
  await expect(legend.locator("[aria-current]")).toHaveCount(2);

  // Somebody new is asked for, and whoever is here is known at once.
  grace.write("no pretensions", " at all");
  await expect(desk.source.locator(".cm-by.by-line-2")).toHaveText(["algebra", " at all"]);
  await desk.toEnd();
  await page.keyboard.type("\nMine.");
  await expect(desk.source.locator(".cm-by.by-line-1").last()).toHaveText("Mine.");

  await legend.getByRole("button", { name: "Tint words" }).click();
  await expect(page.locator(".cm-by-bar").first()).toBeVisible();
  await expect(desk.source.locator(".cm-by")).toHaveCount(0);
  await legend.getByRole("button", { name: "Tint words" }).click();
  await page.reload();
  await expect(legend.getByRole("listitem")).toHaveCount(2);
  await page.keyboard.press("F1");
  await page.keyboard.type("who wrote this line");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: /wrote this\.$/ })).toBeVisible();
  await legend.getByRole("button", { name: "Hide who wrote this" }).click();
  await expect(page.locator(".cm-by, .cm-by-bar")).toHaveCount(0);
  await expect.poll(() => highlighted(page, "by-.*")).toEqual([]);

  const reader = await window(await Person.byLink(server, await ada.shareLink(document, "view"), "Reader"), phone);
  await reader.goto(`/d/${document.id}`);
  await expect(reader.locator("button.save")).toHaveText("Saved");
  await reader.getByRole("button", { name: "More", exact: true }).click();
  await reader.getByRole("menuitem", { name: "Who wrote this" }).click();
  await expect(reader.getByRole("region", { name: "Who wrote this" })).toContainText("Grace Hopper");
  await expect.poll(() => highlighted(reader, "by-line-2")).toEqual(["algebra", " at all"]);
  grace.leave();
});

test("PG11 brought in and restored text is by whoever did it", async ({ server, ada, open }) => {
  const document = await ada.newDocument("One by Ada.\n");
  const version = (await (await ada.call("POST", `/api/documents/${document.id}/versions`, { name: "first" })).json()) as { id: string };
  const desk = await open(ada, document, { panes: "both" });
  const writer = await Writer.join(server, ada, document, "Grace Hopper");
  writer.replace("One by Ada.\n", "");
  await desk.expectSource("");
  await writer.person.call("POST", `/api/documents/${document.id}/versions/${version.id}/restore`);
  await desk.expectSource("One by Ada.\n");
  await desk.page.locator("body").evaluate((body) => {
    const files = new DataTransfer();
    files.items.add(new File(["Brought in.\n"], "note.md", { type: "text/markdown" }));
    for (const type of ["dragenter", "dragover", "drop"]) body.dispatchEvent(new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true }));
  });
  await desk.page.getByRole("button", { name: "Add at the end" }).click();
  await desk.expectSource("One by Ada.\n\nBrought in.\n");
  await desk.more("Who wrote this");
  const by = async (name: RegExp) => {
    const credit = desk.page.getByRole("region", { name: "Who wrote this" }).getByRole("listitem").filter({ hasText: name });
    const line = /by-line-\d/.exec((await credit.locator(".cm-by").getAttribute("class")) ?? "")?.[0] ?? "";
    return desk.source.locator(`.${line}`).allTextContents();
  };
  await expect.poll(() => by(/Grace/)).toEqual(["One by Ada."]);
  expect(await by(/Ada/)).toEqual(["Brought in."]);
  writer.leave();
});

test("PG12 PG13 on coming back one is told what others changed, goes through it, and is not told again", async ({ server, ada, open }) => {
  const document = await ada.newDocument(text);
  const desk = await open(ada, document, { panes: "both" });
  const { page } = desk;
  const [tomasz, ama] = [await Writer.join(server, ada, document, "Tomasz Bielak"), await Writer.join(server, ada, document, "Ama Serwaa")];
  await tomasz.meets("Ada Lovelace");
  const row = page.getByRole("region", { name: "Since you last looked" });
  await expect(row).toHaveCount(0);
  await page.goto("about:blank");
  await tomasz.misses("Ada Lovelace");

  tomasz.replace("patterns", "algebra and flowers");
  await ama.hears("algebra");
  ama.replace("It has no pretensions.\n\n", "");
  ama.replace("", "- [x] a friend to lean on the keyboard\n");
  await tomasz.hears("keyboard");

  await page.goto(`/d/${document.id}?both`);
  await expect(row).toContainText(/^3 changes by Ama Serwaa and Tomasz Bielak since you last looked, a moment ago/);
  await expect(page.getByText(/3 changes by .* F7 goes to the next change\./)).toHaveCount(1);
  await expect(page.locator(".cm-added, .cm-gone, .gone")).toHaveCount(0);
  await row.getByRole("button", { name: "Show", exact: true }).click();
  await expect(desk.source.locator(".cm-added")).toHaveText(["algebra and flowers", "- [x] a friend to lean on the keyboard"]);
  await expect(desk.source.locator(".cm-gone")).toHaveText(["patterns", /It has no pretensions\./]);
  await expect.poll(() => highlighted(page, "added-[1-8]")).toEqual(expect.arrayContaining(["algebra and flowers"]));
  await expect(row).toContainText("Tomasz Bielak put “algebra and flowers” in the place of “patterns”");
  await expect(row).toContainText("1 of 3");
  const gone = page.getByRole("button", { name: "Deleted: patterns" });
  await gone.focus();
  await expect(gone.locator("del")).toBeVisible();

  await page.keyboard.press("F7");
  await expect(row).toContainText("Deleted: “It has no pretensions.”");
  await page.keyboard.press("Shift+F7");
  await expect(row).toContainText("1 of 3");

  // Marks move along with what is written meanwhile.
  tomasz.write("# The loom", ", looked at");
  await desk.expectSource(tomasz.stock.text);
  await expect(desk.source.locator(".cm-added").first()).toHaveText("algebra and flowers");
  await expect.poll(() => highlighted(page, "added-[1-8]")).toEqual(expect.arrayContaining(["algebra and flowers"]));

  const seen = page.waitForResponse((answer) => answer.url().endsWith("/seen") && answer.status() === 204);
  await page.keyboard.press("Escape");
  await seen;
  await expect(row).toHaveCount(0);
  await expect(page.locator(".cm-added, .cm-gone, .gone")).toHaveCount(0);
  await page.reload();
  await desk.expectSaved();
  await expect(row).toHaveCount(0);
  for (const writer of [tomasz, ama]) writer.leave();
});

test("PG12 one's own words from another device are no news", async ({ server, ada, open }) => {
  const document = await ada.newDocument(text);
  const desk = await open(ada, document);
  const tomasz = await Writer.join(server, ada, document, "Tomasz Bielak");
  await tomasz.meets("Ada Lovelace");
  await desk.page.goto("about:blank");
  await tomasz.misses("Ada Lovelace");
  const other = await open(ada, document, { panes: "edit" });
  await other.toEnd();
  await other.page.keyboard.type("From the train.\n");
  await other.expectSaved();
  await tomasz.hears("train");
  const told = desk.page.waitForResponse((answer) => answer.url().endsWith("/since"));
  await desk.page.goto(`/d/${document.id}?both`);
  expect(((await (await told).json()) as { text: string | null }).text).toBe(text);
  await desk.expectSaved();
  await desk.expectSource(`${text}From the train.\n`);
  await expect(desk.page.getByRole("region", { name: "Since you last looked" })).toHaveCount(0);
  tomasz.leave();
});

test("PG13 a guest who may only look is told in the text, on a phone too", async ({ server, ada, window }) => {
  const document = await ada.newDocument(text);
  const reader = await Person.byLink(server, await ada.shareLink(document, "view"), "Reader");
  const page = await window(reader, phone);
  await page.goto(`/d/${document.id}`);
  await expect(page.locator("button.save")).toHaveText("Saved");
  const tomasz = await Writer.join(server, ada, document, "Tomasz Bielak");
  await tomasz.meets("Reader");
  await page.goto("about:blank");
  await tomasz.misses("Reader");
  tomasz.replace("patterns", "algebra");
  tomasz.replace(" whatever", "");
  await page.goto(`/d/${document.id}`);
  const row = page.getByRole("region", { name: "Since you last looked" });
  await expect(row).toContainText(/^2 changes by Tomasz Bielak/);
  await row.getByRole("button", { name: "Show", exact: true }).tap();
  await expect.poll(() => highlighted(page, "added-[1-8]")).toEqual(["algebra"]);
  await row.getByRole("button", { name: "Next change" }).tap();
  await expect(row).toContainText("Deleted: “whatever”");
  const gone = page.getByRole("button", { name: "Deleted: whatever" });
  await gone.tap();
  await expect(gone.locator("del")).toBeVisible();
  await row.getByRole("button", { name: "Dismiss" }).tap();
  await expect(row).toHaveCount(0);
  await expect.poll(() => highlighted(page, "added-.*")).toEqual([]);
  tomasz.leave();
});

test("PG12 a text that became another one is said to be, with the way to its history", async ({ server, ada, open }) => {
  const document = await ada.newDocument(text.repeat(8));
  const desk = await open(ada, document);
  const tomasz = await Writer.join(server, ada, document, "Tomasz Bielak");
  await tomasz.meets("Ada Lovelace");
  await desk.page.goto("about:blank");
  await tomasz.misses("Ada Lovelace");
  tomasz.replace(tomasz.stock.text, "Nothing is what it was. ".repeat(60));
  await desk.page.goto(`/d/${document.id}?both`);
  const row = desk.page.getByRole("region", { name: "Since you last looked" });
  await expect(row).toContainText("Much of the text was changed by Tomasz Bielak since you last looked");
  await expect(row.getByRole("link", { name: "Open history" })).toHaveAttribute("href", `/d/${document.id}/history`);
  await expect(row.getByRole("button", { name: "Show" })).toHaveCount(0);
  tomasz.leave();
});
