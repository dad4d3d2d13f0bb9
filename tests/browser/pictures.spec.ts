/** Pictures and files: pasted, dropped, chosen; their progress, their trouble, and what others see of them. */
import type { Page, Route } from "@playwright/test";
import { drop, paste, picture } from "./bring";
import { expect, phone, test } from "./fixtures";

const stored = (alt: string) => new RegExp(`!\\[${alt}\\]\\(/u/[0-9a-f-]{36}/[0-9a-f]{32}-\\d+x\\d+\\.png\\)`);
const uploads = /\/api\/documents\/[^/]+\/files\?/;

/** Holds every upload in the hand. */
async function held(page: Page): Promise<{ all: Route[]; letGo(): Promise<void> }> {
  const all: Route[] = [];
  let open = false;
  await page.route(uploads, async (route) => {
    if (open) return route.continue();
    all.push(route);
    return undefined;
  });
  return {
    all,
    async letGo() {
      open = true;
      await Promise.all(all.map((route) => route.continue()));
    },
  };
}

test("FU1 a pasted picture is stored then written and two people see it", async ({ ada, open }) => {
  const document = await ada.newDocument("# Engine\n\n");
  const desk = await open(ada, document, { panes: "both" });
  const other = await open(ada, document, { panes: "both" });
  await desk.toEnd();
  const line = await held(desk.page);
  await paste(desk.page, {}, [picture()]);
  const row = desk.page.getByRole("group", { name: "Uploading engine-drawing.png" });
  await expect(row).toBeVisible();
  await expect(row.getByRole("progressbar").or(row.getByText("The server is reading it"))).toBeVisible();
  // Nothing of it is in the text that others see.
  await desk.page.keyboard.type("Below.");
  await other.expectSource("# Engine\n\nBelow.");
  await line.letGo();
  await expect.poll(() => desk.whole()).toMatch(stored("engine drawing"));
  await expect(row).toHaveCount(0);
  expect(await desk.whole()).toMatch(/^# Engine\n\n!\[engine drawing\]\([^)]+\) Below\.$/);
  for (const seen of [desk, other]) {
    const shown = seen.text.getByRole("img", { name: "engine drawing" });
    await expect(shown).toBeVisible();
    await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0)).toBe(true);
  }
});

test("FU2 the words of a picture are chosen and one undo takes it away", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("Look: "), { panes: "both" });
  await desk.toEnd();
  await paste(desk.page, {}, [{ ...picture("image.png") }]);
  await expect.poll(() => desk.whole()).toMatch(stored("Pasted picture"));
  await desk.page.keyboard.type("The mill");
  await expect.poll(() => desk.whole()).toMatch(stored("The mill"));
  await desk.page.keyboard.press("Control+z");
  await desk.page.keyboard.press("Control+z");
  await desk.expectSource("Look: ");
});

test("FU3 files let go over the source come to the letter under them in their order", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("first\n\n\n\nlast\n"), { panes: "both" });
  const row = desk.page.locator(".cm-line").nth(2);
  await drop(row, [picture("b.png"), { name: "minutes.pdf", type: "application/pdf", body: "%PDF-1.4 minutes" }]);
  await expect.poll(() => desk.whole()).toMatch(/^first\n\n!\[b\]\([^)]+\.png\)\n\n\[minutes\.pdf\]\([^)]+\.pdf\)\n\nlast\n$/);
});

test("FU4 let go over the preview they come to the end of the text", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("text\n"), { panes: "view" });
  const line = await held(desk.page);
  await drop(desk.text, [picture("c.png")]);
  await expect(desk.page.getByRole("region", { name: "Uploads" }).getByText("c.png")).toBeVisible();
  await line.letGo();
  await expect(desk.text.getByRole("img", { name: "c" })).toBeVisible();
  expect(await desk.whole()).toMatch(/^text\n\n!\[c\]\([^)]+\)$/);
});

test("FU5 an upload is cancelled and leaves nothing", async ({ ada, open }) => {
  const document = await ada.newDocument("x");
  const desk = await open(ada, document, { panes: "both" });
  await desk.toEnd();
  const line = await held(desk.page);
  await paste(desk.page, {}, [picture()]);
  // The keyboard comes to it: Esc leaves the source, Tab goes on.
  await desk.page.keyboard.press("Escape");
  await desk.page.keyboard.press("Tab");
  await expect(desk.page.getByRole("button", { name: "Cancel engine-drawing.png" })).toBeFocused();
  await desk.page.keyboard.press("Enter");
  await expect(desk.page.locator(".upload")).toHaveCount(0);
  expect(line.all).toHaveLength(1);
  await desk.expectSource("x");
});

test("FU6 after trouble with the server it goes on by itself or when asked", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("x "), { panes: "both" });
  await desk.toEnd();
  let tries = 0;
  await desk.page.route(uploads, (route) => {
    tries += 1;
    if (tries === 1) return route.abort("connectionreset");
    if (tries === 2)
      return route.fulfill({ status: 500, json: { error: { code: "storage", message: "The server could not write. Nothing was kept." } } });
    return route.continue();
  });
  await paste(desk.page, {}, [picture()]);
  await expect(desk.page.getByText("No connection. It goes on when there is one.")).toBeVisible();
  await expect(desk.page.locator(".upload").getByText("The server could not write. Nothing was kept.")).toBeVisible();
  await desk.page.getByRole("button", { name: "Retry" }).click();
  await expect.poll(() => desk.whole()).toMatch(stored("engine drawing"));
  expect(tries).toBe(3);
});

test("FU7 what is too large is said at once and can be removed", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("x"), { panes: "both" });
  await desk.toEnd();
  const asked: string[] = [];
  desk.page.on("request", (request) => void (uploads.test(request.url()) && asked.push(request.url())));
  await desk.page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(10 * 1024 * 1024 + 1)], "film.mov", { type: "video/quicktime" }));
    document.activeElement?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await expect(desk.page.getByText("film.mov is 10.1 MB. A file can have 10 MB at most.")).toBeVisible();
  await expect(desk.page.getByRole("button", { name: "Retry" })).toHaveCount(0);
  await desk.page.getByRole("button", { name: "Remove film.mov" }).click();
  await expect(desk.page.locator(".upload")).toHaveCount(0);
  expect(asked).toEqual([]);
});

test("FU8 leaving in the middle of an upload is asked about", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("x"), { panes: "both" });
  await desk.source.click();
  const line = await held(desk.page);
  await paste(desk.page, {}, [picture()]);
  await expect(desk.page.locator(".upload")).toBeVisible();
  const asked = desk.page.waitForEvent("dialog");
  await desk.page.evaluate(() => setTimeout(() => location.assign("/")));
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await line.letGo();
  await expect.poll(() => desk.whole()).toMatch(stored("engine drawing"));
});

test("FU9 the toolbar brings a file or an address and the dialog shows what there is", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("# Engine\n\n"), { panes: "both" });
  const { page } = desk;
  await desk.toEnd();
  await page.getByRole("button", { name: "Image", exact: true }).click();
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("menuitem", { name: "Picture or file…" }).click()]);
  const { name, type, body } = picture("drawing.png");
  await chooser.setFiles({ name, mimeType: type, buffer: body as Buffer });
  await expect.poll(() => desk.whole()).toMatch(stored("drawing"));

  await desk.more("Pictures and files");
  const dialog = page.getByRole("dialog", { name: "Pictures and files" });
  await expect(dialog.getByText("drawing.png")).toBeVisible();
  await expect(dialog.getByText("Not in the text")).toHaveCount(0);
  await expect(dialog.getByText(/^1 file, /)).toBeVisible();
  await dialog.getByRole("button", { name: "Insert" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(desk.text.getByRole("img", { name: "drawing" })).toHaveCount(2);

  await desk.source.focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Backspace");
  await page.keyboard.insertText("# Engine\n\nNothing.");
  await desk.expectSaved();
  await desk.more("Pictures and files");
  await expect(dialog.getByText("Not in the text")).toBeVisible();
  await dialog.getByRole("button", { name: "Delete drawing.png" }).click();
  await expect(dialog.getByText("The text does not mention it.")).toBeVisible();
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(dialog.getByRole("heading", { name: "No pictures or files yet" })).toBeVisible();
  await page.keyboard.press("Escape");

  await desk.toEnd();
  await page.getByRole("button", { name: "Image", exact: true }).click();
  await page.getByRole("menuitem", { name: "By address" }).click();
  await page.keyboard.type("words");
  await desk.expectSource("# Engine\n\nNothing.![](words)");
});

test("FU10 on a phone a picture comes from the library or the camera", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("# Train\n\n"), { ...phone, panes: "edit" });
  const { page } = desk;
  await desk.source.tap();
  await page.keyboard.press("Control+End");
  const dock = page.getByRole("toolbar", { name: "Formatting" }).last();
  for (const [from, capture] of [["Camera", "environment"], ["Photo library", null]] as const) {
    await dock.getByRole("button", { name: "Image" }).tap();
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: from }).tap()]);
    const input = chooser.element();
    expect([await input.getAttribute("accept"), await input.getAttribute("capture")]).toEqual(["image/*", capture]);
    const { name, type, body } = picture(`${from}.png`);
    await chooser.setFiles({ name, mimeType: type, buffer: body as Buffer });
    await expect.poll(() => desk.whole()).toMatch(stored(from));
    await desk.source.tap();
  }
  await page.getByRole("button", { name: "Read" }).first().tap();
  await expect(desk.text.getByRole("img", { name: "Camera" })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
