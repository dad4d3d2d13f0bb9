/**
 * Uploads that mean harm, in a real browser: each is sent, and whatever was kept is opened by itself, embedded as a
 * picture, and asked for as a script, a style sheet, a frame and an object.
 *
 * Nothing of it runs: no dialog opens, no script sets anything, no window leaves its address. The table is the server
 * tests' own (`tests/integration/files/attacks.rs`). Next: `tests/spec/files.md`, FI3 and FI8.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { type Document, Person } from "./people";

interface Attack {
  what: string;
  name: string;
  refused: string | null;
  hex: string;
}

interface Kept {
  what: string;
  url: string;
  picture: { width: number; height: number } | null;
}

const attacks = JSON.parse(readFileSync(join(import.meta.dirname, "uploads-hostile.json"), "utf8")) as Attack[];

/** Counts what no upload may do in any window of this page. */
function watch(page: Page): string[] {
  const ran: string[] = [];
  page.on("dialog", (dialog) => {
    ran.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("popup", (popup) => ran.push(`a window: ${popup.url()}`));
  page.on("worker", (worker) => ran.push(`a worker: ${worker.url()}`));
  return ran;
}

async function keepAll(ada: Person, document: Document): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const { what, name, refused, hex } of attacks) {
    const answer = await ada.upload(document, name, Buffer.from(hex, "hex"));
    const said = (await answer.json()) as Kept & { error?: { code: string; message: string } };
    if (refused === null) {
      expect(answer.ok, what).toBe(true);
      kept.push({ ...said, what });
    } else {
      expect(said.error?.code, what).toBe(refused);
      expect(said.error?.message, what).toMatch(/^[A-Z].{20,}\.$/);
    }
  }
  return kept;
}

/** In a page of this site without any policy of its own: whatever the browser would run, it would run here. */
async function embed(page: Page, kept: Kept[]): Promise<{ what: string; width: number }[]> {
  return page.evaluate(async (files) => {
    const settled = (element: HTMLElement) =>
      new Promise<void>((resolve) => {
        element.addEventListener("load", () => resolve());
        element.addEventListener("error", () => resolve());
      });
    const shown: { what: string; width: number }[] = [];
    for (const { what, url } of files) {
      const picture = new Image();
      const script = document.createElement("script");
      const module = Object.assign(document.createElement("script"), { type: "module" });
      const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url });
      const waits = [settled(picture), settled(script), settled(module), settled(style)];
      picture.src = url;
      script.src = url;
      module.src = url;
      document.body.append(picture, script, module, style);
      for (const kind of ["iframe", "object", "embed"]) {
        const frame = document.createElement(kind);
        frame.setAttribute(kind === "object" ? "data" : "src", url);
        document.body.append(frame);
      }
      await Promise.all(waits);
      shown.push({ what, width: picture.naturalWidth });
    }
    return shown;
  }, kept);
}

test.describe("FI8 uploads that mean harm", () => {
  test.use({ serving: { flags: ["--limit", "uploads_per_minute=10000"] }, planted: /./ });

  test("are refused, or do nothing however they are opened", async ({ server, ada, window }) => {
    test.setTimeout(240_000);
    const document = await ada.newDocument("# Pictures\n");
    const kept = await keepAll(ada, document);
    expect(kept.length).toBeGreaterThan(30);

    const page = await window(ada);
    const ran = watch(page);
    // The harness itself: what runs is seen.
    await page.route("**/runs", (route) => route.fulfill({ contentType: "text/html", body: "<script>alert('seen')</script>" }));
    await page.goto(`${server.url}/runs`);
    expect(ran.splice(0)).toEqual(["a dialog: seen"]);

    for (const { what, url, picture } of kept) {
      const download = page.waitForEvent("download", { timeout: picture ? 1 : 10_000 }).catch(() => null);
      const answer = await page.goto(server.url + url).catch(() => null);
      if (picture === null) {
        expect(answer, `${what} was opened`).toBeNull();
        await (await download)?.cancel();
        continue;
      }
      const headers = answer?.headers() ?? {};
      expect(headers["content-security-policy"], what).toBe("default-src 'none'; sandbox");
      expect(headers["x-content-type-options"], what).toBe("nosniff");
      expect(headers["content-type"], what).toMatch(/^image\/(png|jpeg|gif|webp)$/);
      expect(await page.evaluate(() => self.origin), what).toBe("null");
      expect(ran, what).toEqual([]);
    }

    await page.route("**/bare", (route) => route.fulfill({ contentType: "text/html", body: "<title>bare</title>" }));
    await page.goto(`${server.url}/bare`);
    const pictures = await embed(page, kept);
    for (const [n, { what, width }] of pictures.entries()) expect(width, what).toBe(kept[n]?.picture?.width ?? 0);
    expect(ran).toEqual([]);
    expect(await page.title()).toBe("bare");
    expect(page.url()).toBe(`${server.url}/bare`);
  });
});

test.describe("FI3", () => {
  // The page that the browser makes around a picture has styles of its own, which our policy stops.
  test.use({ planted: /^\/u\// });

  test("a picture is seen by whoever has a link to its document, and by no stranger", async ({ server, ada, window, open }) => {
    const document = await ada.newDocument("");
    const png = attacks.find(({ what }) => what === "PNG called a page");
    const kept = (await (await ada.upload(document, "cat.png", Buffer.from(png?.hex ?? "", "hex"))).json()) as Kept;
    const stranger = await window(null);
    expect((await stranger.goto(server.url + kept.url))?.status()).toBe(404);
    const guest = await window(await Person.byLink(server, await ada.shareLink(document, "view")));
    expect((await guest.goto(server.url + kept.url))?.status()).toBe(200);
    expect(await guest.evaluate(() => globalThis.document.images[0]?.naturalWidth)).toBe(8);
    const desk = await open(ada, document, { panes: "both" });
    await desk.write(`![a cat](${kept.url})\n`);
    const shown = desk.text.getByRole("img", { name: "a cat" });
    await expect.poll(() => shown.evaluate((picture: HTMLImageElement) => picture.naturalWidth)).toBe(8);
  });
});
