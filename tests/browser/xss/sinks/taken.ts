/** What is taken away: files that a browser opens by itself, from a disk, with no header of ours. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { leave } from "../../notes";
import { compose, lineOf, wellFormed } from "../batch";
import { look } from "../look";
import type { Sink } from "../sinks";
import { forEach, type Stage } from "../stage";
import { emptied } from "./brought";
import { gone, showsAll } from "./texts";

interface Unzip {
  unzipSync(zip: Uint8Array): Record<string, Uint8Array>;
  strFromU8(bytes: Uint8Array): string;
}

const { unzipSync, strFromU8 } = createRequire(join(import.meta.dirname, "../../../../web/package.json"))("fflate") as Unzip;

export const exported: Sink = {
  name: "export",
  shows: "the document as a page of its own, with its notes in it, opened by itself",
  batch: 400,
  async put(stage, vectors) {
    const { text, marks } = compose(stage.renderer, vectors);
    const document = await stage.newDocument(text);
    await forEach(vectors, (vector) => leave(stage.ada, document, "the-last-words-of-it", wellFormed(lineOf(vector)).replace(/\p{Cc}/gu, " ") || "x"));
    for (const [at, query] of ["format=html", "format=html&notes=footnotes", "format=html&notes=criticmarkup"].entries()) {
      const body = await (await stage.ada.call("GET", `/api/documents/${document.id}/export?${query}`)).text();
      const shown = await opened(stage, "text/html; charset=utf-8", body);
      // Notes in a text may hide what follows them.
      if (at === 0) await showsAll(shown.page.locator("main.prose"), marks);
      await look(shown.page, shown.watch);
    }
    await gone(stage, document);
  },
};

/** Everything as one zip: names of files, texts, notes; and whatever of it a browser would open. */
export const archive: Sink = {
  name: "archive",
  shows: "the zip of everything and of one document, and Markdown as a browser opens it",
  batch: 300,
  async put(stage, vectors) {
    const { text } = compose(stage.renderer, vectors);
    const document = await stage.newDocument(text);
    await forEach(vectors, (vector) => stage.newDocument(`# ${lineOf(vector)}\n\n${vector.text}\n`));
    const zips = [`/api/documents/${document.id}/export?format=zip&notes=footnotes`, "/api/export"];
    let read = 0;
    for (const path of zips) {
      const entries = Object.entries(unzipSync(new Uint8Array(await (await stage.ada.call("GET", path)).arrayBuffer())));
      for (const [name] of entries) expect(name, "a path that leads out").not.toMatch(/(?:^|[\\/])\.\.(?:[\\/]|$)|^[\\/]|^[a-z]:|\0/i);
      read += entries.filter(([name]) => name.endsWith(".md")).length;
      // All texts in one, as a program that believes in types would guess at them.
      await opensAs(stage, entries.map(([name, bytes]) => `${name}\n${strFromU8(bytes)}`).join("\n"));
    }
    expect(read).toBeGreaterThanOrEqual(vectors.length + 2);
    await navigated(stage, document.id);
    await emptied(stage);
  },
};

/** As what a disk or a careless server would call it, and none of it is markup. */
async function opensAs(stage: Stage, body: string): Promise<void> {
  for (const type of ["text/plain; charset=utf-8", "text/markdown; charset=utf-8"]) {
    const { page, watch } = await opened(stage, type, body);
    await look(page, watch, "body");
  }
}

/** Where the address of an export is typed: it is saved and not shown. */
async function navigated(stage: Stage, document: string): Promise<void> {
  const { page, watch } = await stage.kept("archive-addresses", () => stage.window(stage.ada, { serviceWorkers: "block", acceptDownloads: false }));
  stage.stayWithin(page, watch, (path) => path.startsWith("/api/"));
  watch.saves(page);
  for (const rest of ["text", "export?format=md", "export?format=html", "export?format=md&notes=json", "notes", "authorship", "html"]) {
    await page.goto(`/api/documents/${document}/${rest}`).catch(() => {});
    await look(page, watch, "body", rest === "html" ? "body" : ".prose");
  }
}

async function opened(stage: Stage, contentType: string, body: string) {
  const { page, watch } = await stage.kept("export", () => stage.window(null, { acceptDownloads: false }));
  await page.unroute("**/exported");
  await page.route("**/exported", (route) => route.fulfill({ contentType, body }));
  stage.stayWithin(page, watch, (path) => path === "/exported");
  watch.saves(page);
  await page.goto("/exported").catch(() => {});
  return { page, watch };
}
