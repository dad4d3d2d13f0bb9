/** From a selection among rows of source to the text: pieces carry the place they stand at, in the version or the other. */
import type { Passage } from "./restoring";

export function sourcePassage(root: Element, range: Range, side: "at" | "other"): Passage | null {
  let from: number | null = null;
  let to: number | null = null;
  for (const piece of root.querySelectorAll<HTMLElement>(`[data-${side}]`)) {
    const text = piece.firstChild;
    if (!range.intersectsNode(text ?? piece)) {
      if (from !== null) break;
      continue;
    }
    const at = Number(piece.dataset[side]);
    const length = text instanceof Text ? text.length : 0;
    const begin = text === range.startContainer ? range.startOffset : 0;
    const end = text === range.endContainer ? range.endOffset : length;
    // A selection that only touches a piece has nothing of it, but where it began counts: the line end before it.
    if (begin >= length && length > 0 && from === null) continue;
    from ??= at + begin;
    to = at + end;
  }
  return from !== null && to !== null && from < to ? { from, to } : null;
}
