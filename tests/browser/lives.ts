/**
 * A browser on a phone whose page dies again and again, with a disk of its own that stays.
 *
 * Invariant: a kill is SIGKILL to the renderer's process (or to the whole browser's), with nothing said to the page; what
 * the page said about saving until then was heard in the order it was shown.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type CDPSession, chromium as engine, expect, type Page } from "@playwright/test";
import { Desk } from "./desk";
import type { Document, Person } from "./people";
import { chromium } from "./playwright.config";
import { profiles } from "./composing";

/** A browser starts and a page opens; on a machine that is shared. */
const startMs = 30_000;

export type End = "renderer" | "browser" | "close";

interface Content extends HTMLElement {
  cmTile: { root: { view: { state: { doc: { toString(): string } }; dispatch(spec: object): void } } };
}

export class Phone {
  readonly folder = mkdtempSync(join(tmpdir(), "galley-phone-"));
  /** What the page said about saving in this life. */
  said: string[] = [];
  private context: BrowserContext | null = null;
  private open: Desk | null = null;
  private input: CDPSession | null = null;
  private own: Processes = { main: 0, renderers: [] };

  constructor(
    private readonly url: string,
    private readonly person: Person,
  ) {}

  get desk(): Desk {
    if (!this.open) throw new Error("no page is open");
    return this.open;
  }

  /** Opens the document for the first time: afterwards it opens without a network. */
  async settle(document: Document): Promise<void> {
    await this.start(document);
    const { page } = this.desk;
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
    await this.desk.expectSaved();
    await expect.poll(() => page.evaluate(rows)).toBeGreaterThan(0);
  }

  /** Opens the document as far as one may write in it. */
  async start(document: Document): Promise<void> {
    this.context ??= await this.launch();
    const page = await this.context.newPage();
    this.open = new Desk(page);
    this.said = [];
    await page.goto(`${this.url}/d/${document.id}?edit`);
    await expect(page.locator(".cm-content[contenteditable=true]")).toBeVisible({ timeout: startMs });
    this.input = await this.context.newCDPSession(page);
    this.own = processes(this.folder);
  }

  async text(): Promise<string> {
    return this.desk.whole();
  }

  /** Into the part behind the first line. */
  async caretTo(at: number): Promise<void> {
    await this.desk.source.focus();
    await this.desk.source.evaluate((content: Content, at) => {
      const { view } = content.cmTile.root;
      view.dispatch({ selection: { anchor: view.state.doc.toString().indexOf("\n") + 1 + at } });
    }, at);
  }

  async press(letter: string): Promise<void> {
    await this.desk.page.keyboard.type(letter);
  }

  /** The word as it is now. */
  async compose(word: string): Promise<void> {
    await this.input?.send("Input.imeSetComposition", { text: word, selectionStart: word.length, selectionEnd: word.length });
  }

  async commit(word: string): Promise<void> {
    await this.input?.send("Input.insertText", { text: word });
  }

  private async launch(): Promise<BrowserContext> {
    const context = await engine.launchPersistentContext(this.folder, { ...chromium, ...profiles.android, locale: "en-GB" });
    await this.person.enter(context);
    await context.exposeBinding("galleySays", ({ page }, label: string) => void (page === this.open?.page && this.said.push(label)));
    await context.addInitScript(() => {
      let last = "";
      const look = () => {
        const label = globalThis.document.querySelector("button.save")?.textContent ?? "";
        if (label !== last) (globalThis as unknown as { galleySays(label: string): void }).galleySays(label);
        last = label;
      };
      new MutationObserver(look).observe(globalThis.document, { subtree: true, childList: true, characterData: true });
    });
    return context;
  }

  /** The end of this page; the moment it came, by this process's clock. */
  async end(how: End): Promise<number> {
    const { page } = this.desk;
    const at = performance.now();
    if (how === "close") await leave(page);
    else if (how === "browser") await this.killBrowser();
    else {
      const crashed = page.waitForEvent("crash");
      for (const pid of this.own.renderers) kill(pid);
      await crashed;
      await page.close();
    }
    this.open = null;
    return at;
  }

  private async killBrowser(): Promise<void> {
    const closed = this.context?.waitForEvent("close");
    for (const pid of [this.own.main, ...this.own.renderers]) kill(pid);
    await closed;
    this.context = null;
    for (const name of ["SingletonLock", "SingletonCookie", "SingletonSocket"]) rmSync(join(this.folder, name), { force: true });
  }

  async dispose(): Promise<void> {
    await this.context?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** How many rows this browser keeps of documents. Runs in the page. */
async function rows(): Promise<number> {
  const name = (await indexedDB.databases()).map((it) => it.name ?? "").find((name) => name.startsWith("galley-"));
  if (!name) return 0;
  const answered = <T>(request: IDBRequest<T>) =>
    new Promise<T>((done, fail) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
  const database = await answered(indexedDB.open(name));
  const count = await answered(database.transaction("rows").objectStore("rows").count());
  database.close();
  return count;
}

/** As a person would; what the page asks is answered with "leave". */
async function leave(page: Page): Promise<void> {
  page.on("dialog", (dialog) => void dialog.accept().catch(() => undefined));
  const closed = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await closed;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It had ended.
  }
}

interface Processes {
  main: number;
  renderers: number[];
}

/** Only those of the browser that has this folder. */
function processes(folder: string): Processes {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8", maxBuffer: 64_000_000 }).split("\n");
  const all = lines.flatMap((line) => {
    const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return args ? [{ pid: Number(pid), parent: Number(parent), args }] : [];
  });
  const main = all.find(({ args }) => args.includes(`--user-data-dir=${folder}`) && !args.includes("--type=") && !args.startsWith("/bin/sh"));
  if (!main) throw new Error("the browser is not running");
  const own = new Set([main.pid]);
  for (let size = 0; size !== own.size; ) {
    size = own.size;
    for (const { pid, parent } of all) if (own.has(parent)) own.add(pid);
  }
  return { main: main.pid, renderers: all.filter(({ pid, args }) => own.has(pid) && args.includes("--type=renderer")).map(({ pid }) => pid) };
}
