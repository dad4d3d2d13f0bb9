/** The text nodes of a block, counted through: what `textContent` joins. */
export interface Texts {
  readonly length: number;
  /** The text between two units; the second behind the first. */
  range(from: number, to: number): StaticRange;
}

export function textsOf(block: Element): Texts {
  const nodes: Text[] = [];
  const starts: number[] = [];
  let length = 0;
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node as Text;
    if (text.length === 0) continue;
    nodes.push(text);
    starts.push(length);
    length += text.length;
  }
  return {
    length,
    range(from, to) {
      const [start, end] = [lastUpTo(starts, from), lastUpTo(starts, to - 1)];
      return new StaticRange({
        startContainer: nodes[start] ?? block,
        startOffset: from - (starts[start] ?? 0),
        endContainer: nodes[end] ?? block,
        endOffset: to - (starts[end] ?? 0),
      });
    },
  };
}

function lastUpTo(starts: readonly number[], unit: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= unit) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where a range is drawn, line by line; white space between blocks is drawn nowhere. */
export function rectsOf({ startContainer, startOffset, endContainer, endOffset }: StaticRange): DOMRect[] {
  const range = document.createRange();
  range.setStart(startContainer, startOffset);
  range.setEnd(endContainer, endOffset);
  return [...range.getClientRects()].filter(({ width, height }) => width > 0 || height > 0);
}
