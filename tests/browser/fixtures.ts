/**
 * What every browser test gets: its own server, people on it, and windows that report their trouble.
 *
 * Invariant: no two tests share a process, a port, a folder or a browser context; a script error in any window fails
 * the test, and so does a Content-Security-Policy violation.
 */
import { test as base, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import { Desk } from "./desk";
import { type Document, Person } from "./people";
import { Server, type ServerOptions } from "./server";

export { expect } from "@playwright/test";

/** How a phone differs from a desk. */
export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

export interface Fixtures {
  /** How the server is started; `test.use({ serving: … })`. */
  serving: ServerOptions;
  server: Server;
  /** Ada has an account. */
  ada: Person;
  /** A new window, signed in as somebody or nobody. */
  window: (person?: Person | null, options?: BrowserContextOptions) => Promise<Page>;
  /** A new window on a document, synced. */
  open: (person: Person, document: Document, options?: OpenOptions) => Promise<Desk>;
  /** Script errors and violations of all windows; empty at the end of a test, but for what it plants itself. */
  trouble: string[];
  planted: RegExp | null;
}

export interface OpenOptions extends BrowserContextOptions {
  /** Which panes show. */
  panes?: "edit" | "both" | "view";
}

export const test = base.extend<Fixtures>({
  serving: [{}, { option: true }],

  server: async ({ serving }, use, info) => {
    const server = await Server.start(serving);
    await use(server);
    if (info.status !== info.expectedStatus)
      await info.attach("what the server said", { body: server.said.join("\n"), contentType: "text/plain" });
    await server.dispose();
  },

  ada: async ({ server }, use) => use(await Person.signUp(server, "ada", "Ada Lovelace")),

  planted: [null, { option: true }],

  trouble: async ({ planted }, use) => {
    const trouble: string[] = [];
    await use(trouble);
    const real = trouble.filter((says) => !planted?.test(says));
    if (real.length > 0) throw new Error(`trouble in a window:\n${real.join("\n")}`);
  },

  window: async ({ browser, trouble, server }, use) => {
    const opened: Page[] = [];
    await use(async (person, options = {}) => {
      const page = await newWindow(browser, server, trouble, options);
      opened.push(page);
      await person?.enter(page.context());
      return page;
    });
    for (const page of opened) await page.context().close();
  },

  open: async ({ window }, use) => {
    await use(async (person, document, { panes, ...options } = {}) => {
      const page = await window(person, options);
      await page.goto(`/d/${document.id}${panes ? `?${panes}` : ""}`);
      const desk = new Desk(page);
      await desk.expectSaved();
      return desk;
    });
  },
});

async function newWindow(browser: Browser, server: Server, trouble: string[], options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.url, ...options });
  const page = await context.newPage();
  const note = (says: string) => {
    // An error in a loop is one error.
    if (!trouble.includes(says)) trouble.push(says);
  };
  page.on("pageerror", (error) => note(`${new URL(page.url()).pathname}: ${(error.stack || `${error.name}: ${error.message}`).split("\n").slice(0, 4).join("\n")}`));
  page.on("console", (message) => {
    const says = message.text();
    if (/Content Security Policy|TrustedHTML|TrustedScript/.test(says)) note(`${new URL(page.url()).pathname}: ${says}`);
  });
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      console.error(`Content Security Policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
    });
  });
  return page;
}
