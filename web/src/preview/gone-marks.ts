/**
 * Small marks where words are gone, beside the rendered text: pointed at or focused they say which.
 *
 * They lie in a layer of no height before the page's text, which scrolls along with it; only those near what is seen are
 * there. A mark stays the same element while its words do, so that a focus survives an edit elsewhere.
 */
import type { Canvas } from "./notes";
import type { Window } from "./places";
import { rectsOf } from "./texts";

export interface Gone {
  /** Where in the shown text. */
  at: number;
  words: string;
  active: boolean;
}

/** As much as anybody reads in passing. */
const wordsMax = 400;

export class GoneMarks {
  private readonly layer = document.createElement("div");
  private marks: { gone: Gone; element: HTMLButtonElement }[] = [];

  constructor(private readonly canvas: Canvas) {
    this.layer.className = "gone-layer";
  }

  show(all: readonly Gone[], { from, to }: Window): void {
    const near = all.filter(({ at }) => at >= from && at <= to);
    const before = this.marks;
    this.marks = near.map((gone) => {
      const index = before.findIndex((mark) => mark.gone.words === gone.words);
      const [old] = index < 0 ? [] : before.splice(index, 1);
      return { gone, element: old?.element ?? markOf(gone.words) };
    });
    for (const { element } of before) element.remove();
    if (this.marks.length > 0 && !this.layer.isConnected) this.canvas.article.before(this.layer);
    for (const [at, { element, gone }] of this.marks.entries()) {
      element.classList.toggle("now", gone.active);
      const there = this.layer.children[at] ?? null;
      if (there !== element) this.layer.insertBefore(element, there);
    }
    this.place();
  }

  /** Puts each mark to where its words were. */
  place(): void {
    if (this.marks.length === 0) return;
    const zero = this.layer.getBoundingClientRect();
    const places = this.marks.map(({ gone }) => this.rowAt(gone.at));
    for (const [at, place] of places.entries()) {
      const element = this.marks[at]?.element;
      if (!element) continue;
      element.hidden = place === null;
      if (!place) continue;
      element.style.setProperty("left", `${place.x - zero.left}px`);
      element.style.setProperty("top", `${place.top - zero.top}px`);
      element.style.setProperty("height", `${place.bottom - place.top}px`);
      element.classList.toggle("late", place.x - zero.left > zero.width / 2);
    }
  }

  destroy(): void {
    this.layer.remove();
  }

  /** Before what comes next, or behind what stands before it. */
  private rowAt(at: number): { x: number; top: number; bottom: number } | null {
    const { places } = this.canvas;
    const [before] = places.ranges(at - 1, at).slice(-1).map(rectsOf).map((rects) => rects.at(-1));
    if (before) return { x: before.right, top: before.top, bottom: before.bottom };
    const [next] = places.ranges(at, at + 1).slice(0, 1).map(rectsOf).map((rects) => rects[0]);
    if (next) return { x: next.left, top: next.top, bottom: next.bottom };
    const block = places.spot(at)?.block.getBoundingClientRect();
    return block && block.height > 0 ? { x: block.left, top: block.top, bottom: Math.min(block.bottom, block.top + 28) } : null;
  }
}

function markOf(words: string): HTMLButtonElement {
  const mark = document.createElement("button");
  mark.type = "button";
  mark.className = "gone";
  const said = words.length > wordsMax ? `${words.slice(0, wordsMax)}…` : words;
  mark.setAttribute("aria-label", `Deleted: ${said.replace(/\s+/g, " ").trim() || "white space"}`);
  const tip = mark.appendChild(document.createElement("span"));
  tip.className = "gone-tip";
  tip.setAttribute("aria-hidden", "true");
  const gone = tip.appendChild(document.createElement("del"));
  gone.textContent = said.trim() || "¶";
  return mark;
}
