/** What comes in from elsewhere, as Markdown, and what goes out: files, archives, paper. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Download, Page } from "@playwright/test";
import { drop, paste, picture } from "./bring";
import { expect, phone, test } from "./fixtures";
import { sample } from "./screens";

interface Unzip {
  unzipSync(zip: Uint8Array): Record<string, Uint8Array>;
  strFromU8(bytes: Uint8Array): string;
}

const docs = `<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><h2 dir="ltr"><span style="font-weight:400">Plan</span></h2><p dir="ltr"><span style="font-weight:400">Some </span><span style="font-weight:700">bold</span><span style="font-weight:400"> words.</span></p><ul><li dir="ltr"><p role="presentation"><span>one</span></p></li></ul><img src="https://pictures.invalid/a.png" onerror="document.title='ran'"></b>`;
const docsMarkdown = "## Plan\n\nSome **bold** words.\n\n- one\n\n![](https://pictures.invalid/a.png)";

test("IO1 formatted text is pasted as markdown in one step and said once", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("Before\n\n"), { panes: "edit" });
  const { page } = desk;
  const asked: string[] = [];
  page.on("request", (request) => void asked.push(request.url()));
  await desk.toEnd();
  await paste(page, { "text/html": docs, "text/plain": "Plan\nSome bold words.\none" });
  await desk.expectSource(`Before\n\n${docsMarkdown}`);
  const said = page.locator(".toasts").getByText("Pasted as Markdown. Shift-Ctrl-V pastes plain text.");
  await expect(said).toBeVisible();
  await page.getByRole("button", { name: "Dismiss" }).click();
  await desk.source.focus();
  await page.keyboard.press("Control+z");
  await desk.expectSource("Before\n\n");
  await paste(page, { "text/html": "<p><i>again</i></p>", "text/plain": "again" });
  await desk.expectSource("Before\n\n*again*");
  await expect(said).toHaveCount(0);
  // What was pasted was read and never shown: the picture is asked for by the preview alone, which is the text's.
  await expect(page).not.toHaveTitle(/ran/);
});

test("IO1 where attributes begin is not guessed at: the page's policy has nothing to refuse in what is pasted", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(""), { panes: "edit" });
  await desk.source.focus();
  const odd = [
    [`<a href="https://example.org/on/style"onerror=x()//">x</a>`, "[x](https://example.org/on/style)"],
    [`<p id=a'b onclick=x()>on <b style=top:0>style</b></p>`, "[x](https://example.org/on/style)on **style**"],
    [`<b </onclick=x>x</b>`, "style****x**"],
    [`<textarea><a title="</textarea><b onclick=x>x</b>">`, `**x**">`],
    [`<!-- <a title=" --><b style="top:0"onload='x'>x</b>`, `">**x**`],
  ] as const;
  for (const [html, becomes] of odd) {
    await paste(desk.page, { "text/html": html, "text/plain": "plain" });
    await expect.poll(() => desk.whole()).toContain(becomes);
  }
});

test("IO2 plain text where it is asked for where the format says nothing and in code", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(""), { panes: "edit" });
  const { page } = desk;
  await desk.source.focus();
  await paste(page, { "text/html": docs, "text/plain": "plainly\n" }, [], "Control+Shift+v");
  await desk.expectSource("plainly\n");
  const coloured = `<meta charset='utf-8'><div style="font-family: Consolas;white-space: pre;"><div><span style="color: #569cd6;font-weight: bold">fn</span> main()</div></div>`;
  await paste(page, { "text/html": coloured, "text/plain": "fn main()\n" });
  await desk.expectSource("plainly\nfn main()\n");
  await paste(page, { "text/html": "<span style='color:red'>just words</span>", "text/plain": "just words\n" });
  await desk.expectSource("plainly\nfn main()\njust words\n");
  await page.keyboard.insertText("```\n");
  await paste(page, { "text/html": docs, "text/plain": "a *b*\tc\nd\te" });
  await desk.expectSource("plainly\nfn main()\njust words\n```\na *b*\tc\nd\te");
});

test("IO3 cells become a table", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("Sold:"), { panes: "both" });
  await desk.toEnd();
  await paste(desk.page, { "text/plain": "Day\tSold\nMonday | Tuesday\t1,200\n" });
  await desk.expectSource("Sold:\n\n| Day               |  Sold |\n| ----------------- | ----: |\n| Monday \\| Tuesday | 1,200 |");
  await expect(desk.text.getByRole("cell", { name: "Monday | Tuesday" })).toBeVisible();
  await desk.page.keyboard.press("Control+z");
  await desk.expectSource("Sold:");
});

test("IO4 a picture inside what is pasted is stored", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(""), { panes: "both" });
  await desk.source.focus();
  const url = `data:image/png;base64,${(picture().body as Buffer).toString("base64")}`;
  await paste(desk.page, { "text/html": `<p>Above</p><p><img alt="The mill" src="${url}"></p><p><b>Below</b></p>`, "text/plain": "Above\nBelow" });
  await expect.poll(() => desk.whole()).toMatch(/^Above\n\n!\[The mill\]\(\/u\/[^)]+\.png\)\n\n\*\*Below\*\*$/);
});

test("IO5 a folder becomes documents with their pictures", async ({ ada, window }) => {
  const page = await window(ada);
  await page.goto("/");
  const folder = mkdtempSync(join(tmpdir(), "galley-notes-"));
  mkdirSync(join(folder, "trip/pictures"), { recursive: true });
  mkdirSync(join(folder, "trip/.git"));
  writeFileSync(join(folder, "trip/day one.md"), "# Day one\n\n![Engine](pictures/engine.png)\n");
  writeFileSync(join(folder, "trip/day two.md"), "# Day two\n\nSee [the first](day%20one.md).\n");
  writeFileSync(join(folder, "trip/pictures/engine.png"), picture().body);
  writeFileSync(join(folder, "trip/.git/HEAD"), "ref");
  await page.getByRole("button", { name: "Import documents" }).click();
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("menuitem", { name: "A folder…" }).click()]);
  await chooser.setFiles(join(folder, "trip"));
  const done = page.getByRole("dialog", { name: "Import" });
  await expect(done).toContainText("2 documents are here now.");
  await expect(done.getByRole("listitem")).toContainText("trip/.git");
  rmSync(folder, { recursive: true });
  await done.getByRole("button", { name: "Done" }).click();
  await page.getByRole("link", { name: "Day one" }).click();
  const shown = page.getByRole("img", { name: "Engine" });
  await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0)).toBe(true);
});

test("IO6 everything is taken away and brought back as a zip", async ({ ada, window }) => {
  await ada.newDocument("# First letter\n");
  await ada.newDocument("# Second letter\n");
  const page = await window(ada);
  await page.goto("/");
  await page.getByRole("button", { name: "Your account" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Export everything (.zip)" }).click()]);
  const zip = readFileSync(await download.path());
  expect(zip.subarray(0, 2).toString()).toBe("PK");
  await drop(page.getByRole("main"), [{ name: download.suggestedFilename(), type: "application/zip", body: zip }]);
  await expect(page.getByRole("link", { name: "First letter" })).toHaveCount(2);
  await expect(page.getByRole("link", { name: "Second letter" })).toHaveCount(2);
});

test("IO7 what cannot be read is said and can be dismissed", async ({ ada, window }) => {
  await ada.newDocument("# First letter\n");
  const page = await window(ada);
  await page.goto("/");
  await drop(page.getByRole("main"), [{ name: "broken.zip", type: "application/zip", body: "PK not really" }]);
  const strip = page.getByRole("alert");
  await expect(strip).toContainText("Nothing was brought in.");
  await strip.getByRole("button", { name: "Dismiss" }).click();
  await expect(strip).toHaveCount(0);
});

test("IO8 a document is taken away as a page and as a zip", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(""), { panes: "both" });
  const { page } = desk;
  await desk.source.focus();
  await page.keyboard.insertText("# Engine\n\n");
  await paste(page, {}, [picture()]);
  await expect(desk.text.getByRole("img", { name: "engine drawing" })).toBeVisible();
  await desk.expectSaved();
  const save = async (entry: string): Promise<Download> => (await Promise.all([page.waitForEvent("download"), desk.more(entry)]))[0];
  const html = await save("Download .html");
  expect(html.suggestedFilename()).toBe("Engine.html");
  const whole = readFileSync(await html.path(), "utf8");
  expect(whole).toMatch(/<img[^>]+src="data:image\//);
  expect(whole).not.toContain("<script");
  const zip = await save("Download .zip");
  expect(zip.suggestedFilename()).toBe("Engine.zip");
  const { unzipSync, strFromU8 } = createRequire(join(import.meta.dirname, "../../web/package.json"))("fflate") as Unzip;
  const entries = unzipSync(readFileSync(await zip.path()));
  const text = Object.keys(entries).find((name) => name.endsWith(".md"));
  expect(Object.keys(entries).some((name) => name.endsWith(".png"))).toBe(true);
  expect(strFromU8(entries[text ?? ""] ?? new Uint8Array())).toContain("![engine drawing](");
});

test("IO9 paper has the text alone black on white whichever pane shows", async ({ ada, open }) => {
  for (const panes of ["edit", "both", "view"] as const) {
    const desk = await open(ada, await ada.newDocument(sample), { panes, colorScheme: "dark" });
    const { page } = desk;
    await expect(page.locator("article.prose table")).toBeAttached();
    await page.emulateMedia({ media: "print" });
    await expect(desk.text).toBeVisible();
    for (const chrome of [page.locator(".bar"), page.locator(".source"), page.locator(".divider")]) await expect(chrome).toBeHidden();
    expect(await inked(page)).toEqual({ paper: "rgba(0, 0, 0, 0)", ink: "rgb(0, 0, 0)" });
    const address = await desk.text.getByRole("link", { name: "Babbage" }).evaluate((link) => getComputedStyle(link, "::after").content);
    expect(address).toContain("https://example.org/babbage");
    const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(pages(pdf)).toBe(1);
  }
});

test("IO10 a long text is printed whole", async ({ ada, open }) => {
  const long = Array.from({ length: 400 }, (_, n) => `## Section ${n + 1}\n\nA paragraph about it.\n`).join("\n");
  const desk = await open(ada, await ada.newDocument(long), { ...phone, panes: "view" });
  await expect(desk.text.getByText("Section 400")).toBeAttached();
  expect(pages(await desk.page.pdf({ format: "A4" }))).toBeGreaterThan(15);
});

function inked(page: Page): Promise<{ paper: string; ink: string }> {
  return page.evaluate(() => {
    const [body, text] = [document.body, document.querySelector("article.prose p")];
    return { paper: getComputedStyle(body).backgroundColor, ink: text ? getComputedStyle(text).color : "" };
  });
}

function pages(pdf: Buffer): number {
  return pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
}
