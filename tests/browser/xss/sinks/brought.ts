/** What comes in from elsewhere: files and their names, imports, the clipboard. */
import { expect, type Page } from "@playwright/test";
import { paste } from "../../bring";
import { Desk } from "../../desk";
import type { Document } from "../../people";
import { lineOf, wellFormed } from "../batch";
import { look } from "../look";
import type { Sink } from "../sinks";
import { forEach, type Stage } from "../stage";
import type { Vector } from "../vectors";
import { gone } from "./texts";

/** The smallest picture there is. */
const dot = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

/** A path has no line ends and a file no slash. */
const fileName = (line: string, extension: string) => `${line.replace(/[/\\\0]/g, "_").slice(0, 180)}.${extension}`;

/** Uploaded by the API and by the page, so that what it says of each is shown too; then all are in the list of files. */
export const files: Sink = {
  name: "files",
  shows: "pictures and files by names: in the text, in the list, in what is said of an upload",
  batch: 60,
  async put(stage, vectors) {
    const document = await stage.newDocument("# Files\n\n");
    const names = vectors.map((vector) => wellFormed(lineOf(vector, 180)));
    const answers = await forEach(names, (name) => stage.ada.upload(document, `${name}.png`, dot));
    for (const [at, { status }] of answers.entries()) expect(status, names[at]).toBeLessThan(500);
    stage.turnedAway += answers.filter(({ ok }) => !ok).length;
    const { page, watch } = await stage.kept("files", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    const desk = await stage.desk({ page, watch }, document, "both");
    await desk.toEnd();
    const handed = names.map((name, at) => ({ name: fileName(name, at % 3 ? "png" : "html"), type: at % 3 ? "image/png" : "text/html", body: at % 3 ? dot : name }));
    await paste(page, {}, handed);
    await look(page, watch, ".prose, .toasts, .uploads");
    await uploaded(page);
    await desk.expectSaved();
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Pictures and files" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await look(page, watch, ".prose, [role=dialog]");
    await page.keyboard.press("Escape");
    await gone(stage, document);
  },
};

/** What was refused stays and says so. */
const uploaded = (page: Page) => expect(page.getByRole("progressbar")).toHaveCount(0);

/** Files that become documents, by the API as the page's own import does. */
export const imported: Sink = {
  name: "import",
  shows: "imported documents, their titles, and what is said of what was left out",
  batch: 100,
  async put(stage, vectors) {
    await emptied(stage);
    const { page, watch } = await stage.kept("import", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path === "/" || path.startsWith("/d/"));
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "Your documents" })).toBeVisible();
    await page.getByRole("button", { name: "Import documents" }).click();
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("menuitem", { name: /^Files/ }).click()]);
    await chooser.setFiles(vectors.map((vector, at) => ({ name: fileName(lineOf(vector, 100), at % 5 ? "md" : "exe"), mimeType: "text/markdown", buffer: Buffer.from(titled(vector)) })));
    const dialog = page.getByRole("dialog", { name: "Import" });
    await expect(dialog).toContainText(/document/);
    const made = Number(/(\d+) documents? (?:is|are) here now/.exec((await dialog.textContent()) ?? "")?.[1] ?? 0);
    stage.turnedAway += vectors.filter((_, at) => at % 5).length - made;
    await expect(page.locator(".item")).toHaveCount(made);
    await look(page, watch, ".items, [role=dialog]");
    await emptied(stage);
  },
};

/** A text without a heading is called nothing, whatever its file is. */
function titled(vector: Vector): string {
  return vector.text.startsWith("---\n") ? vector.text : `# ${lineOf(vector)}\n\n${vector.text}`;
}

/** Each as formatted text on the clipboard, as another page would put it there. */
export const pasted: Sink = {
  name: "paste",
  shows: "formatted text pasted into the source, and what it becomes",
  batch: 150,
  async put(stage, vectors) {
    const document = await stage.newDocument("Pasted\n\n");
    const { page, watch } = await stage.kept("paste", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    const desk: Desk = await stage.desk({ page, watch }, document, "both");
    await desk.toEnd();
    // Where nothing is formatted, the plain text is taken.
    await pasteAll(page, vectors.map(({ text }, at) => ({ html: at % 2 ? `<p><b>bold</b> ${text}</p>` : `<i>so</i> ${text}`, plain: at % 3 ? text : "plain" })));
    await page.keyboard.insertText("\n\npasted-all-of-it");
    await expect.poll(() => desk.whole()).toContain("pasted-all-of-it");
    await desk.expectSaved();
    await look(page, watch, ".prose, .cm-editor");
    await gone(stage, document);
  },
};

/** One after the other, as fast as a hand that holds the keys down. */
async function pasteAll(page: Page, clips: readonly { html: string; plain: string }[]): Promise<void> {
  await page.evaluate(async (clips) => {
    for (const { html, plain } of clips) {
      const data = new DataTransfer();
      data.setData("text/html", html);
      data.setData("text/plain", plain);
      document.activeElement?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
      await new Promise((next) => setTimeout(next, 0));
    }
  }, clips);
}

/** Nothing is left for the next batch. */
export async function emptied(stage: Stage): Promise<void> {
  const { documents } = (await (await stage.ada.call("GET", "/api/documents")).json()) as { documents: Document[] };
  await forEach(documents, (document) => stage.ada.trash(document));
}
