/**
 * Who wrote what, and what others changed, drawn on the rendered text.
 *
 * Loaded when first asked for. Words are drawn by the browser's highlight registry, as passages with notes are; what is
 * gone has no words in the page and gets a small mark beside it that says them. Invariant: no node of the page is
 * touched: marks lie in a layer of their own before it. Next: `notes.ts`, which says when to draw; `highlights.ts`.
 */
import { createHighlighter, type Layers, type Stretches } from "./highlights";
import { GoneMarks } from "./gone-marks";
import type { Canvas } from "./notes";
import type { Window } from "./places";
import { type Shift, shiftBetween } from "./shift";

/** A part of the text in somebody's colour (1 to 8, 0: not known whose), with their underline (1 to 4). */
export interface Tinted {
  from: number;
  to: number;
  peer: number;
  line: number;
}

/** What others changed: what they wrote, and what stood there before. */
export interface Changed {
  from: number;
  to: number;
  added: readonly { from: number; to: number; peer: number }[];
  removed: string;
}

export interface Painting {
  /** Tints these parts of a text and no others. */
  tint(parts: readonly Tinted[], text: string): void;
  /** Marks these changes of a text and no others; `active`: which one stands out. */
  mark(changes: readonly Changed[], text: string, active: number | null): void;
  destroy(): void;
}

const peers = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
const lines = [1, 2, 3, 4] as const;
const layers = [
  ...peers.map((peer) => `by-${peer}` as const),
  ...lines.map((line) => `by-line-${line}` as const),
  ...peers.map((peer) => `added-${peer}` as const),
  "added-now" as const,
];
type Layer = (typeof layers)[number];

/** `pressed` is told the place in the text that was pressed, where there is nothing else to press. */
export function createPainting(canvas: Canvas, pressed: (offset: number) => void): Painting {
  // Below the passages with notes, which begin at 0.
  const highlighter = createHighlighter(canvas.places, layers, -layers.length);
  const gone = new GoneMarks(canvas);
  let tinted: { layers: Layers<Layer>; text: string } = { layers: empty(), text: "" };
  let changed: { layers: Layers<Layer>; places: readonly Changed[]; active: number | null; text: string } = { layers: empty(), places: [], active: null, text: "" };

  const draw = (shown: string, window: Window) => {
    const [tints, changes] = [shiftBetween(tinted.text, shown), shiftBetween(changed.text, shown)];
    const there = empty();
    for (const layer of layers) there[layer] = [...seen(tinted.layers[layer], tints, window), ...seen(changed.layers[layer], changes, window)];
    highlighter.draw(there, window);
    gone.show(changed.places.flatMap(({ from, removed }, at) => (removed === "" ? [] : [{ at: changes(from, "from"), words: removed, active: at === changed.active }])), window);
  };
  const detach = canvas.attach({ draw, moved: () => gone.place(), pressed });
  return {
    tint(parts, text) {
      tinted = { layers: tintsOf(parts), text };
      canvas.redraw();
    },
    mark(changes, text, active) {
      changed = { layers: marksOf(changes, active), places: changes, active, text };
      canvas.redraw();
    },
    destroy() {
      detach();
      highlighter.clear();
      gone.destroy();
    },
  };
}

function empty(): Layers<Layer> {
  return Object.fromEntries(layers.map((layer) => [layer, []])) as unknown as Layers<Layer>;
}

function tintsOf(parts: readonly Tinted[]): Layers<Layer> {
  const found = empty();
  for (const { from, to, peer, line } of parts) {
    push(found[`by-${peer}` as Layer], from, to);
    push(found[`by-line-${line}` as Layer], from, to);
  }
  return found;
}

function marksOf(changes: readonly Changed[], active: number | null): Layers<Layer> {
  const found = empty();
  for (const [at, { added }] of changes.entries()) {
    for (const { from, to, peer } of added) {
      push(found[`added-${peer}` as Layer], from, to);
      if (at === active) push(found["added-now"], from, to);
    }
  }
  return found;
}

/** What begins where the last one ends goes on with it. */
function push(stretches: Stretches | undefined, from: number, to: number): void {
  if (!stretches || from >= to) return;
  if (stretches.at(-1) === from) stretches[stretches.length - 1] = to;
  else stretches.push(from, to);
}

/** Where stretches are in the shown text, of those in the window: of a long text most are not. */
function seen(stretches: Stretches, shift: Shift, { from, to, footnotes }: Window): Stretches {
  // Footnotes come from anywhere in between.
  const [first, last] = footnotes ? [0, stretches.length] : [behind(stretches, shift, from), behind(stretches, shift, to) + 2];
  return stretches.slice(first, last).map((offset, at) => shift(offset, at % 2 === 0 ? "from" : "to"));
}

/** The first stretch that ends behind a place. */
function behind(stretches: Stretches, shift: Shift, place: number): number {
  let [low, high] = [0, stretches.length / 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shift(stretches[2 * middle + 1] ?? 0, "to") > place) high = middle;
    else low = middle + 1;
  }
  return 2 * low;
}
