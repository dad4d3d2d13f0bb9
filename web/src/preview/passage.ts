/** From a selection in a marked page to the source of the version it shows: `rendered-sides.ts` recorded whose text is where. */
import type { Home, Homes } from "./rendered-sides";
import type { Rendering } from "./renderings";
import { runsOf, type Runs, sourceFrom, sourceTo } from "./runs";

export interface Stretch {
  from: number;
  to: number;
}

/** The source of what is selected of the version; null when nothing of it is. */
export function passageOf(article: Element, homes: Homes, rendering: Rendering, range: Range): Stretch | null {
  let first: Home | null = null;
  let last: Home | null = null;
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  walker.currentNode = range.startContainer instanceof Text ? range.startContainer : (range.startContainer.childNodes[range.startOffset] ?? range.startContainer);
  let node: Node | null = walker.currentNode instanceof Text ? walker.currentNode : walker.nextNode();
  for (; node && range.intersectsNode(node); node = walker.nextNode()) {
    const text = node as Text;
    const home = homes.get(text);
    if (!home) continue;
    const begin = text === range.startContainer ? range.startOffset : 0;
    const end = text === range.endContainer ? range.endOffset : text.length;
    if (begin >= end || text.data.slice(begin, end).trim() === "") continue;
    first ??= { block: home.block, unit: home.unit + begin };
    last = { block: home.block, unit: home.unit + end };
  }
  return first && last ? sourceOf(rendering, first, last) : null;
}

/** Whole blocks with their marks; parts of blocks as far as they go. */
function sourceOf(rendering: Rendering, first: Home, last: Home): Stretch | null {
  const [begin, end] = [blockOf(rendering, first.block), blockOf(rendering, last.block)];
  if (!begin || !end) return null;
  const from = first.unit <= begin.head ? begin.from : begin.from + (sourceFrom(begin.runs, first.unit) ?? 0);
  const to = last.unit >= end.tail ? end.to : end.from + (sourceTo(end.runs, last.unit) ?? 0);
  return from < to ? { from, to } : null;
}

interface Block extends Stretch {
  runs: Runs;
  /** The first and behind the last unit that has a source. */
  head: number;
  tail: number;
}

function blockOf({ maps, sources }: Rendering, index: number): Block | null {
  const map = maps[index];
  if (!map) return null;
  const from = sources[index] ?? 0;
  const next = sources[index + 1];
  const { runs } = map;
  const tail = runs.length < 4 ? 0 : (runs[runs.length - 4] ?? 0) + (runs[runs.length - 3] ?? 0);
  // The gathered footnotes stand last but come from in between.
  return { runs: runsOf(map), from, to: next === undefined || next < from ? Number.MAX_SAFE_INTEGER : next, head: runs[0] ?? 0, tail };
}
