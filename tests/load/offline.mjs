/**
 * `cargo xtask load offline`: how long a phone without a network takes to open a document it has seen, in Chromium.
 *
 * A phone's window with the processor slowed four times; the worker is stopped before each run, so that it starts too.
 * From the start of the navigation to the frame in which the text can be read, and to the one in which it can be edited.
 * Absolute times belong to the machine; compare runs on the same one. Next: `browser.mjs`.
 */
import { beside, ms, post, quantile, sample } from "./browser.mjs";

const SIZES_KB = (process.env.SIZES_KB ?? "10,100").split(",").map(Number);
const RUNS = Number(process.env.RUNS ?? 7);
const SLOW = Number(process.env.SLOW ?? 4);
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

/** In the page: stamps the first frame with text, and the first with an editor that holds it. */
function watch() {
  globalThis.stamps = {};
  const seen = {
    readable: () => document.querySelector("article.prose .block, article.prose > *")?.textContent.trim(),
    editable: () => document.querySelector(".cm-content[contenteditable=true] .cm-line")?.textContent.trim(),
  };
  const observer = new MutationObserver(() => {
    for (const [name, test] of Object.entries(seen)) {
      if (globalThis.stamps[name] !== undefined || !test()) continue;
      globalThis.stamps[name] = 0;
      requestAnimationFrame(() => setTimeout(() => (globalThis.stamps[name] = performance.now())));
    }
  });
  observer.observe(document, { subtree: true, childList: true, attributes: true });
}

const done = () => globalThis.stamps.readable > 0 && globalThis.stamps.editable > 0 && globalThis.stamps;

/** In the page: whether the device has the text, and how it looked. */
async function kept(id) {
  const name = (await indexedDB.databases()).map((it) => it.name).find((it) => it.startsWith("galley-"));
  if (!name) return false;
  const answer = (request) => new Promise((done) => (request.onsuccess = () => done(request.result)));
  const database = await answer(indexedDB.open(name));
  const stores = database.transaction(["rows", "looks"]);
  const [rows, look] = await Promise.all([answer(stores.objectStore("rows").index("document").count(id)), answer(stores.objectStore("looks").count(id))]);
  database.close();
  return rows > 0 && look > 0;
}

await beside(async (browser, url, start, stop) => {
  const state = await start.context().storageState();
  const context = await browser.newContext({ ...PHONE, storageState: state });
  await context.addInitScript(watch);
  const documents = [];
  for (const kb of SIZES_KB) {
    const { id } = await post(start, "/api/documents", { text: sample(kb) });
    const page = await context.newPage();
    await page.goto(`${url}/d/${id}`);
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
    await page.waitForFunction(done);
    await page.locator("button.save").filter({ hasText: "Saved" }).first().waitFor({ state: "attached" });
    await page.waitForFunction(kept, id);
    await page.close();
    documents.push({ kb, id });
  }
  await stop();
  console.log(`size      readable p50      max    editable p50      max   (${RUNS} runs, processor slowed ${SLOW}x)`);
  for (const { kb, id } of documents) {
    const all = { readable: [], editable: [] };
    for (let run = 0; run < RUNS; run++) {
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send("ServiceWorker.enable");
      await session.send("ServiceWorker.stopAllWorkers");
      await session.send("Emulation.setCPUThrottlingRate", { rate: SLOW });
      await page.goto(`${url}/d/${id}`, { waitUntil: "commit" });
      const stamps = await (await page.waitForFunction(done)).jsonValue();
      for (const name of Object.keys(all)) all[name].push(stamps[name]);
      if (process.env.TRACE) console.log(JSON.stringify(await page.evaluate(() => [globalThis.stamps, performance.getEntriesByType("navigation")[0].toJSON(), performance.getEntriesByType("paint").map((it) => [it.name, it.startTime]), performance.getEntriesByType("resource").map((it) => [it.name.split("/").pop(), Math.round(it.startTime), Math.round(it.responseEnd)]), performance.getEntriesByType("mark").map((it) => [it.name, Math.round(it.startTime)])]), null, 0));
      await page.close();
    }
    const [readable, editable] = [all.readable, all.editable];
    console.log(`${String(kb).padStart(4)} KB      ${ms(quantile(readable, 0.5))} ${ms(Math.max(...readable))}        ${ms(quantile(editable, 0.5))} ${ms(Math.max(...editable))}`);
  }
});
