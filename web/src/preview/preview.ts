/**
 * The rendered text beside the source.
 *
 * One text at a time is rendered, the newest wins; only changed blocks are touched. Where this browser cannot render (no
 * WASM), the server's rendering is asked for, less often. Invariant: what is shown was rendered from some text this page
 * had, in order. Next: `source.ts`, `patch.ts`, `scroll.ts`, `places.ts`, `notes.ts`.
 */
import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { NoteSurface } from "../editor/surface";
import { api } from "../session/api";
import { Drawn } from "./drawn";
import { keepAlive } from "./live";
import { type Canvas, NotePane } from "./notes";
import { behind, blockAround, indexIn, lastAbove, someIn } from "./parts";
import { splice, takeOver } from "./patch";
import { Places } from "./places";
import type { Which } from "./rendering";
import { createSource } from "./source";
import { sameTongue, speak, spoken, type Tongue } from "./tongue";
import type { Splice } from "./wasm";

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
  renderer: Which;
  /** Whether task boxes can be ticked. */
  tasks: ReadonlySignal<boolean>;
  onTask(line: number, checked: boolean): void;
}

const serverNote = "This browser cannot render the text itself: the server does, a moment later.";

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
  const drawn = new Drawn();
  const dress = (blocks: Element[]) => enable(blocks, options.tasks.peek());

  function show(change: Splice, text: string, kind: "whole" | "change"): void {
    const fresh = kind === "whole" ? takeOver(article, change.inserted.join(""), live.settle, dress) : splice(article, change, live.settle);
    if (kind === "whole") places.forget();
    else dress(fresh);
    drawn.splice(change, kind);
    live.wake();
    speakAs(article, tongue, change);
    lines.value = change.lines;
    stats.value = { words: change.words, title: change.title };
    places.apply(change, fresh);
    notes.rendered(text);
  }

  const ask = renderOnServer(options.document, (html) => {
    drawn.forget();
    takeOver(article, html, live.settle, dress);
    live.wake();
    places.forget();
    notes.rendered(written ?? "");
  });
  const fallback = (text: string) => {
    stats.value = { words: text.split(/\s+/).filter(Boolean).length, title: stats.value.title };
    article.dataset["note"] = serverNote;
    ask();
  };
  const source = createSource({ first: options.renderer, show, shown: drawn.all, fallback });
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
  const block = blockAround(article, element);
  const start = block ? lines[indexIn(article, block)] : undefined;
  const within = Number(element.closest<HTMLElement>("[data-line]")?.dataset.line ?? Number.NaN);
  return start === undefined || Number.isNaN(within) ? null : start + within;
}

/** The line at a height, between the starts of two blocks in proportion. */
export function lineAt(article: HTMLElement, lines: number[], height: number): number {
  const topOf = heights(article);
  const found = lastAbove(article, topOf, height);
  if (!found) return 0;
  const [top, bottom] = edges(found.block, topOf);
  const start = lines[found.index] ?? 0;
  const end = lines[found.index + 1] ?? start + 1;
  const part = bottom > top ? Math.min(1, Math.max(0, (height - top) / (bottom - top))) : 0;
  return start + (end - start) * part;
}

/** The height of a line: the other way round. */
export function heightOf(article: HTMLElement, lines: number[], line: number): number {
  let index = lines.findIndex((start) => start > line) - 1;
  if (index === -2) index = lines.length - 1;
  const [block] = index < 0 ? [] : someIn(article, index, 1);
  if (!block) return 0;
  const start = lines[index] ?? 0;
  const end = lines[index + 1] ?? start + 1;
  const [top, bottom] = edges(block, heights(article));
  return top + (bottom - top) * Math.min(1, (line - start) / Math.max(1, end - start));
}

/** How high things begin, in the scroller's content. */
function heights(article: HTMLElement): (element: Element) => number {
  const zero = article.getBoundingClientRect().top - article.offsetTop;
  return (element) => element.getBoundingClientRect().top - zero;
}

function edges(block: Element, topOf: (element: Element) => number): [top: number, bottom: number] {
  const [top, next] = [topOf(block), behind(block)];
  return [top, next ? topOf(next) : top + block.clientHeight];
}
