/**
 * Runs: from the text of one block to its source and back, in plain numbers.
 *
 * The text of a block is that of its element; its source is counted from where the block begins (`wasm.ts` describes the
 * numbers). Between runs stands text without a source (a line's end between two paragraphs of a quote) and source without
 * a text (markup), so every question says whether it asks for a beginning or an end, and is answered inwards.
 */
import type { SourceMap } from "./wasm";

/** The runs of one block, ready to be asked. */
export interface Runs {
  /** How long the block's text is. */
  readonly length: number;
  readonly numbers: Uint32Array;
  /** The runs as they stand in the source; null where that is their order in the text, as in all but the gathered footnotes. */
  readonly bySource: Uint32Array | null;
}

export interface Stretch {
  from: number;
  to: number;
}

const WIDTH = 4;

export function runsOf({ length, runs }: SourceMap): Runs {
  let ordered = true;
  for (let at = WIDTH; at < runs.length; at += WIDTH) ordered &&= number(runs, at + 2) >= number(runs, at - 2);
  if (ordered) return { length, numbers: runs, bySource: null };
  const order = Uint32Array.from({ length: runs.length / WIDTH }, (_, run) => run);
  order.sort((a, b) => number(runs, a * WIDTH + 2) - number(runs, b * WIDTH + 2));
  return { length, numbers: runs, bySource: order };
}

/** Where in the source stands what begins at a unit of the text, or next behind it. */
export function sourceFrom({ numbers }: Runs, unit: number): number | null {
  const at = first(numbers.length / WIDTH, (run) => textOf(numbers, run).to > unit);
  if (at * WIDTH >= numbers.length) return null;
  const [text, source] = [textOf(numbers, at), sourceOf(numbers, at)];
  return unit > text.from && isExact(text, source) ? source.from + unit - text.from : source.from;
}

/** Where in the source ends what ends at a unit of the text, or last before it. */
export function sourceTo({ numbers }: Runs, unit: number): number | null {
  const at = first(numbers.length / WIDTH, (run) => textOf(numbers, run).from >= unit) - 1;
  if (at < 0) return null;
  const [text, source] = [textOf(numbers, at), sourceOf(numbers, at)];
  return unit < text.to && isExact(text, source) ? source.from + unit - text.from : source.to;
}

/**
 * The text of a stretch of source; several stretches where the text's order is another. What as a whole stands for
 * something is in as a whole, also when only a part of it is asked for.
 */
export function textIn(runs: Runs, from: number, to: number): Stretch[] {
  const { numbers, bySource } = runs;
  const [begin, end] = runsIn(runs, from, to);
  if (begin >= end) return [];
  if (!bySource) {
    const [head, tail] = [textOfPart(numbers, begin, from, to), textOfPart(numbers, end - 1, from, to)];
    return [{ from: head.from, to: tail.to }];
  }
  const found: Stretch[] = [];
  let before = -1;
  for (const run of bySource.slice(begin, end).sort()) {
    const part = textOfPart(numbers, run, from, to);
    const last = found.at(-1);
    // What is whole on both sides goes together, with what stands between.
    const joins = before === run - 1 && last?.to === textOf(numbers, before).to && part.from === textOf(numbers, run).from;
    if (last && joins) last.to = part.to;
    else found.push(part);
    before = run;
  }
  return found;
}

/** Whether a stretch of source has text here. */
export function touches(runs: Runs, from: number, to: number): boolean {
  const [begin, end] = runsIn(runs, from, to);
  return begin < end;
}

/** The text at a place in the source, else what comes next, else the end of the last; null where there is none. */
export function textAt(runs: Runs, offset: number): number | null {
  const { numbers, bySource } = runs;
  const count = numbers.length / WIDTH;
  const [at] = runsIn(runs, offset, offset + 1);
  if (at === count) return count > 0 ? textOf(numbers, bySource?.[count - 1] ?? count - 1).to : null;
  const run = bySource?.[at] ?? at;
  const [text, source] = [textOf(numbers, run), sourceOf(numbers, run)];
  return offset > source.from && isExact(text, source) ? text.from + offset - source.from : text.from;
}

/** Which runs, as they stand in the source, have to do with a stretch of it: from the first to before the second. */
function runsIn({ numbers, bySource }: Runs, from: number, to: number): [begin: number, end: number] {
  if (from >= to) return [0, 0];
  const count = numbers.length / WIDTH;
  const source = (at: number) => sourceOf(numbers, bySource?.[at] ?? at);
  return [first(count, (at) => source(at).to > from), first(count, (at) => source(at).from >= to)];
}

function textOfPart(numbers: Uint32Array, run: number, from: number, to: number): Stretch {
  const [text, source] = [textOf(numbers, run), sourceOf(numbers, run)];
  if (!isExact(text, source)) return text;
  return { from: text.from + Math.max(0, from - source.from), to: text.to - Math.max(0, source.to - to) };
}

function isExact(text: Stretch, source: Stretch): boolean {
  return text.to - text.from === source.to - source.from;
}

/** The first of so many that fulfils what all behind it fulfil too; their count, if none does. */
function first(count: number, fulfils: (at: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fulfils(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function textOf(numbers: Uint32Array, run: number): Stretch {
  const from = number(numbers, run * WIDTH);
  return { from, to: from + number(numbers, run * WIDTH + 1) };
}

function sourceOf(numbers: Uint32Array, run: number): Stretch {
  const from = number(numbers, run * WIDTH + 2);
  return { from, to: from + number(numbers, run * WIDTH + 3) };
}

function number(numbers: Uint32Array, at: number): number {
  return numbers[at] ?? 0;
}
