/** What stands around the text: titles, lists, addresses, messages, and what the device keeps. */
import { expect } from "@playwright/test";
import { Desk } from "../../desk";
import type { Document } from "../../people";
import { compose, lastWords, lineOf } from "../batch";
import { look } from "../look";
import type { Sink } from "../sinks";
import type { Stage } from "../stage";
import type { Vector } from "../vectors";
import { emptied } from "./brought";
import { wellFormed } from "./texts";

const quoted = (line: string) => `"${line.replace(/[\\"]/g, "\\$&")}"`;

/** Front matter that says it everywhere, and a heading. */
const titled = (vector: Vector) => {
  const line = lineOf(vector);
  return `---\ntitle: ${quoted(line)}\ndescription: ${quoted(line)}\nlang: ${quoted(line)}\ndir: ${quoted(line)}\ntags: [${quoted(line)}]\nimage: ${quoted(line)}\n---\n\n# ${line}\n`;
};

/** One document's title after another: what the server writes, as a parser reads it, beside what it writes of a plain one. */
export const titles: Sink = {
  name: "titles",
  shows: "title, description and language in the pages the server writes: head, bar, list, history, export",
  batch: 30,
  every: 1,
  async put(stage, vectors) {
    const { page, watch } = await stage.kept("titles", () => stage.window(null));
    await page.route("**/titles", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>titles</title>" }));
    if (!page.url().endsWith("/titles")) await page.goto("/titles");
    const plain = await written(stage, titled({ n: 0, kind: "", text: "plain" }));
    for (const vector of vectors) {
      const pages = await written(stage, titled(vector));
      for (const [at, html] of pages.entries()) {
        const says = await page.evaluate(sameBones, { html, plain: plain[at] ?? "" });
        if (says) watch.add("element", `${says} (page ${at}): ${vector.text.slice(0, 200)}`);
      }
    }
  },
};

async function written(stage: Stage, text: string): Promise<string[]> {
  const document = await stage.ada.newDocument(text);
  const paths = [`/d/${document.id}`, `/d/${document.id}/history`, "/", `/api/documents/${document.id}/export?format=html`];
  const pages: string[] = [];
  for (const path of paths) pages.push(await (await stage.ada.call("GET", path)).text());
  await stage.ada.trash(document);
  return pages;
}

/** Null, or how the elements and attributes outside the text differ from those of a plain page. */
function sameBones({ html, plain }: { html: string; plain: string }): string | null {
  const bones = (text: string) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const prose of page.querySelectorAll(".prose")) prose.replaceChildren();
    for (const list of page.querySelectorAll(".items, .versions")) [...list.children].slice(1).forEach((more) => more.remove());
    const free = new Set(["lang", "dir"]);
    return [...page.querySelectorAll("*")].map((element) => `${element.localName} ${[...element.attributes].map(({ name }) => name).filter((name) => !free.has(name)).join()}`);
  };
  const [ours, theirs] = [bones(plain), bones(html)];
  const at = ours.findIndex((bone, index) => bone !== theirs[index]);
  return at < 0 && ours.length === theirs.length ? null : `where a plain page has ${ours[at] ?? "nothing more"} this one has ${theirs[at < 0 ? ours.length : at] ?? "nothing"}`;
}

/** All of a batch in one list, and one after the other in an open page, as it happens. */
export const lists: Sink = {
  name: "lists",
  shows: "the list of documents, its trash, the tab and the bar of an open page as titles change",
  batch: 30,
  every: 2,
  async put(stage, vectors) {
    const { page, watch } = await stage.kept("lists", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path === "/");
    await Promise.all([page.waitForResponse(/\/api\/events/), page.goto("/")]);
    const documents: Document[] = [];
    for (const vector of vectors) documents.push(await stage.ada.newDocument(titled(vector)));
    await page.reload();
    await expect.poll(() => page.locator(".item").count()).toBeGreaterThanOrEqual(vectors.length);
    await look(page, watch, ".items");
    // Heard of while the list is open.
    const last = documents.pop();
    if (last) await stage.ada.trash(last);
    await look(page, watch, ".items");
    const first = documents[0];
    if (first) {
      await stage.desk({ page, watch }, first, "both");
      for (const vector of vectors) await stage.ada.ask("PATCH", `/api/documents/${first.id}`, { title: lineOf(vector) || "x" });
      await look(page, watch);
    }
    await emptied(stage);
  },
};

export const palette: Sink = {
  name: "palette",
  shows: "what is typed into the palette, into dialogs and into the search of the source",
  batch: 30,
  every: 6,
  async put(stage, vectors) {
    const document = await stage.ada.newDocument("# Palette\n");
    const { page, watch } = await stage.kept("palette", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    const desk: Desk = await stage.desk({ page, watch }, document, "both");
    await desk.source.focus();
    await page.keyboard.press("F1");
    const field = page.getByRole("combobox", { name: "Command" });
    await expect(field).toBeVisible();
    for (const vector of vectors) {
      await field.fill(lineOf(vector));
      await look(page, watch, "[role=dialog]");
    }
    await page.keyboard.press("Escape");
    await stage.ada.trash(document);
  },
};

/** Addresses that say it: paths, queries and fragments of pages, frames and answers. */
export const addresses: Sink = {
  name: "addresses",
  shows: "pages, frames and answers whose address says it",
  batch: 10,
  every: 5,
  async put(stage, vectors) {
    const document = await stage.ada.newDocument("# Addressed\n");
    const { page, watch } = await stage.kept("addresses", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, () => true);
    for (const vector of vectors) {
      const it = encodeURIComponent(wellFormed(lineOf(vector)));
      const raw = lineOf(vector).replace(/[#?%\s\\]/g, "");
      const paths = [`/${it}`, `/d/${it}`, `/d/${document.id}?${it}#${it}`, `/d/${document.id}/history/${it}?${it}#${it}`, `/s/${it}#${it}`, `/?view=${it}#setup=${it}`, `/settings?${it}#${it}`, `/shell/${it}`, `/api/documents/${it}`, `/api/documents/${document.id}/export?format=${it}`];
      const at = vector.n % paths.length;
      for (const path of [paths[at] ?? "/", paths[(at + 3) % paths.length] ?? "/", `/frame/embed/youtube?id=${it}`, `/frame/embed/${it}?id=${raw}`]) {
        await page.goto(path, { waitUntil: "domcontentloaded" }).catch(() => {});
        await look(page, watch, ".prose");
      }
    }
    await stage.ada.trash(document);
  },
};

/** Messages from nobody: to the page, to other tabs, to the workers. */
export const messages: Sink = {
  name: "messages",
  shows: "messages to the page from other windows, tabs and its own frames",
  batch: 60,
  every: 3,
  async put(stage, vectors) {
    const document = await stage.ada.newDocument("# Messages\n\n```mermaid\nflowchart LR\n  A --> B\n```\n");
    const { page, watch } = await stage.kept("messages", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    await stage.desk({ page, watch }, document, "both");
    await page.evaluate((texts) => {
      const channels = ["galley", "galley.here", "galley.device", "galley-here", "galley-device"].map((name) => new BroadcastChannel(name));
      for (const text of texts) {
        const said: unknown[] = [text, { kind: text }, { kind: "build", html: text }, { kind: "picture", id: 1, svg: text, width: 1, height: 1 }, { kind: "take over", script: text, url: text }, { html: text, inserted: [text], from: 0, removed: 1 }, JSON.stringify({ html: text })];
        for (const message of said) {
          postMessage(message, "*");
          for (const channel of channels) channel.postMessage(message);
        }
        try {
          dispatchEvent(new StorageEvent("storage", { key: text, newValue: text }));
        } catch {
          // Not every text is a key.
        }
      }
      for (const channel of channels) channel.close();
    }, vectors.map(({ text }) => text));
    await look(page, watch);
    await stage.ada.trash(document);
  },
};

/** Without a network: the shell, what the device kept of texts and of the list. */
export const device: Sink = {
  name: "device",
  shows: "pages without a network: a kept text, the list of what is kept, a document that is not",
  batch: 60,
  every: 10,
  async put(stage, vectors) {
    const document = await stage.ada.newDocument(`${titled(vectors[0] ?? { n: 0, kind: "", text: "x" })}\n${compose(stage.renderer, vectors)}`);
    const { page, watch } = await stage.window(stage.ada);
    const desk = await stage.desk({ page, watch }, document, "both");
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
    // The look of the text is kept once nothing has changed for a while.
    await expect.poll(() => keptLooks(page)).toBeGreaterThan(0);
    await page.context().setOffline(true);
    await page.reload();
    await expect(desk.text).toContainText(lastWords);
    await look(page, watch);
    stage.stayWithin(page, watch, () => true);
    for (const path of ["/", "/d/0198c000-0000-7000-8000-000000000000", "/settings"]) {
      await page.goto(path);
      await expect(page.locator("#app")).not.toBeEmpty();
      await look(page, watch, ".items, .stop");
    }
    await page.context().setOffline(false);
    await page.context().close();
    await stage.ada.trash(document);
  },
};

const keptLooks = (page: import("@playwright/test").Page) =>
  page.evaluate(async () => {
    const name = (await indexedDB.databases()).map((it) => it.name ?? "").find((name) => name.startsWith("galley-"));
    if (!name) return 0;
    const database = await new Promise<IDBDatabase>((done, fail) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(new Error("not opened"));
    });
    const count = await new Promise<number>((done) => {
      const request = database.transaction("looks").objectStore("looks").count();
      request.onsuccess = () => done(request.result);
    });
    database.close();
    return count;
  });
