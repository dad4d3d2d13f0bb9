/** Language and direction: from the front matter to everything that shows the text, while it is written. */
import { readFileSync } from "node:fs";
import { expect, test } from "./fixtures";
import { Desk } from "./desk";

const text = `# מנוע אנליטי

Words from left to right.

- פריט, with English
- [ ] משימה

> ציטוט

\`\`\`
let a;
\`\`\`
`;

test("PG80 a paragraph reads by its first letter, in source and text alike", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(text), { panes: "both" });
  const direction = (element: Element) => getComputedStyle(element).direction;
  await expect(desk.source.locator(".cm-line").filter({ hasText: "מנוע" })).toHaveAttribute("dir", "rtl");
  expect(await desk.source.locator(".cm-line").filter({ hasText: "let a" }).evaluate(direction)).toBe("ltr");
  const shown = (selector: string) => desk.text.locator(selector).first().evaluate(direction);
  expect(await Promise.all(["h1", "p", "ul", "blockquote", "pre"].map(shown))).toEqual(["rtl", "ltr", "rtl", "rtl", "ltr"]);
  // A list is mirrored: its marks are on the right.
  const [list, item] = [await desk.text.locator("ul").boundingBox(), await desk.text.locator("li").first().boundingBox()];
  expect((item?.x ?? 0) + (item?.width ?? 0)).toBeLessThan((list?.x ?? 0) + (list?.width ?? 0));
});

test("PG80 the front matter is followed while it is written, and taken back", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(text), { panes: "both" });
  await desk.source.focus();
  await desk.page.keyboard.press("Control+Home");
  await desk.page.keyboard.insertText("---\nlang: he\ndir: rtl\n---\n");
  for (const place of [desk.text, desk.source]) {
    await expect(place).toHaveAttribute("lang", "he");
    await expect(place).toHaveAttribute("dir", "rtl");
  }
  await expect(desk.page.locator("html")).not.toHaveAttribute("dir");
  await desk.page.keyboard.press("Control+z");
  for (const place of [desk.text, desk.source]) {
    await expect(place).not.toHaveAttribute("lang");
    await expect(place).not.toHaveAttribute("dir");
  }
});

test("PG80 the page without script, the history and the exported page say so too", async ({ ada, open, window }) => {
  const document = await ada.newDocument(`---\nlang: he\ndir: rtl\n---\n${text}`);
  const plain = await window(ada, { javaScriptEnabled: false });
  await plain.goto(`/d/${document.id}`);
  await expect(plain.locator("article")).toHaveAttribute("dir", "rtl");
  await expect(plain.locator("article")).toHaveAttribute("lang", "he");
  const desk = await open(ada, document, { panes: "view" });
  const [download] = await Promise.all([desk.page.waitForEvent("download"), desk.more("Download .html")]);
  expect(readFileSync(await download.path(), "utf8")).toContain('<html lang="he" dir="rtl">');
  await desk.page.goto(`/d/${document.id}/history`);
  await expect(new Desk(desk.page).text).toHaveAttribute("dir", "rtl");
});

test("PG80 arrow keys go through mixed lines without getting stuck", async ({ ada, open }) => {
  const line = "עברית and English (1837) עוד";
  const desk = await open(ada, await ada.newDocument(`${line}\n`), { panes: "edit" });
  await desk.source.focus();
  await desk.page.keyboard.press("Control+Home");
  // In a line from right to left the left arrow goes on.
  for (let step = 0; step < line.length; step++) await desk.page.keyboard.press("ArrowLeft");
  await desk.page.keyboard.insertText("!");
  await desk.expectSource(`${line}!\n`);
});
