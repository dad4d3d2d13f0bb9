/**
 * What a window does that it must not: run a vector's script, open a dialog or a window, ask for what nothing but a
 * vector names, leave its address, break its policy, stumble.
 *
 * Invariant: it sees every frame of every window of its context from before the first byte of a page, and `self.xss.ts`
 * shows with a page that is open to everything that it is not blind. Pictures of other sites are asked for by design
 * (the policy says `img-src https:`); here nobody answers (`stage.ts`). Next: `look.ts`, which looks at what is there.
 */
import type { BrowserContext, ConsoleMessage, Frame, Page, Request } from "@playwright/test";
import { canaryPath } from "./vectors";

export type Kind = "execution" | "violation" | "request" | "navigation" | "element" | "error";

export interface Finding {
  kind: Kind;
  says: string;
}

/** Counted and not held against anybody: what a policy refuses that a person may write. */
export interface Refused {
  pictures: number;
  inFrames: number;
}

export class Watch {
  readonly refused: Refused = { pictures: 0, inFrames: 0 };
  #found: Finding[] = [];
  /** The path each window may be at. */
  readonly #home = new Map<Page, (url: URL) => boolean>();
  readonly #saving = new Set<Page>();
  /** Frames that asked for a frame of ours last. */
  readonly #ours = new WeakSet<Frame>();

  private constructor(private readonly origin: string) {}

  /** Watches all windows of a context, those that vectors open too. */
  static async over(context: BrowserContext, origin: string): Promise<Watch> {
    const watch = new Watch(origin);
    await context.exposeBinding("canary", ({ frame }, what: unknown) => watch.#note("execution", `${JSON.stringify(what) ?? "nothing"} in ${pathOf(frame)}`));
    await context.exposeBinding("broke", ({ frame }, directive: string, blocked: string, sample: string) => watch.#broke(frame, directive, blocked, sample));
    await context.addInitScript(() => {
      interface Bindings {
        canary(what: unknown): void;
        broke(directive: string, blocked: string, sample: string): void;
      }
      const { canary, broke } = globalThis as unknown as Bindings;
      const names = ["alert", "confirm", "prompt", "print"] as const;
      for (const name of names) Object.assign(globalThis, { [name]: (...said: unknown[]) => canary(`${name} ${said.join()}`) });
      addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) => broke(effectiveDirective, blockedURI, sample));
    });
    context.on("request", (request) => watch.#asked(request));
    context.on("dialog", (dialog) => {
      // The page itself asks before what is not kept yet is left; a vector that made it ask has called its canary.
      if (dialog.type() === "beforeunload") return void dialog.accept().catch(() => {});
      watch.#note("execution", `a dialog: ${dialog.message()}`);
      void dialog.dismiss().catch(() => {});
    });
    context.on("page", (page) => watch.#attend(page));
    return watch;
  }

  /** Where this window may be from now on. */
  expectAt(page: Page, may: (url: URL) => boolean): void {
    this.#home.set(page, may);
  }

  /** This window may be given files: what it opens is saved and not shown. */
  saves(page: Page): void {
    this.#saving.add(page);
  }

  /** What was found since the last time. */
  take(): Finding[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  add(kind: Kind, says: string): void {
    this.#note(kind, says);
  }

  #attend(page: Page): void {
    void page.opener().then((opener) => opener && this.#note("navigation", `a window opened: ${page.url()}`));
    page.on("framenavigated", (frame) => this.#moved(page, frame));
    page.on("pageerror", (error) => this.#note("error", error.stack?.split("\n").slice(0, 3).join(" ") ?? error.message));
    page.on("console", (message) => this.#said(message));
    page.on("worker", (worker) => {
      if (!new URL(worker.url()).pathname.startsWith("/assets/")) this.#note("execution", `a worker: ${worker.url()}`);
    });
    page.on("download", (download) => {
      if (!this.#saving.has(page)) this.#note("navigation", `a download: ${download.url()}`);
    });
  }

  #moved(page: Page, frame: Frame): void {
    const url = new URL(frame.url());
    if (embedded(frame)) return;
    if (frame !== page.mainFrame()) {
      // Our own frame that did not come, where there is no network; what else asked to go somewhere was seen before.
      if (url.protocol === "chrome-error:" && this.#ours.has(frame)) return;
      if (!/^\/frame\//.test(url.pathname) && url.protocol !== "about:") this.#note("navigation", `a frame went to ${frame.url()}`);
      return;
    }
    const may = this.#home.get(page);
    if (may && !may(url)) this.#note("navigation", `to ${frame.url()}`);
  }

  #asked(request: Request): void {
    const url = new URL(request.url());
    const picture = request.resourceType() === "image";
    if (request.isNavigationRequest() && !request.failure()) return this.#asksToGo(request, url);
    if (picture && (url.protocol === "https:" || url.origin === this.origin || url.protocol === "http:")) return;
    if (url.protocol === "data:" || url.protocol === "blob:") return;
    if (url.origin !== this.origin || url.pathname.startsWith(canaryPath)) this.#note("request", `${request.resourceType()} ${request.url()}`);
  }

  #asksToGo(request: Request, url: URL): void {
    if (request.serviceWorker()) return;
    const page = request.frame().page();
    const top = request.frame() === page.mainFrame();
    if (embedded(request.frame()) && url.protocol === "https:") return;
    if (url.origin === this.origin && url.pathname.startsWith("/frame/")) this.#ours.add(request.frame());
    else this.#ours.delete(request.frame());
    const may = top ? (this.#home.get(page)?.(url) ?? true) : url.pathname.startsWith("/frame/");
    if (!may) this.#note("navigation", `asked for ${request.url()}`);
  }

  #broke(frame: Frame, directive: string, blocked: string, sample: string): void {
    // A diagram's own frame refuses what the diagram tries: it is there for that.
    if (/\/frame\/diagram/.test(frame.url())) this.refused.inFrames++;
    else if (directive === "img-src" && /^http:/.test(blocked)) this.refused.pictures++;
    else this.#note("violation", `${directive} ${blocked} ${sample} in ${pathOf(frame)}`);
  }

  #said(message: ConsoleMessage): void {
    const says = message.text();
    // Told by the violation itself, or of the network that is not there.
    if (message.type() !== "error" || /Content Security Policy|Failed to load resource|net::ERR|Trusted/.test(says)) return;
    this.#note("error", says.slice(0, 300));
  }

  #note(kind: Kind, says: string): void {
    // What repeats itself is one.
    if (this.#found.length < 500 && !this.#found.some((it) => it.kind === kind && it.says === says)) this.#found.push({ kind, says });
  }
}

/** What somebody asked for by pressing its button, in our own frame around it, whose policy names the one site. */
function embedded(frame: Frame): boolean {
  return frame.parentFrame()?.url().includes("/frame/embed/") ?? false;
}

function pathOf(frame: Frame): string {
  return frame.url().replace(/^https?:\/\/[^/]+/, "") || "a frame";
}

