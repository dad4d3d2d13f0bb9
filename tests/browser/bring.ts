/** Files in the hands of a test: on the clipboard, or let go of over the page, as the system would. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";

export interface Handed {
  name: string;
  type: string;
  /** Text, or bytes. */
  body: string | Buffer;
}

/** A real picture: 2,000 pixels wide, so that there is a small copy. */
export const picture = (name = "engine-drawing.png"): Handed => ({
  name,
  type: "image/png",
  body: readFileSync(join(import.meta.dirname, "../../web/picture.png")),
});

type Wired = { name: string; type: string; base64: string };

const wired = (files: readonly Handed[]): Wired[] =>
  files.map(({ name, type, body }) => ({ name, type, base64: Buffer.from(body).toString("base64") }));

/** What is on the clipboard, by type, is pasted where the focus is. */
export async function paste(page: Page, texts: Record<string, string>, files: readonly Handed[] = [], keys?: "Control+Shift+v"): Promise<void> {
  await page.evaluate(
    ({ texts, files, plain }) => {
      const data = new DataTransfer();
      for (const { name, type, base64 } of files)
        data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type }));
      for (const [type, text] of Object.entries(texts)) data.setData(type, text);
      const key = { key: "V", code: "KeyV", ctrlKey: true, shiftKey: true, bubbles: true, cancelable: true };
      if (plain) document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", key));
      document.activeElement?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    },
    { texts, files: wired(files), plain: keys !== undefined },
  );
}

/** An editor that has just come may put its lines into the page once more. */
async function boxOf(on: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  for (;;) {
    await expect(on).toBeVisible();
    const box = await on.boundingBox();
    if (box) return box;
  }
}

/** Lets files go over the middle of an element, or over a point of it. */
export async function drop(on: Locator, files: readonly Handed[], at?: { x: number; y: number }): Promise<void> {
  const box = await boxOf(on);
  const point = { clientX: box.x + (at?.x ?? box.width / 2), clientY: box.y + (at?.y ?? box.height / 2) };
  const data = await on.page().evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const { name, type, base64 } of files)
      transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type }));
    return transfer;
  }, wired(files));
  for (const event of ["dragenter", "dragover", "drop"]) await on.dispatchEvent(event, { dataTransfer: data, ...point });
}
