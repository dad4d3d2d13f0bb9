/** What keeping a copy on the device costs: until one can type, and at each key. */
import type { Page } from "@playwright/test";
import { test } from "./fixtures";

const rounds = 15;
const keys = 300;
/** About 100 KB. */
const text = `# Long\n\n${"A paragraph of a long text that somebody has written on many evenings. ".repeat(14)}\n\n`.repeat(100);

test("until one can type, with a copy on the device and without", async ({ ada, window }) => {
  const document = await ada.newDocument(text);
  const [kept, fresh]: number[][] = [[], []];
  const returning = await window(ada);
  await returning.addInitScript(stopwatch);
  await editable(returning, document.id);
  await onDevice(returning);
  for (let round = 0; round < rounds; round++) {
    kept!.push(await editable(returning, document.id));
    await forget(returning);
    fresh!.push(await editable(returning, document.id));
    await onDevice(returning);
  }
  console.log(`navigation to editable, median of ${rounds}: without a copy ${median(fresh!)} ms, with a copy of ${Math.round(text.length / 1000)} KB ${median(kept!)} ms`);
});

test("at each key, with storage and without", async ({ ada, window }) => {
  const document = await ada.newDocument(text);
  const without = await window(ada);
  await without.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("denied", "SecurityError");
    };
  });
  for (const [name, page] of [["with", await window(ada)], ["without", without]] as const) {
    await page.addInitScript(stopwatch);
    await editable(page, document.id);
    await onDevice(page).catch(() => undefined);
    const { times, long } = await page.evaluate(typing, keys);
    console.log(`a key ${name} storage, of ${keys}: median ${median(times)} ms, 95th ${at(times, 0.95)} ms, ${long} long tasks`);
  }
});

/** Says when the source may first be typed in. */
function stopwatch(): void {
  const seen = new Promise<number>((resolve) => {
    const look = new MutationObserver(() => {
      if (!document.querySelector(".cm-content[contenteditable=true]")) return;
      look.disconnect();
      resolve(performance.now());
    });
    look.observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["contenteditable"] });
  });
  Object.assign(window, { editable: seen });
}

async function editable(page: Page, document: string): Promise<number> {
  await page.goto("about:blank");
  await page.goto(`/d/${document}?both`);
  return page.evaluate(() => (window as unknown as { editable: Promise<number> }).editable);
}

/** Until the copy is there. */
async function onDevice(page: Page): Promise<void> {
  await page.waitForFunction(async () => {
    const [known] = await indexedDB.databases();
    if (!known?.name) return false;
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(known.name!);
      request.onsuccess = () => resolve(request.result);
    });
    const count = await new Promise<number>((resolve) => {
      const request = database.transaction("rows").objectStore("rows").count();
      request.onsuccess = () => resolve(request.result);
    });
    database.close();
    return count > 0;
  }, undefined, { timeout: 10_000 });
}

async function forget(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) await new Promise((resolve) => (indexedDB.deleteDatabase(name!).onsuccess = resolve));
  });
}

/** One letter after the other, each in a task of its own, as fast as somebody who types 600 a minute. */
async function typing(keys: number): Promise<{ times: number[]; long: number }> {
  type View = { state: { doc: { length: number } }; dispatch(change: object): void };
  const content = document.querySelector(".cm-content") as unknown as { cmTile: { root: { view: View } } };
  const { view } = content.cmTile.root;
  let long = 0;
  new PerformanceObserver((list) => (long += list.getEntries().length)).observe({ entryTypes: ["longtask"] });
  const times: number[] = [];
  for (let key = 0; key < keys; key++) {
    const before = performance.now();
    view.dispatch({ changes: { from: view.state.doc.length, insert: "x" } });
    await Promise.resolve();
    times.push(performance.now() - before);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { times, long };
}

const median = (times: number[]) => at(times, 0.5);

function at(times: number[], part: number): string {
  const sorted = [...times].sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
}
