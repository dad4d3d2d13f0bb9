/**
 * Where sinks do their work: one server, its people, and windows that are watched.
 *
 * Invariant: a sink gets only this; what it opens lives as long as the stage, and a window that went astray is closed
 * and opened anew. Next: `sinks.ts`.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "@playwright/test";
import type { Renderer } from "../../../web/src/preview/wasm";
import { Desk } from "../desk";
import { type Document, Person } from "../people";
import { Server } from "../server";
import { wellFormed } from "./batch";
import { believed, believing } from "./control";
import { renderer } from "./renderer";
import { Watch } from "./watch";

/** Many in a short time, and as slowly as on a machine that has much else to do. */
const flags = ["wishes_per_minute=1000000", "uploads_per_minute=1000000", "connections_per_person=1000", "connections_per_address=10000", "failures_per_minute=100000", "versions_named=100000", "uploads_per_person=100", "request_head=60", "dead=300"];

/** A page that takes longer for one step does not come to it; beside other work everything is slow. */
const stuckMs = 120_000;

/** Nobody answers there: what a vector asks of other sites is seen and goes nowhere. */
const nowhere = { server: "http://127.0.0.1:9", bypass: "127.0.0.1,localhost" };

/** Requests at once of one who does many. */
const atOnce = 16;

/** `believing`: its windows do what words tell them; see `control.ts`. */
export type Faith = "watchful" | "believing";

export interface Window {
  page: Page;
  watch: Watch;
}

export class Stage {
  /** Vectors that a door did not take as they are; whoever runs a batch begins anew. */
  turnedAway = 0;
  readonly #contexts: BrowserContext[] = [];
  readonly #watches: Watch[] = [];
  readonly #kept = new Map<string, Promise<Window>>();

  private constructor(
    readonly browser: Browser,
    readonly server: Server,
    /** Has the first account, so she administers. */
    readonly ada: Person,
    readonly renderer: Renderer,
    readonly faith: Faith,
  ) {}

  static async open(browser: Browser, faith: Faith = "watchful"): Promise<Stage> {
    const server = await Server.start({ flags: flags.flatMap((limit) => ["--limit", limit]) });
    const ada = await Person.signUp(server, "ada", "Ada Lovelace");
    return new Stage(browser, server, ada, await renderer(), faith);
  }

  /** A new window of somebody, or of nobody. */
  async window(person: Person | null, options: BrowserContextOptions = {}): Promise<Window> {
    const place: BrowserContextOptions = { baseURL: this.server.url, viewport: { width: 1440, height: 900 }, locale: "en-GB", proxy: nowhere };
    const context = await this.browser.newContext({ ...place, bypassCSP: this.faith === "believing", ...options });
    this.#contexts.push(context);
    if (this.faith === "believing") await believing(context, options.javaScriptEnabled === false ? "off" : "on");
    context.setDefaultTimeout(stuckMs);
    const watch = await Watch.over(context, this.server.url);
    this.#watches.push(watch);
    await person?.enter(context);
    const page = await context.newPage();
    this.stayWithin(page, watch, () => true);
    return { page, watch };
  }

  /** The window of this name, opened at the first time, or anew where the last one is gone. */
  async kept(name: string, open: () => Promise<Window>): Promise<Window> {
    const there = await this.#kept.get(name);
    if (there && !there.page.isClosed()) return there;
    const opening = open();
    this.#kept.set(name, opening);
    return opening;
  }

  /** Closes the window of this name; the next one who asks opens it anew. */
  async drop(name: string): Promise<void> {
    const there = this.#kept.get(name);
    this.#kept.delete(name);
    await (await there)?.page.context().close();
  }

  /** A new one of Ada's. Half a pair is no text that can be sent. */
  newDocument(text: string): Promise<Document> {
    return this.ada.newDocument(wellFormed(text));
  }

  /** Closes all windows: one that nobody looks at still works. */
  async rest(): Promise<void> {
    for (const name of [...this.#kept.keys()]) await this.drop(name).catch(() => {});
  }

  /** The window may only be at addresses of this server that also satisfy this. */
  stayWithin(page: Page, watch: Watch, may: (path: string) => boolean): void {
    watch.expectAt(page, (url) => url.protocol === "about:" || (url.origin === this.server.url && may(url.pathname)));
  }

  /** Opens a document and waits until its text is there. */
  async desk({ page, watch }: Window, document: Document, query: string): Promise<Desk> {
    this.stayWithin(page, watch, (path) => path === `/d/${document.id}`);
    await page.goto(`/d/${document.id}?${query}`);
    const desk = new Desk(page);
    await desk.expectSaved();
    return desk;
  }

  /** What the server wrote, as this stage reads it. */
  read(html: string): string {
    return this.faith === "believing" ? believed(html) : html;
  }

  /** What all windows did that they must not, since the last time. */
  findings() {
    return this.#watches.flatMap((watch) => watch.take());
  }

  refused(): { pictures: number; inFrames: number } {
    const sum = { pictures: 0, inFrames: 0 };
    for (const { refused } of this.#watches) {
      sum.pictures += refused.pictures;
      sum.inFrames += refused.inFrames;
    }
    return sum;
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close().catch(() => {});
    await this.server.dispose();
  }
}

/** For each of them, some at once; the answers in the order of the list. */
export async function forEach<T, A>(list: readonly T[], act: (it: T, at: number) => Promise<A>): Promise<A[]> {
  const answers: A[] = [];
  let next = 0;
  const one = async () => {
    for (let at = next++; at < list.length; at = next++) answers[at] = await act(list[at] as T, at);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return answers;
}
