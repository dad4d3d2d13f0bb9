/**
 * How long a page takes to open: from the start of the navigation to the frame in which the text can be read, and to the
 * one in which it can be typed into. First visits: a browser without cache and without anything kept.
 */

/** In the page, before its own scripts: stamps the first frame with text, and the first with an editor that holds it. */
export function watch() {
  globalThis.opened = {};
  const seen = {
    readable: () => document.querySelector("article.prose .block")?.textContent.trim(),
    editable: () => document.querySelector(".cm-content[contenteditable=true] .cm-line")?.textContent.trim(),
  };
  const look = () => {
    for (const [name, test] of Object.entries(seen)) {
      if (globalThis.opened[name] !== undefined || !test()) continue;
      globalThis.opened[name] = 0;
      requestAnimationFrame(() => setTimeout(() => (globalThis.opened[name] = performance.now())));
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["contenteditable"] });
}

const done = () => globalThis.opened.readable > 0 && globalThis.opened.editable > 0 && globalThis.opened;

/** Opens it so many times, each time as a newcomer; milliseconds. */
export async function opening(browser, state, url, slow, runs) {
  const all = { readable: [], editable: [] };
  for (let run = 0; run < runs; run++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, storageState: state });
    await context.addInitScript(watch);
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: slow });
    await page.goto(url, { waitUntil: "commit" });
    const stamps = await (await page.waitForFunction(done, undefined, { timeout: 120_000 })).jsonValue();
    for (const name of Object.keys(all)) all[name].push(stamps[name]);
    await context.close();
  }
  return all;
}

/** What the page's own scripts hold after the garbage is gone, in megabytes. */
export async function memory(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / 1e6;
}
