/**
 * Passages with notes, drawn by the browser's highlight registry: the page's nodes are not touched.
 *
 * Passages become layers of stretches of source that do not overlap (what is noted, what is noted more than once, the
 * active one, what is settled); a layer makes ranges only for blocks near the view where something changed. Where the
 * browser has no registry nothing is drawn. Next: `marks.css` for the looks.
 */
import type { NoteMark } from "../editor/surface";
import { type Places, rangesOf, type Share, type Window } from "./places";
import type { Runs } from "./runs";

/** Stretches of source, ascending and apart: from, to, from, to… */
export type Stretches = number[];

export type Layers<Name extends string = NoteLayer> = Record<Name, Stretches>;

/** Each over those before it; `marks.css` knows them under "galley-" and their name. */
export const noteLayers = ["note-resolved", "note", "note-overlap", "note-active"] as const;
type NoteLayer = (typeof noteLayers)[number];

export function layersOf(marks: readonly NoteMark[], active: string | null): Layers {
  const [open, resolved] = [marks.filter((mark) => !mark.resolved), marks.filter((mark) => mark.resolved)];
  const [note, overlap] = depths(open);
  const [chosen] = depths(marks.filter(({ id }) => id === active));
  return { note, "note-overlap": overlap, "note-active": chosen, "note-resolved": depths(resolved)[0] };
}

/** Where at least one of the passages is, and where at least two are. */
function depths(marks: readonly NoteMark[]): [once: Stretches, twice: Stretches] {
  const real = marks.filter(({ from, to }) => from < to);
  const begins = Float64Array.from(real, ({ from }) => from).sort();
  const ends = Float64Array.from(real, ({ to }) => to).sort();
  const found: [Stretches, Stretches] = [[], []];
  let [begun, ended] = [0, 0];
  while (ended < ends.length) {
    const [begin, end] = [begins[begun] ?? Number.POSITIVE_INFINITY, ends[ended] ?? 0];
    const depth = begun - ended;
    // A passage that begins where another ends goes on with it.
    if (begin <= end) {
      begun++;
      if (depth < 2) found[depth as 0 | 1].push(begin);
    } else {
      ended++;
      if (depth <= 2) found[(depth - 1) as 0 | 1].push(end);
    }
  }
  return [found[0], found[1].length > 0 ? apart(found[1]) : []];
}

/** Without those that are empty, as where one passage only touches the next. */
function apart(stretches: Stretches): Stretches {
  const kept: Stretches = [];
  for (let at = 0; at < stretches.length; at += 2) {
    const [from = 0, to = 0] = [stretches[at], stretches[at + 1]];
    if (from < to) kept.push(from, to);
  }
  return kept;
}

export interface Highlighter<Name extends string = NoteLayer> {
  /** Draws what of the layers is in a window. Browsers look at every range again whenever the page changes. */
  draw(layers: Layers<Name>, window: Window): void;
  clear(): void;
}

/** `lowest`: the place of the first layer among all that are drawn in the page. */
export function createHighlighter<Name extends string>(places: Places, layers: readonly Name[], lowest = 0): Highlighter<Name> {
  const { highlights } = globalThis.CSS ?? {};
  if (!highlights || typeof Highlight === "undefined") return { draw() {}, clear() {} };
  const drawn = layers.map((layer, at) => {
    const name = `galley-${layer}`;
    const highlight = new Highlight();
    highlight.priority = lowest + at;
    highlights.set(name, highlight);
    return { layer, name, highlight, draw: drawing(highlight) };
  });
  return {
    draw(stretches, window) {
      for (const { layer, draw } of drawn) draw(places.share(stretches[layer], window));
    },
    clear() {
      for (const { name, highlight } of drawn) if (highlights.get(name) === highlight) highlights.delete(name);
    },
  };
}

interface Drawn {
  runs: Runs;
  stretches: Stretches;
  ranges: StaticRange[];
}

/** Keeps the ranges of blocks of which nothing changed. */
function drawing(highlight: Highlight): (shares: readonly Share[]) => void {
  let before = new Map<Element, Drawn>();
  return (shares) => {
    const now = new Map<Element, Drawn>();
    for (const share of shares) {
      const old = before.get(share.block);
      if (old && old.runs === share.runs && equal(old.stretches, share.stretches)) {
        before.delete(share.block);
        now.set(share.block, old);
        continue;
      }
      const ranges = rangesOf(share);
      for (const range of ranges) highlight.add(range);
      now.set(share.block, { runs: share.runs, stretches: share.stretches, ranges });
    }
    for (const { ranges } of before.values()) for (const range of ranges) highlight.delete(range);
    before = now;
  };
}

function equal(a: Stretches, b: Stretches): boolean {
  return a.length === b.length && a.every((number, at) => number === b[at]);
}
