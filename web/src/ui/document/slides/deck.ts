/**
 * The rendered text as slides: it is cut where a line of the source says `---` by itself.
 *
 * Invariant: nothing is copied. A slide is some of the sheet's own blocks while the others are hidden, so diagrams,
 * formulas, boxes and what others type are the same elements as ever. Which slide shows is kept by its first block, so
 * that slides that others add before it do not turn it. Next: `slides.tsx`, loaded when it is first shown.
 */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { blocksIn, indexIn, someIn } from "../../../preview/parts";

/** Some of the blocks, and the source line they begin at. */
export interface Slide {
  from: number;
  to: number;
  line: number;
}

export interface Slides {
  readonly on: ReadonlySignal<boolean>;
  /** Which one shows, from 0. */
  readonly at: ReadonlySignal<number>;
  readonly deck: ReadonlySignal<readonly Slide[]>;
  /** With the slide that holds a source line. */
  present(line: number): void;
  leave(): void;
  to(index: number): void;
  toLine(line: number): void;
  /** The source line of the one that shows. */
  line(): number;
}

export interface SlidesParts {
  article: HTMLElement;
  /** Knows where each block begins in the source. */
  preview: ReadonlySignal<{ lines: ReadonlySignal<readonly number[]> } | null>;
  text(): string;
}

export function createSlides({ article, preview, text }: SlidesParts, on: boolean): Slides {
  const shown = signal(on);
  const at = signal(0);
  const deck = signal<readonly Slide[]>([]);
  let first: Element | undefined;

  const to = (index: number) => {
    at.value = Math.min(Math.max(0, index), Math.max(0, deck.peek().length - 1));
    first = someIn(article, deck.peek()[at.peek()]?.from ?? 0, 1)[0];
    mark();
  };
  const mark = () => {
    const slide = shown.peek() ? deck.peek()[at.peek()] : undefined;
    for (const [index, block] of blocksIn(article).entries()) {
      const within = slide !== undefined && index >= slide.from && index < slide.to;
      if (within) block.setAttribute("data-slide", index === slide.from ? "first" : "");
      else block.removeAttribute("data-slide");
    }
  };
  const cut = () => {
    deck.value = cutAtRules(article, preview.value?.lines.value ?? [], text());
    const index = first ? indexIn(article, first) : -1;
    to(index < 0 ? at.peek() : deck.peek().findIndex((slide) => index < slide.to));
  };
  const observer = new MutationObserver(cut);
  effect(() => {
    observer.disconnect();
    if (!shown.value) return mark();
    observer.observe(article, { childList: true, subtree: true });
    cut();
  });
  const toLine = (line: number) => to(deck.peek().findLastIndex((slide) => slide.line <= line));
  return {
    on: shown,
    at,
    deck,
    present(line) {
      shown.value = true;
      toLine(line);
    },
    leave: () => void (shown.value = false),
    to,
    toLine,
    line: () => deck.peek()[at.peek()]?.line ?? 0,
  };
}

/** `***` and `___` draw a line and cut nothing. */
export function cutAtRules(article: Element, lines: readonly number[], text: string): Slide[] {
  const blocks = blocksIn(article);
  const source = text.split("\n");
  const cuts = blocks.flatMap((block, index) => {
    const rule = block.firstElementChild?.tagName === "HR" && block.childElementCount === 1;
    const written = source[lines[index] ?? -1]?.trim();
    return rule && (written === undefined || !/^[*_]/.test(written)) ? [index] : [];
  });
  const ends = [...cuts, blocks.length];
  const slides = ends.map((to, index) => {
    const from = index === 0 ? 0 : (cuts[index - 1] ?? 0) + 1;
    return { from, to, line: Math.floor(lines[from] ?? lines[from - 1] ?? 0) };
  });
  const filled = slides.filter(({ from, to }) => to > from);
  return filled.length > 0 ? filled : slides.slice(0, 1);
}
