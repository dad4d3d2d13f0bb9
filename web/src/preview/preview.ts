/**
 * The rendered text beside the source.
 *
 * Rendering happens in a worker, one text at a time, the newest wins; only changed blocks are touched. Where the worker
 * cannot render (no WASM), the server's rendering is asked for, less often. Invariant: what is shown was rendered from
 * some text this page had, in order. Next: `patch.ts`, `scroll.ts`, `places.ts`, `notes.ts`.
 */
import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { NoteSurface } from "../editor/surface";
import { api } from "../session/api";
import { Drawn } from "./drawn";
import { keepAlive } from "./live";
import { type Canvas, NotePane } from "./notes";
import { scriptUrl, splice, takeOver } from "./patch";
import { Places } from "./places";
import { sameTongue, speak, spoken, type Tongue } from "./tongue";
import type { Splice } from "./wasm";
import type { Rendered } from "./worker";
import workerUrl from "./worker?worker&url";

export interface PreviewHandle {
  /** Shows this text, soon. */
  update(text: string): void;
  /** Start line of every block, 0-based. */
  readonly lines: ReadonlySignal<number[]>;
  readonly stats: ReadonlySignal<{ words: number; title: string | null }>;
  /** What the front matter says of language and direction. */
  readonly tongue: ReadonlySignal<Tongue>;
  readonly scroller: HTMLElement;
  /** The source line at the top edge, with a fraction. */
  lineAtTop(): number;
  toLine(line: number): void;
  /** The blocks as they were rendered, from the first on, up to so many characters; null: not known here. */
  html(most: number): string | null;
  /** Passages with notes. */
  readonly notes: NoteSurface;
  /** For others who draw on the page. */
  readonly canvas: Canvas;
  /** The source offset of the text next to a point of the window; null outside the text. */
  offsetAtPoint(x: number, y: number): number | null;
  /** Scrolls so that a source offset stands so many pixels below the top of a pane of this height, whatever height it gets meanwhile. */
  toOffset(offset: number, below: (height: number) => number): void;
  destroy(): void;
}

export interface PreviewOptions {
  document: string;
  /** Which renderer the text needed when the page was made. */
  renderer: "small" | "full";
  /** Whether task boxes can be ticked. */
  tasks: ReadonlySignal<boolean>;
  onTask(line: number, checked: boolean): void;
}

const serverNote = "This browser cannot render the text itself: the server does, a moment later.";

/** From so many blocks on, those out of sight are not laid out; as in the server's pages. */
const LONG_BLOCKS = 250;

/** Between two questions to the server, where it has to render. */
const SERVER_PAUSE_MS = 600;

function speakAs(article: HTMLElement, tongue: Signal<Tongue>, { lang = null, dir = null }: Partial<Tongue>): void {
  speak(article, { lang, dir });
  if (!sameTongue({ lang, dir }, tongue.peek())) tongue.value = { lang, dir };
}

/** `article` already holds the server's blocks; they stay until they change. */
export function mountPreview(article: HTMLElement, options: PreviewOptions): PreviewHandle {
  const lines = signal<number[]>([]);
  const stats = signal<{ words: number; title: string | null }>({ words: 0, title: null });
  const tongue = signal(spoken(article));
  const scroller = article.closest<HTMLElement>(".scroller") ?? article;
  const places = new Places(article);
  let written: string | null = null;
  const notes = new NotePane(article, scroller, places, () => written);
  const live = keepAlive(article);
  let first = true;
  const drawn = new Drawn();

  function show(change: Splice, text: string): void {
    const fresh = first ? takeOver(article, change.inserted.join(""), live.settle) : splice(article, change, live.settle);
    first = false;
    drawn.splice(change);
    live.wake();
    enable(fresh, options.tasks.peek());
    article.classList.toggle("long", article.childElementCount >= LONG_BLOCKS);
    speakAs(article, tongue, change);
    lines.value = change.lines;
    stats.value = { words: change.words, title: change.title };
    places.apply(change, fresh);
    notes.rendered(text);
  }

  const ask = renderOnServer(options.document, (html) => {
    drawn.forget();
    enable(takeOver(article, html, live.settle), options.tasks.peek());
    live.wake();
    places.forget();
    notes.rendered(written ?? "");
  });
  const source = renderInWorker(options.renderer, show, (text) => {
    stats.value = { words: text.split(/\s+/).filter(Boolean).length, title: stats.value.title };
    article.dataset["note"] = serverNote;
    ask();
  });
  const stop = boxes(article, lines, options);
  return {
    update: (text) => source.update((written = text)),
    lines,
    stats,
    tongue,
    scroller,
    lineAtTop: () => lineAt(article, lines.peek(), scroller.scrollTop),
    toLine: (line) => void (scroller.scrollTop = heightOf(article, lines.peek(), line)),
    html: drawn.beginning,
    notes,
    canvas: notes,
    offsetAtPoint: notes.offsetAtPoint,
    toOffset: notes.toOffset,
    destroy() {
      stop();
      live.destroy();
      notes.destroy();
      source.stop();
    },
  };
}

/** Task boxes that can be ticked, or not. */
function boxes(article: HTMLElement, lines: ReadonlySignal<number[]>, { tasks, onTask }: PreviewOptions): () => void {
  const ticked = ({ target }: Event) => {
    if (!(target instanceof HTMLInputElement) || target.type !== "checkbox") return;
    const line = lineOf(article, target, lines.peek());
    if (line !== null) onTask(line, target.checked);
  };
  article.addEventListener("change", ticked);
  const stop = effect(() => enable([article], tasks.value));
  return () => {
    stop();
    article.removeEventListener("change", ticked);
  };
}

/** One text at a time; while one is rendered the newest of those that follow waits. */
function renderInWorker(
  first: "small" | "full",
  show: (change: Splice, text: string) => void,
  fallback: (text: string) => void,
) {
  let worker: Worker | null = new Worker(scriptUrl(workerUrl), { type: "module", name: first });
  let busy: string | null = null;
  let next: string | null = null;
  let last = "";

  function update(text: string): void {
    if (!worker) return fallback(text);
    if (busy !== null) return void (next = text);
    busy = last = text;
    worker.postMessage(text);
  }

  function fail(): void {
    const text = next ?? busy;
    worker?.terminate();
    worker = null;
    if (text !== null) fallback(text);
  }

  worker.onerror = fail;
  worker.onmessage = ({ data }: MessageEvent<Rendered>) => {
    if (data.kind === "failed") return fail();
    // Whatever is rendered from now on is: the text that stands there too.
    if (data.kind === "fuller") return busy === null ? update(last) : undefined;
    const text = busy ?? "";
    busy = null;
    if (next !== null) {
      const newest = next;
      next = null;
      update(newest);
    }
    show(data.splice, text);
  };
  return { update, stop: () => worker?.terminate() };
}

/** Asks once after the last of many edits; the server renders what it has, and what was typed is there a moment later. */
function renderOnServer(document: string, show: (html: string) => void): () => void {
  let asked: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(asked);
    asked = setTimeout(() => void api.html(document).then(show, () => undefined), SERVER_PAUSE_MS);
  };
}

function enable(roots: Element[], on: boolean): void {
  for (const root of roots) {
    for (const box of root.querySelectorAll<HTMLInputElement>("input[type=checkbox]")) box.disabled = !on;
  }
}

/** The source line of something inside a block. */
function lineOf(article: HTMLElement, element: HTMLElement, lines: number[]): number | null {
  const block = [...article.children].findIndex((child) => child.contains(element));
  const start = lines[block];
  const within = Number(element.closest<HTMLElement>("[data-line]")?.dataset.line ?? Number.NaN);
  return start === undefined || Number.isNaN(within) ? null : start + within;
}

/** The line at a height, between the starts of two blocks in proportion. */
export function lineAt(article: HTMLElement, lines: number[], height: number): number {
  const blocks = article.children;
  if (blocks.length === 0) return 0;
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (topOf(blocks[middle]) <= height) low = middle;
    else high = middle - 1;
  }
  const top = topOf(blocks[low]);
  const bottom = low + 1 < blocks.length ? topOf(blocks[low + 1]) : top + (blocks[low]?.clientHeight ?? 0);
  const start = lines[low] ?? 0;
  const end = lines[low + 1] ?? start + 1;
  const part = bottom > top ? Math.min(1, Math.max(0, (height - top) / (bottom - top))) : 0;
  return start + (end - start) * part;
}

/** The height of a line: the other way round. */
export function heightOf(article: HTMLElement, lines: number[], line: number): number {
  const blocks = article.children;
  let index = lines.findIndex((start) => start > line) - 1;
  if (index === -2) index = lines.length - 1;
  if (index < 0) return 0;
  const start = lines[index] ?? 0;
  const end = lines[index + 1] ?? start + 1;
  const top = topOf(blocks[index]);
  const bottom = index + 1 < blocks.length ? topOf(blocks[index + 1]) : top + (blocks[index]?.clientHeight ?? 0);
  return top + (bottom - top) * Math.min(1, (line - start) / Math.max(1, end - start));
}

const topOf = (block: Element | undefined) => (block instanceof HTMLElement ? block.offsetTop : 0);
