/**
 * Where a text is rendered: in a worker, and once it is edited in the page, as long as that is quick.
 *
 * An answer from a worker comes a frame after the key, since browsers draw what a key did before they hand on messages; in
 * the page the rendered text is drawn in the same frame as the letter. The first rendering of all compiles what it runs and
 * would keep the page from answering, so it is the worker's, and its module comes over compiled. What is long, or renders
 * slowly on this device, would make the letter wait: it stays with the worker, or goes back to one. Invariant: the newest
 * text wins, and what is shown comes in the order it was written. Next: `rendering.ts`, `preview.ts`.
 */
import { scriptUrl } from "./patch";
import { type Rendered, rendering, type Which } from "./rendering";
import { rendererFrom, type Splice } from "./wasm";
import type { Asked } from "./worker";
import workerUrl from "./worker?worker&url";

/** Longer texts, in UTF-16 units, are the worker's. */
export const pageMax = 200_000;
/** A rendering in the page takes at most half a frame; so many may take longer. */
export const quickMs = 8;
export const slowMost = 3;

export interface Source {
  /** Renders this text, soon. */
  update(text: string): void;
  stop(): void;
}

export interface SourceParts {
  first: Which;
  /** `whole`: the splice makes the text from nothing, whatever is shown. */
  show(splice: Splice, text: string, kind: "whole" | "change"): void;
  /** The blocks that are shown, as they were rendered; null: not known. */
  shown(): readonly string[] | null;
  /** Neither can render. */
  fallback(text: string): void;
  /** For tests. */
  engines?: Engines;
}

/** Renders one text after the other and answers each. */
export interface Engine {
  render(text: string): void;
  /** Asks for the module. */
  give(): void;
  stop(): void;
}

type Answer = (rendered: Rendered) => void;
type Offer = Extract<Rendered, { kind: "module" }>;

export interface Engines {
  worker(first: Which, answer: Answer): Engine;
  page(offer: Offer, shown: readonly string[], answer: Answer): Engine;
}

export function createSource(parts: SourceParts): Source {
  return new Rounds(parts, parts.engines ?? { worker: inWorker, page: inPage });
}

class Rounds implements Source {
  #kind: "worker" | "page" | "none" = "worker";
  /** Only the one that was made last is heard. */
  #engine: Engine | null = null;
  /** What the engine renders now, and what comes after it. */
  #busy: string | null = null;
  #next: string | null = null;
  #last = "";
  /** What of this engine is shown. */
  #has: "nothing" | "something" = "nothing";
  /** What the page would render with. */
  #page: "unasked" | "asked" | Offer = "unasked";
  #slow = 0;

  constructor(
    private readonly parts: SourceParts,
    private readonly engines: Engines,
  ) {}

  update(text: string): void {
    if (this.#kind === "none") return this.parts.fallback(text);
    if (this.#kind === "page" && text.length > pageMax) this.#toWorker();
    if (this.#busy !== null) return void (this.#next = text);
    this.#busy = this.#last = text;
    this.#engine ??= this.#heard((answer) => this.engines.worker(this.parts.first, answer));
    this.#engine.render(text);
  }

  stop(): void {
    this.#engine?.stop();
    [this.#kind, this.#engine] = ["none", null];
  }

  #heard(make: (answer: Answer) => Engine): Engine {
    const made: Engine = make((rendered) => this.#engine === made && this.#take(rendered));
    return made;
  }

  #take(rendered: Rendered): void {
    if (rendered.kind === "failed") return this.#fail();
    // Whatever is rendered from now on is: the text that stands there too.
    if (rendered.kind === "fuller") return this.#busy === null ? this.update(this.#last) : undefined;
    if (rendered.kind === "module") this.#page = rendered;
    else this.#took(rendered.splice, rendered.ms);
    if (this.#busy === null && typeof this.#page === "object") this.#toPage(this.#page);
  }

  #took(splice: Splice, ms: number): void {
    const text = this.#busy ?? "";
    const whole = this.#has === "nothing";
    [this.#busy, this.#has] = [null, "something"];
    // A worker goes on with the newest meanwhile; the page goes on from what is shown.
    if (typeof this.#page !== "object") this.#goOn();
    this.parts.show(splice, text, whole ? "whole" : "change");
    const quick = ms <= quickMs;
    if (this.#kind === "page" && !quick && ++this.#slow > slowMost) this.#toWorker();
    else if (this.#page === "unasked" && !whole && quick && text.length <= pageMax) {
      this.#page = "asked";
      this.#engine?.give();
    }
  }

  #goOn(): void {
    const newest = this.#next;
    this.#next = null;
    if (newest !== null) this.update(newest);
  }

  #toPage(offer: Offer): void {
    const shown = this.#kind === "worker" && this.#last.length <= pageMax ? this.parts.shown() : null;
    if (shown) {
      this.#engine?.stop();
      this.#kind = "page";
      this.#engine = this.#heard((answer) => this.engines.page(offer, shown, answer));
    }
    this.#goOn();
  }

  /** What was asked of the page, a worker is asked anew; it does not come back. */
  #toWorker(): void {
    this.#engine?.stop();
    const text = this.#next ?? this.#busy;
    [this.#kind, this.#engine, this.#has, this.#page] = ["worker", null, "nothing", "asked"];
    [this.#busy, this.#next] = [null, null];
    if (text !== null) this.update(text);
  }

  #fail(): void {
    const text = this.#next ?? this.#busy;
    this.stop();
    if (text !== null) this.parts.fallback(text);
  }
}

function inWorker(first: Which, answer: Answer): Engine {
  const worker = new Worker(scriptUrl(workerUrl), { type: "module", name: first });
  const ask = (asked: Asked) => worker.postMessage(asked);
  worker.onerror = () => answer({ kind: "failed", reason: "the worker did not start" });
  worker.onmessage = ({ data }: MessageEvent<Rendered>) => answer(data);
  return { render: ask, give: () => ask({ kind: "give" }), stop: () => worker.terminate() };
}

/** At once: `ui/document/follow.ts` brings what a frame has together. */
function inPage({ module, which }: Offer, shown: readonly string[], answer: Answer): Engine {
  const { render } = rendering(which, answer, rendererFrom(module, shown));
  return { render: (text) => void render(text), give() {}, stop() {} };
}
