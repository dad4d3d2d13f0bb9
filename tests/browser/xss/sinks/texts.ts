/** Where the text itself is shown. */
import { expect, type Locator } from "@playwright/test";
import { paste } from "../../bring";
import { History } from "../../history";
import type { Document } from "../../people";
import { Stock } from "../../stock";
import { compose, lastWords } from "../batch";
import { differences } from "../differential";
import { look, still } from "../look";
import { htmlOf } from "../renderer";
import type { Sink } from "../sinks";
import type { Stage } from "../stage";
import type { Vector } from "../vectors";

/** What the renderer makes of each, in a page with no policy at all, parsed in both ways that browsers parse it. */
export const bare: Sink = {
  name: "bare",
  shows: "the renderer's HTML without any policy; Chromium's tree is the renderer's, and stays so",
  batch: 100,
  every: 1,
  async put(stage, vectors) {
    const html = vectors.map(({ text }) => htmlOf(stage.renderer, text));
    const { page, watch } = await stage.kept("bare", () => stage.window(null));
    const body = html.map((it) => `<article class="prose">${it}</article>`).join("\n");
    await page.unroute("**/bare");
    await page.route("**/bare", (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: `<!doctype html><title>bare</title>${body}` }));
    stage.stayWithin(page, watch, (path) => path === "/bare");
    await page.goto("/bare");
    for (const says of await differences(page, html)) watch.add("element", says);
    await look(page, watch);
  },
};

/** The page with its script: what the server rendered, taken over by the live preview; outline and all. */
export const page: Sink = {
  name: "page",
  shows: "the document's page, live preview, outline",
  batch: 60,
  every: 1,
  async put(stage, vectors) {
    const document = await stage.ada.newDocument(compose(stage.renderer, vectors));
    const window = await stage.kept("page", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    const desk = await stage.desk(window, document, "view");
    await expect(desk.text).toContainText(lastWords);
    const outline = window.page.getByRole("navigation", { name: "Outline" });
    if (!(await outline.isVisible())) {
      const button = window.page.getByRole("button", { name: "Outline", exact: true });
      if (await button.isVisible()) await button.click();
    }
    await window.page.evaluate(() => globalThis.document.querySelectorAll<HTMLElement>("button.embed-button").forEach((button) => button.click()));
    await look(window.page, window.watch);
    await gone(stage, document);
  },
};

export const noScript: Sink = {
  name: "no-script",
  shows: "the document's page and history where scripts are off",
  batch: 60,
  every: 1,
  async put(stage, vectors) {
    const document = await stage.ada.newDocument(compose(stage.renderer, vectors));
    const { page, watch } = await stage.kept("no-script", () => stage.window(stage.ada, { javaScriptEnabled: false }));
    for (const path of [`/d/${document.id}`, `/d/${document.id}/history`]) {
      stage.stayWithin(page, watch, (at) => at === path);
      await page.goto(path);
      await expect(page.locator("article.prose")).toContainText(lastWords);
      await still(page, watch);
    }
    await gone(stage, document);
  },
};

/** As if typed: the worker renders, the page is patched. */
export const typed: Sink = {
  name: "typed",
  shows: "the live preview and the source while one types",
  batch: 60,
  every: 1,
  async put(stage, vectors) {
    const { desk, watch } = await writing(stage, "typed");
    // By the clipboard: text that is typed over a selection is given the style of what it replaces by Chromium itself,
    // in an attribute, which the policy refuses and CodeMirror writes anew.
    await desk.source.focus();
    await desk.page.keyboard.press("Control+a");
    await paste(desk.page, { "text/plain": compose(stage.renderer, vectors) });
    await settles(desk.text, vectors);
    await look(desk.page, watch, ".prose");
  },
};

export const peer: Sink = {
  name: "peer",
  shows: "the live preview and the source when it comes from somebody else",
  batch: 60,
  every: 1,
  async put(stage, vectors) {
    const { desk, document, watch } = await writing(stage, "peer");
    const stock = await Stock.join(stage.server, stage.ada, document, "y-websocket 3.1");
    stock.doc.transact(() => {
      stock.content.delete(0, stock.content.length);
      stock.content.insert(0, wellFormed(compose(stage.renderer, vectors)));
    });
    await settles(desk.text, vectors);
    stock.leave();
    await look(desk.page, watch, ".prose");
  },
};

/** By a link, as somebody who may only read: the link's page puts the text there first. */
export const reader: Sink = {
  name: "reader",
  shows: "the link's page and the page of one who may only read",
  batch: 60,
  every: 1,
  async put(stage, vectors) {
    const document = await stage.ada.newDocument(compose(stage.renderer, vectors));
    const link = await stage.ada.shareLink(document, "view");
    const { page, watch } = await stage.kept("reader", () => stage.window(null, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path === `/d/${document.id}` || path === new URL(link.url).pathname);
    await page.goto(link.url);
    await page.waitForURL(`**/d/${document.id}**`);
    await expect(page.locator("article.prose")).toContainText(lastWords);
    await look(page, watch);
    await gone(stage, document);
  },
};

export const printed: Sink = {
  name: "print",
  shows: "the page as it is printed",
  batch: 60,
  every: 4,
  async put(stage, vectors) {
    const document = await stage.ada.newDocument(compose(stage.renderer, vectors));
    const window = await stage.kept("print", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    const desk = await stage.desk(window, document, "both");
    await window.page.emulateMedia({ media: "print" });
    await window.page.evaluate(() => ["beforeprint", "afterprint"].forEach((name) => dispatchEvent(new Event(name))));
    await expect(desk.text).toContainText(lastWords);
    await window.page.pdf();
    await look(window.page, window.watch);
    await window.page.emulateMedia({ media: "screen" });
    await gone(stage, document);
  },
};

export const slides: Sink = {
  name: "slides",
  shows: "the text as slides",
  batch: 60,
  every: 4,
  async put(stage, vectors) {
    const document = await stage.ada.newDocument(`# First\n\n---\n\n${compose(stage.renderer, vectors)}`);
    const { page, watch } = await stage.kept("slides", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path === `/d/${document.id}`);
    await page.goto(`/d/${document.id}?slides`);
    await expect(page.getByRole("navigation", { name: "Slides" })).toBeVisible();
    for (let turn = 0; turn < 3; turn++) await page.keyboard.press("ArrowRight");
    await look(page, watch);
    await gone(stage, document);
  },
};

/** Half of them is the old text, all of them the new; and each names a version. */
export const history: Sink = {
  name: "history",
  shows: "the history: versions' names, the page and the source of a version, what changed in both",
  batch: 40,
  every: 1,
  async put(stage, vectors) {
    const half = Math.ceil(vectors.length / 2);
    const document = await stage.ada.newDocument(compose(stage.renderer, vectors.slice(0, half)));
    for (const { text } of vectors.slice(0, 12)) await stage.ada.ask("POST", `/api/documents/${document.id}/versions`, { name: text.slice(0, 100) });
    const stock = await Stock.join(stage.server, stage.ada, document, "y-websocket 3.1");
    stock.doc.transact(() => {
      stock.content.delete(0, Math.floor(stock.content.length / 3));
      stock.content.insert(stock.content.length, wellFormed(compose(stage.renderer, vectors.slice(half))));
    });
    await expect.poll(() => stage.ada.text(document).then((text) => text === stock.text)).toBe(true);
    stock.leave();
    await stage.ada.ask("POST", `/api/documents/${document.id}/versions`, { name: "the last" });
    const { page, watch } = await stage.kept("history", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path.startsWith(`/d/${document.id}/history`));
    const shown = await History.open(page, document);
    await shown.compare("Changes to the previous version");
    await look(page, watch, ".prose");
    await page.getByRole("button", { name: "Source", exact: true }).click();
    await shown.settled();
    await look(page, watch, ".prose");
    await gone(stage, document);
  },
};

export const exported: Sink = {
  name: "export",
  shows: "the document as a page of its own, with its notes in it, opened by itself",
  batch: 60,
  every: 1,
  async put(stage, vectors) {
    const document = await stage.ada.newDocument(compose(stage.renderer, vectors));
    const { page, watch } = await stage.kept("export", () => stage.window(null));
    for (const query of ["format=html", "format=html&notes=footnotes"]) {
      const body = await (await stage.ada.call("GET", `/api/documents/${document.id}/export?${query}`)).text();
      await page.unroute("**/exported.html");
      // As from a disk: no header of ours comes with it.
      await page.route("**/exported.html", (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body }));
      stage.stayWithin(page, watch, (path) => path === "/exported.html");
      await page.goto("/exported.html");
      await expect(page.locator("main.prose")).toContainText(lastWords);
      await look(page, watch);
    }
    await gone(stage, document);
  },
};

/** A desk that stays open over batches. */
async function writing(stage: Stage, name: string) {
  const window = await stage.kept(name, () => stage.window(stage.ada, { serviceWorkers: "block" }));
  const at = /\/d\/([0-9a-f-]{36})/.exec(window.page.url())?.[1];
  const document: Document = at ? { id: at, title: "", role: "own", url: "" } : await stage.ada.newDocument("# Written\n");
  const desk = await stage.desk(window, document, "both");
  return { desk, document, watch: window.watch };
}

/** The preview shows the end of this batch. */
async function settles(text: Locator, vectors: readonly Vector[]): Promise<void> {
  const last = vectors.at(-1);
  await expect(text).toContainText(lastWords);
  if (last) await expect(text).toContainText(`after-vector-${last.n}-here`);
}

/** Half a pair is no text that can be sent. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

async function gone(stage: Stage, document: Document): Promise<void> {
  await stage.ada.trash(document);
}


