/** What stands around the text: titles, lists, addresses, messages, and what the device keeps. */
import { expect, type Locator, type Page } from "@playwright/test";
import { Desk } from "../../desk";
import type { Document } from "../../people";
import { compose, lineOf, wellFormed } from "../batch";
import { look } from "../look";
import type { Sink } from "../sinks";
import { forEach, type Stage, type Window } from "../stage";
import type { Vector } from "../vectors";
import type { Watch } from "../watch";
import { emptied } from "./brought";
import { gone, showsAll } from "./texts";

const quoted = (line: string) => `"${line.replace(/[\\"]/g, "\\$&")}"`;

/** Front matter that says it everywhere, and a heading. */
const titled = (vector: Vector) => {
  const line = lineOf(vector);
  return `---\ntitle: ${quoted(line)}\ndescription: ${quoted(line)}\nlang: ${quoted(line)}\ndir: ${quoted(line)}\ntags: [${quoted(line)}]\nimage: ${quoted(line)}\n---\n\n# ${line}\n`;
};

/** One document's title after another: what the server writes, as a parser reads it, beside what it writes of a plain one. */
export const titles: Sink = {
  name: "titles",
  shows: "title, description and language, and front matter itself, in the pages the server writes: head, bar, list, history, export",
  batch: 60,
  async put(stage, vectors) {
    const { page, watch } = await stage.kept("titles", () => stage.window(null));
    await page.route("**/titles", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>titles</title>" }));
    if (!page.url().endsWith("/titles")) await page.goto("/titles");
    const bones = async (text: string) => page.evaluate(bonesOf, await written(stage, text));
    const plain = await bones(titled({ n: 0, kind: "", text: "plain" }));
    const compared = async (vector: Vector, text: string) => {
      for (const [at, theirs] of (await bones(text)).entries()) {
        const says = otherThan(plain[at] ?? [], theirs);
        if (says) watch.add("element", `${says} (page ${at}): ${vector.text.slice(0, 200)}`);
      }
    };
    await forEach(vectors, async (vector) => {
      await compared(vector, titled(vector));
      if (vector.text.startsWith("---\n")) await compared(vector, `${vector.text}\n`);
    });
  },
};

async function written(stage: Stage, text: string): Promise<string[]> {
  const document = await stage.newDocument(text);
  const paths = [`/d/${document.id}`, `/d/${document.id}/history`, `/api/documents/${document.id}/export?format=html`];
  const pages: string[] = [];
  for (const path of paths) pages.push(stage.read(await (await stage.ada.call("GET", path)).text()));
  await stage.ada.trash(document);
  return pages;
}

/** The elements and attributes of each page outside of its text. Sent into a page, whose parser it is. */
function bonesOf(pages: readonly string[]): string[][] {
  const free = new Set(["lang", "dir"]);
  return pages.map((text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const prose of page.querySelectorAll(".prose")) prose.replaceChildren();
    // What front matter may leave out.
    for (const meta of page.querySelectorAll("meta[name=description]")) if (meta.attributes.length === 2) meta.remove();
    return [...page.querySelectorAll("*")].map((element) => `${element.localName} ${[...element.attributes].map(({ name }) => name).filter((name) => !free.has(name)).join()}`);
  });
}

/** Null, or how a page's bones differ from those of a plain one. */
function otherThan(plain: readonly string[], theirs: readonly string[]): string | null {
  const at = plain.findIndex((bone, index) => bone !== theirs[index]);
  return at < 0 && plain.length === theirs.length ? null : `where a plain page has ${plain[at] ?? "nothing more"} this one has ${theirs[at < 0 ? plain.length : at] ?? "nothing"}`;
}

/** All of a batch in one list and its trash, and one after the other in an open page, as it happens. */
export const lists: Sink = {
  name: "lists",
  shows: "the list of documents, its trash, the tab and the bar of an open page as titles change",
  batch: 100,
  async put(stage, vectors) {
    const { page, watch } = await stage.kept("lists", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path === "/");
    const open = await stage.newDocument("# Open\n");
    const documents = await forEach(vectors, (vector) => stage.newDocument(titled(vector)));
    const heard = page.waitForResponse(/\/api\/events/);
    await page.goto("/");
    await heard;
    await expect.poll(() => page.locator(".item").count()).toBeGreaterThanOrEqual(vectors.length);
    await look(page, watch, ".items");
    // Heard of while the list is open.
    await forEach(documents, (document) => stage.ada.trash(document));
    await page.getByRole("tab", { name: "Trash" }).click();
    await expect.poll(() => page.locator(".item").count()).toBeGreaterThanOrEqual(vectors.length);
    await look(page, watch, ".items");
    await stage.desk({ page, watch }, open, "both");
    for (const vector of vectors) await stage.ada.ask("PATCH", `/api/documents/${open.id}`, { title: lineOf(vector) || "x" });
    await look(page, watch);
    await forEach(documents, ({ id }) => stage.ada.ask("POST", `/api/documents/${id}/erase`, {}));
    await emptied(stage);
  },
};

export const palette: Sink = {
  name: "palette",
  shows: "what is typed into the palette, and into the search of the list",
  batch: 300,
  async put(stage, vectors) {
    const { page, watch } = await stage.kept("palette", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    const document = await stage.newDocument("# Palette\n");
    const desk: Desk = await stage.desk({ page, watch }, document, "both");
    await desk.source.focus();
    await page.keyboard.press("F1");
    await filled(page, watch, page.getByRole("combobox", { name: "Command" }), vectors, "[role=dialog]");
    await page.keyboard.press("Escape");
    stage.stayWithin(page, watch, (path) => path === "/" || path.startsWith("/d/"));
    await page.goto("/");
    await filled(page, watch, page.getByRole("searchbox", { name: "Search titles" }), vectors, ".list");
    await gone(stage, document);
  },
};

/** So many between two looks. */
const typedAtOnce = 25;

async function filled(page: Page, watch: Watch, field: Locator, vectors: readonly Vector[], scope: string): Promise<void> {
  await expect(field).toBeVisible();
  for (let at = 0; at < vectors.length; at += typedAtOnce) {
    const lines = vectors.slice(at, at + typedAtOnce).map((vector) => lineOf(vector));
    await field.evaluate(async (input: HTMLInputElement, lines) => {
      for (const line of lines) {
        input.value = line;
        input.dispatchEvent(new InputEvent("input", { bubbles: true, data: line }));
        await new Promise((next) => setTimeout(next, 0));
      }
    }, lines);
    await look(page, watch, scope);
  }
}

/** So many in one address, as long as servers take one. */
const together = 30;

/** Addresses that say it: paths, queries and fragments of pages, frames and answers. */
export const addresses: Sink = {
  name: "addresses",
  shows: "pages, frames and answers whose address says it, each for itself, and many in one while a page is open",
  batch: 300,
  async put(stage, vectors) {
    const document = await stage.newDocument("# Addressed\n");
    const { page, watch } = await stage.kept("addresses", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, () => true);
    watch.saves(page);
    await answered(stage, { page, watch }, vectors, document);
    for (let at = 0; at < vectors.length; at += together) {
      const it = vectors.slice(at, at + together).map(spelled).join("&");
      const all = pathsOf(it.slice(0, 5_000).replace(/%[0-9a-f]?$/i, ""), document);
      for (const path of [all[(at / together) % all.length], all[(at / together + 5) % all.length], `/d/${document.id}#${it}`]) {
        await page.goto(path ?? "/", { waitUntil: "domcontentloaded" }).catch(() => {});
        await look(page, watch, ".prose");
      }
    }
    // Where a page is open already.
    await page.goto(`/d/${document.id}`);
    await page.evaluate((all) => all.forEach((it) => (location.hash = it)), vectors.map(spelled));
    await look(page, watch, ".prose");
    await gone(stage, document);
  },
};

function spelled(vector: Vector): string {
  return encodeURIComponent(wellFormed(lineOf(vector)));
}

function pathsOf(it: string, { id }: Document): string[] {
  return [`/${it}`, `/d/${it}`, `/d/${id}?${it}#${it}`, `/d/${id}/history/${it}?${it}#${it}`, `/s/${it}#${it}`, `/?view=${it}#setup=${it}`, `/settings?${it}#${it}`, `/shell/${it}`, `/api/documents/${it}`, `/api/documents/${id}/export?format=${it}`, `/frame/embed/youtube?id=${it}`, `/frame/embed/${it}?id=${it}`, `/frame/diagram?${it}`, `/u/${id}/${it}`, `/assets/${it}`];
}

/** What the server answers to each has the elements it has to a plain one. */
async function answered(stage: Stage, { page, watch }: Window, vectors: readonly Vector[], document: Document): Promise<void> {
  await page.route("**/addressed", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>addressed</title>" }));
  await page.goto("/addressed");
  const html = async (path: string) => {
    const answer = await stage.ada.ask("GET", path);
    return /html/.test(answer.headers.get("content-type") ?? "") ? stage.read(await answer.text()) : "";
  };
  const bones = async (paths: readonly string[]) => page.evaluate(bonesOf, await Promise.all(paths.map(html)));
  const plain = await bones(pathsOf("plain", document));
  await forEach(vectors, async (vector) => {
    const paths = pathsOf(spelled(vector), document);
    const which = [vector.n % paths.length, (vector.n + 7) % paths.length];
    const theirs = await bones(which.map((at) => paths[at] ?? "/"));
    for (const [order, at] of which.entries()) {
      const says = otherThan(plain[at] ?? [], theirs[order] ?? []);
      if (says) watch.add("element", `${says} at ${paths[at]}`);
    }
  });
}

/** Messages from nobody: to the page, to other tabs, to the workers. */
export const messages: Sink = {
  name: "messages",
  shows: "messages to the page from other windows, tabs and its own frames",
  batch: 500,
  async put(stage, vectors) {
    const document = await stage.newDocument("# Messages\n\n```mermaid\nflowchart LR\n  A --> B\n```\n");
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
    await gone(stage, document);
  },
};

/** Without a network: the shell, what the device kept of texts and of the list. */
export const device: Sink = {
  name: "device",
  shows: "pages without a network: a kept text, the list of what is kept, a document that is not",
  batch: 400,
  async put(stage, vectors) {
    const { text, marks } = compose(stage.renderer, vectors);
    const document = await stage.newDocument(`${titled(vectors[0] ?? { n: 0, kind: "", text: "x" })}\n${text}`);
    const { page, watch } = await stage.kept("device", () => stage.window(stage.ada));
    const desk = await stage.desk({ page, watch }, document, "both");
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
    // The look of the text is kept once nothing has changed for a while.
    await expect.poll(() => keptLooks(page)).toBeGreaterThan(0);
    await page.context().setOffline(true);
    await page.reload();
    await showsAll(desk.text, marks);
    await look(page, watch);
    stage.stayWithin(page, watch, () => true);
    for (const path of ["/", "/d/0198c000-0000-7000-8000-000000000000", "/settings"]) {
      await page.goto(path);
      await expect(page.locator("#app")).not.toBeEmpty();
      await look(page, watch, ".items, .stop");
    }
    // The next one has a device of its own.
    await stage.drop("device");
    await gone(stage, document);
  },
};

const keptLooks = (page: Page) =>
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
