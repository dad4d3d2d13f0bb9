/**
 * Places in the shown text and in the source it was rendered from.
 *
 * A place in the page is a node and an offset, as selections have them; a place in the source is a UTF-16 offset in the
 * text that is shown now, which may be a moment older than the one being written (`shift.ts`). Where nobody knows (the
 * server rendered, something changed the page's words) the answer is null or nothing. Next: `runs.ts` for one block,
 * `texts.ts` for its nodes.
 */
import type { Span } from "../editor/surface";
import { blocksBefore } from "./parts";
import { type Runs, runsOf, sourceFrom, sourceTo, textAt, textIn, touches } from "./runs";
import { textsOf } from "./texts";
import type { Splice } from "./wasm";

/** What is asked of a range: a live one, a static one, the selection's. */
export type Ends = Pick<AbstractRange, "startContainer" | "startOffset" | "endContainer" | "endOffset">;

/** Where something is shown: its block, and which unit of the block's text; null in a block without text. */
export interface Spot {
  block: HTMLElement;
  unit: number | null;
}

/** What of some stretches of source lies in one block, from the block's beginning on: from, to, from, to… */
export interface Share {
  block: Element;
  runs: Runs;
  stretches: number[];
}

/** What of the source some neighbouring blocks show; the footnotes come from in between. */
export interface Window {
  from: number;
  to: number;
  footnotes: boolean;
}

interface Point {
  index: number;
  unit: number;
}

const END = Number.POSITIVE_INFINITY;

const everything: Window = { from: 0, to: END, footnotes: true };

export class Places {
  /** The blocks of the page, in order; none while nobody knows. */
  blocks: readonly Element[] = [];
  private runs: (Runs | null)[] = [];
  private sources: Uint32Array = new Uint32Array();
  /** Which block holds the footnotes: it stands last and comes from in between. As many as there are blocks: none. */
  private footnotes = 0;

  constructor(private readonly article: HTMLElement) {}

  /** After the page was changed by a splice, whose new blocks these are. */
  apply({ from, removed, inserted, maps, sources }: Splice, fresh: readonly Element[]): void {
    const { blocks, runs } = this;
    this.blocks = [...blocks.slice(0, from), ...fresh, ...blocks.slice(from + removed)];
    this.runs = [...runs.slice(0, from), ...fresh.map((_, at) => (inserted[at] === "" ? (runs[from + at] ?? null) : null)), ...runs.slice(from + removed)];
    for (const map of maps) this.runs[map.block] = runsOf(map);
    this.sources = sources;
    const gathered = this.blocks.at(-1)?.firstElementChild?.className === "footnotes";
    this.footnotes = this.blocks.length - Number(gathered);
    if (this.blocks.length !== sources.length || this.runs.length !== sources.length) this.forget();
  }

  /** The page was changed by somebody who does not know where its text comes from. */
  forget(): void {
    this.blocks = [];
    this.runs = [];
    this.sources = new Uint32Array();
    this.footnotes = 0;
  }

  /** The source of what lies between two points; null when none of it has one. */
  span(ends: Ends): Span | null {
    const start = this.pointAt(ends.startContainer, ends.startOffset);
    let end = this.pointAt(ends.endContainer, ends.endOffset);
    if (!start || !end) return null;
    // A selection that ends among the footnotes goes as far as the text above them.
    if (start.index < this.footnotes && end.index >= this.footnotes) end = { index: this.footnotes - 1, unit: END };
    const from = this.firstFrom(start, end.index);
    const to = this.lastTo(end, start.index);
    return from !== null && to !== null && from < to ? { from, to } : null;
  }

  /** The source of what is at a point, or next to it in its block. */
  offsetAt(node: Node, offset: number): number | null {
    const point = this.pointAt(node, offset);
    return point && (this.firstFrom(point, point.index) ?? this.lastTo(point, point.index));
  }

  /** Where a stretch of source is shown, inwards: ends in markup go to the text inside. */
  ranges(from: number, to: number): StaticRange[] {
    return this.share([from, to]).flatMap(rangesOf);
  }

  /** Where a place of the source is shown, or what comes next; null where nothing is known. */
  spot(offset: number): Spot | null {
    const noted = this.touches(this.footnotes, offset, offset + 1);
    const index = noted ? this.footnotes : this.blockAt(offset);
    const [block, runs] = [this.blocks[index], this.runs[index]];
    if (!(block instanceof HTMLElement)) return null;
    return { block, unit: runs ? textAt(runs, offset - this.begin(index)) : null };
  }

  /** What the blocks from one to another show. */
  window(first: number, last: number): Window {
    return {
      from: first === 0 ? 0 : this.begin(Math.min(first, this.footnotes - 1)),
      to: last + 1 < this.footnotes ? this.begin(last + 1) : END,
      footnotes: last >= this.footnotes,
    };
  }

  /** Deals out ascending stretches (from, to, from, to…) to the blocks of a window that show some of them. */
  share(stretches: readonly number[], window = everything): Share[] {
    const shares = new Map<number, Share>();
    for (let at = 0; at + 1 < stretches.length; at += 2) {
      const [from = 0, to = 0] = [stretches[at], stretches[at + 1]];
      const [first, end] = [Math.max(from, window.from), Math.min(to, window.to)];
      const before = first < end ? this.footnotes : 0;
      for (let index = this.blockAt(first); index < before && this.begin(index) < end; index++) {
        const next = index + 1 < this.footnotes ? this.begin(index + 1) : END;
        this.give(shares, index, Math.max(from, this.begin(index)), Math.min(to, next));
      }
      if (window.footnotes) this.give(shares, this.footnotes, from, to);
    }
    return [...shares.values()];
  }

  private give(shares: Map<number, Share>, index: number, from: number, to: number): void {
    const [block, runs, begin] = [this.blocks[index], this.runs[index], this.begin(index)];
    if (!block || !runs || !this.touches(index, from, to)) return;
    const share = shares.get(index) ?? { block, runs, stretches: [] };
    share.stretches.push(from - begin, to - begin);
    shares.set(index, share);
  }

  private touches(index: number, from: number, to: number): boolean {
    const [runs, begin] = [this.runs[index], this.begin(index)];
    return runs !== null && runs !== undefined && touches(runs, from - begin, to - begin);
  }

  private begin(index: number): number {
    return this.sources[index] ?? 0;
  }

  /** The block a place of the source belongs to by its beginning; the first, if it stands before all. */
  private blockAt(offset: number): number {
    let [low, high] = [0, Math.max(0, this.footnotes - 1)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.begin(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The first source at or behind a point, down to a block. */
  private firstFrom({ index, unit }: Point, lastIndex: number): number | null {
    for (let at = index; at <= lastIndex; at++) {
      const runs = this.trusted(at);
      const found = runs && sourceFrom(runs, at === index ? unit : 0);
      if (found !== null) return this.begin(at) + found;
    }
    return null;
  }

  /** The last source at or before a point, up to a block. */
  private lastTo({ index, unit }: Point, firstIndex: number): number | null {
    for (let at = index; at >= firstIndex; at--) {
      const runs = this.trusted(at);
      const found = runs && sourceTo(runs, at === index ? unit : END);
      if (found !== null) return this.begin(at) + found;
    }
    return null;
  }

  /** The runs of a block whose text is the one they were counted in. */
  private trusted(index: number): Runs | null {
    const runs = this.runs[index] ?? null;
    return runs && this.blocks[index]?.textContent.length === runs.length ? runs : null;
  }

  /** The block a point is in, and how much of the block's text stands before it. */
  private pointAt(node: Node, offset: number): Point | null {
    if (this.blocks.length === 0) return null;
    const before = blocksBefore(this.article, node, offset);
    if (before !== null) {
      const last = this.blocks.length - 1;
      return before > last ? { index: last, unit: END } : { index: before, unit: 0 };
    }
    const index = indexOf(this.blocks, node);
    const block = this.blocks[index];
    if (!block?.contains(node)) return null;
    const within = document.createRange();
    within.setStart(block, 0);
    within.setEnd(node, offset);
    return { index, unit: within.toString().length };
  }
}

/** What of a block's text comes from a share of source, as the page knows it. */
export function rangesOf({ block, runs, stretches }: Share): StaticRange[] {
  const texts = textsOf(block);
  if (texts.length !== runs.length) return [];
  const found: StaticRange[] = [];
  for (let at = 0; at + 1 < stretches.length; at += 2) {
    for (const { from, to } of textIn(runs, stretches[at] ?? 0, stretches[at + 1] ?? 0)) found.push(texts.range(from, to));
  }
  return found;
}

/** The last block that does not stand behind a node. */
function indexOf(blocks: readonly Element[], node: Node): number {
  let [low, high] = [0, blocks.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const behind = (blocks[middle]?.compareDocumentPosition(node) ?? 0) & Node.DOCUMENT_POSITION_PRECEDING;
    if (behind) high = middle - 1;
    else low = middle;
  }
  return low;
}
