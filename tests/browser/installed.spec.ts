/** Galley as an app on a device: the worker, pages without a network, new builds, and what it takes to be installed. */
import type { Page } from "@playwright/test";
import { Desk } from "./desk";
import { expect, phone } from "./fixtures";
import type { Document } from "./people";
import { test } from "./two-builds";

/** The worker is in charge, and the document's text is on the device, and how it looked. */
async function settled(page: Page, document?: Document): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
  if (document) await expect.poll(() => kept(page, document.id)).toBe(true);
}

const kept = (page: Page, id: string) =>
  page.evaluate(async (id) => {
    const name = (await indexedDB.databases()).map((it) => it.name ?? "").find((name) => name.startsWith("galley-"));
    if (!name) return false;
    const database = await new Promise<IDBDatabase>((done, fail) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
    const answer = (request: IDBRequest<number>) => new Promise<number>((done) => (request.onsuccess = () => done(request.result)));
    const stores = database.transaction(["rows", "looks"]);
    const found = await Promise.all([answer(stores.objectStore("rows").index("document").count(id)), answer(stores.objectStore("looks").count(id))]);
    database.close();
    return found.every((count) => count > 0);
  }, id);

const buildOf = (page: Page) => page.evaluate(() => (JSON.parse(document.getElementById("boot")?.textContent ?? "{}") as { build?: string }).build);

test("OF36 OF37 a document that was open opens without a network, takes edits, and merges when there is one", async ({ ada, open, front }) => {
  const document = await ada.newDocument("# On the train\n\nBefore the tunnel.\n");
  const desk = await open(ada, document, { panes: "both" });
  const { page } = desk;
  await settled(page, document);
  await front.cut();
  await page.reload();
  await expect(desk.text).toContainText("Before the tunnel.");
  await expect(page).toHaveTitle("On the train · Galley");
  expect(await page.evaluate(() => globalThis.document.documentElement.lang)).toBe("en");
  await desk.toEnd();
  await page.keyboard.type("In the tunnel.");
  await expect(desk.saveState).toContainText(/Offline: \d+ edits? on this device/);
  await page.evaluate(() => Object.assign(window, { same: true }));
  await front.back();
  await desk.expectSaved();
  expect(await page.evaluate(() => "same" in window), "the page was not loaded again").toBe(true);
  await expect.poll(() => ada.text(document)).toBe("# On the train\n\nBefore the tunnel.\nIn the tunnel.");
  const other = await open(ada, document, { panes: "both" });
  await other.toEnd();
  await other.page.keyboard.type(" After it.");
  await expect(desk.text).toContainText("After it.");
});

test("OF38 without a network, what is not on the device is a calm page that leads to what is", async ({ ada, open, front }) => {
  const seen = await ada.newDocument("# Seen before\n\nHere.\n");
  const unseen = await ada.newDocument("# Never seen\n");
  const { page } = await open(ada, seen);
  await settled(page, seen);
  await front.cut();
  for (const path of [`/d/${unseen.id}`, "/settings", `/d/${seen.id}/history`]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/You are offline|The server cannot be reached/);
  }
  await page.getByRole("link", { name: "Seen before" }).click();
  await expect(new Desk(page).text).toContainText("Here.");
  await page.goto("/");
  await expect(page.getByRole("link", { name: "Seen before" })).toBeVisible();
  await expect(page.goto("/s/0198c000-0000-7000-8000-000000000000")).rejects.toThrow(/ERR_/);
});

test("OF32 OF43 a slow server is not waited for where the device has the document; a proxy's trouble is no answer, the server's is", async ({ ada, open, front }) => {
  const document = await ada.newDocument("# Slow\n\nText.\n");
  const desk = await open(ada, document, { panes: "both" });
  const { page } = desk;
  await settled(page, document);
  let go = () => {};
  front.slow = new Promise((done) => (go = done));
  await page.reload();
  await expect(desk.text).toContainText("Text.");
  await desk.expectSaved();
  await desk.toEnd();
  await page.keyboard.type("Typed into the shell.");
  await desk.expectSaved();
  expect(await ada.text(document)).toContain("Typed into the shell.");
  go();
  front.slow = null;
  front.trouble = 502;
  await page.reload();
  await expect(desk.text).toContainText("Typed into the shell.");
  front.trouble = null;
  const answer = await page.goto("/d/0198c000-0000-7000-8000-000000000000");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing here, or nothing for you");
});

test("OF39 another build is offered, never forced, and costs no edit", async ({ ada, open, front }) => {
  const document = await ada.newDocument("# Two builds\n");
  const desk = await open(ada, document, { panes: "both" });
  const { page } = desk;
  await settled(page, document);
  const banner = page.getByText("A new version of Galley is ready.");
  await expect(banner).toHaveCount(0);
  const before = await buildOf(page);
  front.build = "0123456789ab";
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  await expect(banner).toBeVisible();
  expect(await buildOf(page)).toBe(before);
  await desk.toEnd();
  await page.keyboard.type("The last word");
  await page.getByRole("button", { name: "Reload", exact: true }).click();
  await expect.poll(() => buildOf(page).catch(() => null)).toContain("+0123456789ab");
  await expect(desk.text).toContainText("The last word");
  await desk.expectSaved();
  await expect(banner).toHaveCount(0);
  expect(await page.evaluate(() => caches.keys())).toContain("galley-0123456789ab");
  // The frames are the new build's too.
  await front.cut();
  await page.reload();
  await expect(desk.text).toContainText("The last word");
  await expect.poll(() => buildOf(page)).toContain("+0123456789ab");
});

test("OF35 OF39 a page of the new build lets its worker take over, and one of the old build goes on until it is reloaded", async ({ ada, open, front }) => {
  const document = await ada.newDocument("# Old page\n");
  const desk = await open(ada, document, { panes: "both" });
  await settled(desk.page, document);
  const [old] = await desk.page.evaluate(() => caches.keys());
  front.build = "ba9876543210";
  const fresh = await desk.page.context().newPage();
  await fresh.goto("/");
  await expect(desk.page.getByText("A new version of Galley is ready.")).toBeVisible();
  await expect(fresh.getByText("A new version of Galley is ready.")).toHaveCount(0);
  expect(await fresh.evaluate(() => caches.keys())).toEqual([old, "galley-ba9876543210"]);
  await desk.page.getByRole("button", { name: "Later" }).click();
  await expect(desk.page.getByText("A new version of Galley is ready.")).toHaveCount(0);
  await desk.page.close();
  await fresh.reload();
  await expect.poll(() => fresh.evaluate(() => caches.keys())).toEqual(["galley-ba9876543210"]);
});

test("OF44 the text can be read before any script has drawn it", async ({ ada, open, front }) => {
  const document = await ada.newDocument("# Read at once\n\nWith a [link](https://example.org).\n");
  const { page, text } = await open(ada, document);
  await settled(page, document);
  // The page's own script has nothing to say.
  await page.evaluate(async () => {
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys())
        if (/\/document-[\w-]+\.js$/.test(request.url)) await cache.put(request, new Response("export {}", { headers: { "content-type": "text/javascript" } }));
    }
  });
  await front.cut();
  await page.reload();
  await expect(text).toContainText("With a link");
  await expect(page).toHaveTitle("Read at once · Galley");
  await expect(page.locator("button.save")).toHaveCount(0);
});

test("OF34 no cache holds anything of a person", async ({ ada, open }) => {
  const document = await ada.newDocument("# Quicksilver diary\n\nNobody may find this.\n");
  const { page } = await open(ada, document, { panes: "both" });
  await settled(page, document);
  await page.goto("/");
  await expect(page.getByRole("link", { name: "Quicksilver diary" })).toBeVisible();
  await page.goto(`/d/${document.id}`);
  const found = await page.evaluate(async () => {
    const held: { path: string; text: string }[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) held.push({ path: new URL(request.url).pathname, text: (await (await cache.match(request))?.text()) ?? "" });
    }
    return held;
  });
  expect(found.length).toBeGreaterThan(20);
  expect(found.filter(({ path }) => !/^\/(assets\/[\w.-]+|shell\/\w+)$/.test(path))).toEqual([]);
  const said = new RegExp(`Quicksilver|Nobody may|Ada Lovelace|${document.id}`);
  expect(found.filter(({ text }) => said.test(text)).map(({ path }) => path)).toEqual([]);
});

test("OF40 OF41 the app can be installed; without a network it keeps the theme from the first paint on", async ({ ada, window, front }) => {
  const document = await ada.newDocument("# In the dark\n");
  const page = await window(ada, { ...phone, colorScheme: "light" });
  await page.addInitScript(() => {
    new MutationObserver(() => Object.assign(globalThis, { themed: performance.now() })).observe(globalThis.document, { subtree: true, attributes: true, attributeFilter: ["data-theme"] });
  });
  await page.goto(`/d/${document.id}`);
  await settled(page, document);
  const session = await page.context().newCDPSession(page);
  const manifest = await session.send("Page.getAppManifest");
  expect(manifest.errors).toEqual([]);
  expect(manifest.url).toMatch(/\/manifest\.webmanifest$/);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  // Test windows are private ones.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito")).toEqual([]);
  await page.context().addCookies([{ name: "galley-theme", value: "dark", url: new URL(page.url()).origin }]);
  await front.cut();
  await page.reload();
  await expect(new Desk(page).text).toContainText("In the dark");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const [themed, painted] = await page.evaluate(() => [(globalThis as { themed?: number }).themed ?? Infinity, performance.getEntriesByName("first-paint")[0]?.startTime ?? 0]);
  expect(themed).toBeLessThanOrEqual(painted);
});
