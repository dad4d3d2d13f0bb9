/**
 * Passages with notes in the rendered text: drawn, pressed, selected, brought into sight.
 *
 * Everybody outside speaks of the text as it is written; inside everything is in the text that is shown, a moment older,
 * and each number that goes in or out is shifted between the two. Invariant: no node of the page is touched. Next:
 * `places.ts`, `highlights.ts`, `geometry.ts`; `../editor/surface.ts` for what the page sees.
 */
import { signal } from "@preact/signals";
import type { NoteMark, NoteSurface, Span } from "../editor/surface";
import { Geometry, Settling } from "./geometry";
import { createHighlighter, type Highlighter, layersOf, noteLayers } from "./highlights";
import type { Places, Window } from "./places";
import { hitAt, listen, nearestAt, type Point, presses, selectionIn } from "./point";
import { type Shift, shiftBetween } from "./shift";
import { perFrame, watchLayout } from "./watch";

/** How many heights of the sheet above and below what is seen are drawn at least, when drawing again, and at most. */
const heights = [0.5, 2, 4] as const;

const nothing: Window = { from: 0, to: 0, footnotes: false };

/** Somebody else who draws on the page: who wrote what, what has changed (`painting.ts`). */
export interface Painter {
  /** Draws what of the shown text is in a window: whenever the passages with notes are drawn. */
  draw(shown: string, window: Window): void;
  /** Heights may be others than they were. */
  moved(): void;
  /** The text was pressed where no note is, at this place of the text as it is written. */
  pressed(offset: number): void;
}

/** The page, for painters. */
export interface Canvas {
  readonly article: HTMLElement;
  readonly scroller: HTMLElement;
  readonly places: Places;
  /** From now on this one draws too. The answer ends it. */
  attach(painter: Painter): () => void;
  /** Draws again, once the page shows the newest text. */
  redraw(): void;
}

export class NotePane implements NoteSurface, Canvas {
  readonly selected = signal<Span | null>(null);
  readonly layout = signal(0);
  private readonly geometry: Geometry;
  private readonly settling: Settling;
  private readonly highlighter: Highlighter;
  private readonly listeners = new Set<(ids: string[]) => void>();
  private readonly moved = perFrame(() => {
    this.followView();
    for (const painter of this.painters) painter.moved();
    this.layout.value = this.layout.peek() + 1;
  });
  private readonly scrolling = perFrame(() => this.followView());
  private readonly looking = perFrame(() => this.look());
  private readonly drawing = perFrame(() => this.drawIfSettled(), 2);
  private readonly stops: (() => void)[];
  private readonly painters = new Set<Painter>();
  private marks: readonly NoteMark[] = [];
  private active: string | null = null;
  /** What is drawn: the source of what is seen and some more; null while nothing is seen. */
  private window: Window | null = null;
  private shown = "";
  /** From the text as it is written to the one that is shown, and back. */
  private readonly inward = remembered(() => [this.newest(), this.shown]);
  private readonly outward = remembered(() => [this.shown, this.newest()]);

  /** `written`: the newest text that is to be shown; null before the first. */
  constructor(
    readonly article: HTMLElement,
    readonly scroller: HTMLElement,
    readonly places: Places,
    private readonly written: () => string | null,
  ) {
    this.geometry = new Geometry(article, scroller, places);
    this.settling = new Settling(scroller);
    this.highlighter = createHighlighter(places, noteLayers);
    this.stops = [
      listen(document, "selectionchange", this.looking.soon),
      presses(article, (x, y) => this.press(x, y)),
      listen(scroller, "scroll", this.scrolling.soon, { passive: true }),
      watchLayout(article, (block) => this.geometry.forget(block), this.moved.soon),
    ];
  }

  // Properties, so that who holds the surface may take a single one of them.

  readonly show = (marks: readonly NoteMark[], active: string | null): void => {
    const same = marks === this.marks;
    [this.marks, this.active] = [marks, active];
    // Other places belong to a text that this pane is told of at the next frame; nothing jumps there and back.
    if (same) this.draw();
    else this.drawing.soon();
  };

  readonly onPress = (listener: (ids: string[]) => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly selectionRect = (): DOMRect | null => {
    const span = this.selected.peek();
    return span && this.geometry.endRect(...this.inwards(span.from, span.to));
  };

  /** What is seen already stays where it is; a passage higher than the sheet shows its beginning. */
  readonly reveal = (from: number, to: number): void => {
    this.settling.to(() => {
      const edges = this.geometry.edgesOf(...this.inwards(from, to));
      if (!edges) return null;
      const { scrollTop, clientHeight } = this.scroller;
      if (edges.top >= scrollTop && edges.bottom <= scrollTop + clientHeight) return null;
      return Math.min(edges.top, (edges.top + edges.bottom - clientHeight) / 2);
    });
  };

  readonly topOf = (offset: number): number | null => this.geometry.topOf(this.inward()(offset, "from"));

  readonly toOffset = (offset: number, below: (height: number) => number): void => {
    this.settling.to(() => {
      const top = this.topOf(offset);
      return top === null ? null : Math.max(0, top - below(this.scroller.clientHeight));
    });
  };

  readonly offsetAtPoint = (x: number, y: number): number | null => this.offsetOf(nearestAt(this.article, x, y));

  readonly attach = (painter: Painter): (() => void) => {
    this.painters.add(painter);
    return () => void this.painters.delete(painter);
  };

  readonly redraw = (): void => this.drawing.soon();

  /** The page was changed, and this is the text it was rendered from. */
  rendered(text: string): void {
    this.shown = text;
    this.drawing.stop();
    this.draw();
    // To ask for a selection makes the browser lay out what has just changed.
    if (this.selected.peek()) this.look();
    else this.looking.soon();
    this.moved.soon();
  }

  destroy(): void {
    for (const frames of [this.moved, this.scrolling, this.looking, this.drawing]) frames.stop();
    for (const stop of this.stops) stop();
    this.settling.destroy();
    this.highlighter.clear();
  }

  private newest(): string {
    return this.written() ?? this.shown;
  }

  private inwards(from: number, to: number): [from: number, to: number] {
    const shift = this.inward();
    return [shift(from, "from"), shift(to, "to")];
  }

  /** While a text is being rendered drawing waits for it. */
  private drawIfSettled(): void {
    if (this.newest() === this.shown) this.draw();
  }

  private draw(): void {
    const shift = this.inward();
    const there = this.marks.map((mark) => ({ ...mark, from: shift(mark.from, "from"), to: shift(mark.to, "to") }));
    this.highlighter.draw(layersOf(there, this.active), this.window ?? nothing);
    for (const painter of this.painters) painter.draw(this.shown, this.window ?? nothing);
  }

  /** Draws again when what is seen, and a little more, comes out of what is drawn, or much more is drawn than that. */
  private followView(): void {
    const [least, next, most] = heights.map((part) => this.windowOf(part)) as (Window | null)[];
    const drawn = this.window;
    if (!next || !least || !most) {
      if (!drawn) return;
    } else if (drawn && holds(drawn, least) && holds(most, drawn)) return;
    this.window = next ?? null;
    this.draw();
  }

  private windowOf(heights: number): Window | null {
    const blocks = this.geometry.near(heights);
    return blocks && this.places.window(...blocks);
  }

  private look(): void {
    const range = selectionIn(this.article);
    const span = range && this.places.span(range);
    const shift = this.outward();
    const next = span && { from: shift(span.from, "from"), to: shift(span.to, "to") };
    const before = this.selected.peek();
    if (before?.from !== next?.from || before?.to !== next?.to) this.selected.value = next;
  }

  private press(x: number, y: number): void {
    const at = this.offsetOf(hitAt(this.article, x, y));
    if (at === null) return;
    const hit = this.marks.filter(({ from, to }) => from <= at && at < to);
    const ids = hit.sort((a, b) => a.to - a.from - (b.to - b.from)).map(({ id }) => id);
    if (ids.length > 0) for (const listener of this.listeners) listener(ids);
    else for (const painter of this.painters) painter.pressed(at);
  }

  private offsetOf(point: Point | null): number | null {
    const at = point && this.places.offsetAt(point.node, point.offset);
    return at === null ? null : this.outward()(at, "from");
  }
}

function holds(larger: Window, smaller: Window): boolean {
  return larger.from <= smaller.from && larger.to >= smaller.to && larger.footnotes >= smaller.footnotes;
}

/** A shift is asked for at every place; the two texts change once a frame at most. */
function remembered(texts: () => [before: string, after: string]): () => Shift {
  let [before, after] = ["", ""];
  let shift = shiftBetween(before, after);
  return () => {
    const [from, to] = texts();
    if (from !== before || to !== after) [before, after, shift] = [from, to, shiftBetween(from, to)];
    return shift;
  };
}
