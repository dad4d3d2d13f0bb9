/**
 * The blocks of a Markdown text, as far as one needs to say which of them somebody wrote in: paragraphs, and by the line
 * what is read by the line (list items, table rows, code in fences, headings).
 *
 * No parser: what a renderer makes of a line is not asked. Invariant: blocks are ascending and apart, each begins with a
 * line and ends before a line end, and what lies between them is white space. Next: `clashes.ts`.
 */
export interface Block {
  from: number;
  /** Without the line end. */
  to: number;
}

const item = /^[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/;
const row = /^[ \t>]*\|/;
const heading = /^ {0,3}#{1,6}(?:[ \t]|$)/;
const fence = /^[ \t>]*(`{3,}|~{3,})/;

export function blocksOf(text: string): Block[] {
  const found: Block[] = [];
  /** The block that the next line goes on with. */
  let open: Block | null = null;
  let inside = "";
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end;
    const line = text.slice(from, to);
    const mark = fence.exec(line)?.[1] ?? "";
    const alone: boolean = inside !== "" || mark !== "" || row.test(line) || heading.test(line);
    if (line.trim() === "") open = null;
    else if (open && !alone && !item.test(line)) open.to = to;
    else found.push((open = { from, to }));
    if (alone) open = null;
    if (inside === "") inside = mark;
    else if (mark.startsWith(inside)) inside = "";
    from = to + 1;
  }
  return found;
}

/** A stretch, grown to the blocks it reaches into; what lies between blocks stays as it is. */
export function grown(blocks: readonly Block[], { from, to }: Block): Block {
  let [first, last] = [from, to];
  for (let at = firstEndingAt(blocks, from); at < blocks.length; at++) {
    const block = blocks[at]!;
    // What ends where a block begins is before it.
    if (block.from > to || (block.from === to && from < to)) break;
    [first, last] = [Math.min(first, block.from), Math.max(last, block.to)];
  }
  return { from: first, to: last };
}

/** The first block that ends at an offset or behind it. */
function firstEndingAt(blocks: readonly Block[], offset: number): number {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle]!.to < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
