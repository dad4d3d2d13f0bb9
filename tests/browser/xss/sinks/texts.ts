/** Where the text itself is shown. */
import { expect, type Locator, type Page } from "@playwright/test";
import { paste } from "../../bring";
import { History } from "../../history";
import type { Document } from "../../people";
import { Stock } from "../../stock";
import { compose, lastWords, wellFormed } from "../batch";
import { differences } from "../differential";
import { look, still } from "../look";
import { htmlOf } from "../renderer";
import type { Sink } from "../sinks";
import { forEach, type Stage } from "../stage";

/** What the renderer makes of each, in a page with no policy at all, parsed in both ways that browsers parse it. */
export const bare: Sink = {
  name: "bare",
  shows: "the renderer's HTML without any policy; Chromium's tree is the renderer's, and stays so",
  batch: 300,
  async put(stage, vectors) {
    const html = vectors.map(({ text }) => htmlOf(stage.renderer, text));
    const { page, watch } = await stage.kept("bare", () => stage.window(null));
    const body = html.map((it) => `<article class="prose">${it}</article>`).join("\n");
    await page.unroute("**/bare");
    await page.route("**/bare", (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: `<!doctype html><title>bare</title>${body}` }));
    stage.stayWithin(page, watch, (path) => path === "/bare");
    await page.goto("/bare");
    await expect(page.locator("article.prose")).toHaveCount(vectors.length);
    for (const says of await differences(page, html)) watch.add("element", says);
    await look(page, watch);
  },
};

/** The page with its script: what the server rendered, taken over by the live preview; outline, embeds, diagrams and all. */
export const page: Sink = {
  name: "page",
  shows: "the document's page, live preview, outline, diagrams, embeds",
  batch: 400,
  async put(stage, vectors) {
    const { text, marks } = compose(stage.renderer, vectors);
    const document = await stage.newDocument(text);
    const window = await stage.kept("page", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    const desk = await stage.desk(window, document, "view");
    await showsAll(desk.text, marks);
    const outline = window.page.getByRole("navigation", { name: "Outline" });
    if (!(await outline.isVisible())) {
      const button = window.page.getByRole("button", { name: "Outline", exact: true });
      if (await button.isVisible()) await button.click();
    }
    await window.page.evaluate(() => globalThis.document.querySelectorAll<HTMLElement>("button.embed-button").forEach((button) => button.click()));
    for (const figure of await desk.text.locator("figure.diagram").all()) await figure.scrollIntoViewIfNeeded();
    await expect(desk.text.locator("figure.diagram[data-state=waiting]")).toHaveCount(0);
    await look(window.page, window.watch);
    await gone(stage, document);
  },
};

export const noScript: Sink = {
  name: "no-script",
  shows: "the document's page and history where scripts are off",
  batch: 400,
  async put(stage, vectors) {
    const { text, marks } = compose(stage.renderer, vectors);
    const document = await stage.newDocument(text);
    const { page, watch } = await stage.kept("no-script", () => stage.window(stage.ada, { javaScriptEnabled: false }));
    for (const path of [`/d/${document.id}`, `/d/${document.id}/history`]) {
      stage.stayWithin(page, watch, (at) => at === path);
      await page.goto(path);
      await showsAll(page.locator("article.prose"), marks);
      await still(page, watch);
    }
    await gone(stage, document);
  },
};

/** As if typed: the worker renders, the page is patched. */
export const typed: Sink = {
  name: "typed",
  shows: "the live preview and the source while one types",
  batch: 400,
  async put(stage, vectors) {
    const { text, marks } = compose(stage.renderer, vectors);
    const { desk, watch } = await writing(stage, "typed");
    // By the clipboard: text that is typed over a selection is given the style of what it replaces by Chromium itself,
    // in an attribute, which the policy refuses and CodeMirror writes anew.
    await desk.source.focus();
    await desk.page.keyboard.press("Control+a");
    await paste(desk.page, { "text/plain": text });
    await showsAll(desk.text, marks);
    await sourceToo(desk.page.locator(".cm-scroller"));
    await look(desk.page, watch, ".prose, .cm-editor");
  },
};

export const peer: Sink = {
  name: "peer",
  shows: "the live preview and the source when it comes from somebody else",
  batch: 400,
  async put(stage, vectors) {
    const { text, marks } = compose(stage.renderer, vectors);
    const { desk, document, watch } = await writing(stage, "peer");
    const stock = await Stock.join(stage.server, stage.ada, document, "y-websocket 3.1");
    stock.doc.transact(() => {
      stock.content.delete(0, stock.content.length);
      stock.content.insert(0, wellFormed(text));
    });
    await showsAll(desk.text, marks);
    await sourceToo(desk.page.locator(".cm-scroller"));
    stock.leave();
    await look(desk.page, watch, ".prose, .cm-editor");
  },
};

/** By a link, as somebody who may only read: the link's page puts the text there first. */
export const reader: Sink = {
  name: "reader",
  shows: "the link's page and the page of one who may only read",
  batch: 400,
  async put(stage, vectors) {
    const { text, marks } = compose(stage.renderer, vectors);
    const document = await stage.newDocument(text);
    const link = await stage.ada.shareLink(document, "view");
    const { page, watch } = await stage.kept("reader", () => stage.window(null, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path === `/d/${document.id}` || path === new URL(link.url).pathname);
    await page.goto(link.url);
    await page.waitForURL(`**/d/${document.id}**`);
    await showsAll(page.locator("article.prose"), marks);
    await look(page, watch);
    await gone(stage, document);
  },
};

export const printed: Sink = {
  name: "print",
  shows: "the page as it is printed",
  batch: 400,
  async put(stage, vectors) {
    const { text, marks } = compose(stage.renderer, vectors);
    const document = await stage.newDocument(text);
    const window = await stage.kept("print", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    const desk = await stage.desk(window, document, "both");
    await window.page.emulateMedia({ media: "print" });
    await window.page.evaluate(() => ["beforeprint", "afterprint"].forEach((name) => dispatchEvent(new Event(name))));
    await showsAll(desk.text, marks);
    await window.page.pdf();
    await look(window.page, window.watch);
    await window.page.emulateMedia({ media: "screen" });
    await gone(stage, document);
  },
};

export const slides: Sink = {
  name: "slides",
  shows: "the text as slides",
  batch: 400,
  async put(stage, vectors) {
    const { text, marks } = compose(stage.renderer, vectors);
    const document = await stage.newDocument(`# First\n\n---\n\n${text}`);
    const { page, watch } = await stage.kept("slides", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path === `/d/${document.id}`);
    await page.goto(`/d/${document.id}?slides`);
    await expect(page.getByRole("navigation", { name: "Slides" })).toBeVisible();
    await showsAll(page.locator("article.prose"), marks);
    for (let turn = 0; turn < 40 && !(await atLastSlide(page)); turn++) await page.keyboard.press("ArrowRight");
    await look(page, watch);
    await gone(stage, document);
  },
};

async function atLastSlide(page: Page): Promise<boolean> {
  const [, at, all] = /(\d+) of (\d+)/.exec((await page.getByRole("navigation", { name: "Slides" }).textContent()) ?? "") ?? [];
  return at !== undefined && at === all;
}

/** Half of them is the old text, all of them the new; and each names a version. */
export const history: Sink = {
  name: "history",
  shows: "the history: versions' names, the page and the source of a version, what changed in both",
  batch: 200,
  async put(stage, vectors) {
    const half = Math.ceil(vectors.length / 2);
    const [before, later] = [vectors.slice(0, half), vectors.slice(half)].map((part) => compose(stage.renderer, part));
    const document = await stage.newDocument(before?.text ?? "");
    const named = await forEach(vectors, ({ text }) => stage.ada.ask("POST", `/api/documents/${document.id}/versions`, { name: text.slice(0, 100) }));
    stage.turnedAway += named.filter(({ ok }) => !ok).length;
    const stock = await Stock.join(stage.server, stage.ada, document, "y-websocket 3.1");
    stock.doc.transact(() => {
      stock.content.delete(0, Math.floor(stock.content.length / 3));
      stock.content.insert(stock.content.length, wellFormed(later?.text ?? ""));
    });
    await expect.poll(() => stage.ada.text(document).then((text) => text === stock.text)).toBe(true);
    stock.leave();
    await stage.ada.ask("POST", `/api/documents/${document.id}/versions`, { name: "the last" });
    const { page, watch } = await stage.kept("history", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path.startsWith(`/d/${document.id}/history`));
    const shown = await History.open(page, document);
    await expect(shown.text).toContainText(lastWords);
    await shown.compare("Changes to the previous version");
    await look(page, watch, ".prose, .versions");
    await page.getByRole("button", { name: "Source", exact: true }).click();
    await shown.settled();
    await sourceToo(page.locator(".past-scroll"));
    await look(page, watch, ".prose, .past-scroll");
    await gone(stage, document);
  },
};

/** A desk that stays open over batches. */
async function writing(stage: Stage, name: string) {
  const window = await stage.kept(name, () => stage.window(stage.ada, { serviceWorkers: "block" }));
  const at = /\/d\/([0-9a-f-]{36})/.exec(window.page.url())?.[1];
  const document: Document = at ? { id: at, title: "", role: "own", url: "" } : await stage.newDocument("# Written\n");
  const desk = await stage.desk(window, document, "both");
  return { desk, document, watch: window.watch };
}

/** What stands behind each vector that is to be seen stands there. */
export async function showsAll(shown: Locator, marks: readonly string[]): Promise<void> {
  const missing = async () => {
    const text = (await shown.textContent()) ?? "";
    return marks.filter((mark) => !text.includes(mark));
  };
  await expect(shown).toContainText(lastWords);
  await expect.poll(missing).toEqual([]);
}

/** What is long is only in the page where it is looked at. */
async function sourceToo(scroller: Locator): Promise<void> {
  await scroller.evaluate(async (element) => {
    const painted = () => new Promise((next) => requestAnimationFrame(next));
    for (let top = 0; top < element.scrollHeight; top += element.clientHeight) {
      element.scrollTop = top;
      await painted();
      await painted();
    }
  });
}

export async function gone(stage: Stage, document: Document): Promise<void> {
  await stage.ada.trash(document);
}
