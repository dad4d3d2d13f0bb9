/**
 * Where threads stand in the margin: beside their lines, never over each other, the active one exactly at its place.
 *
 * Those before the active one move up as far as there is room and otherwise below it, so nothing is ever out of reach.
 */
export interface Item {
  id: string;
  /** Where it would stand if it were alone. */
  want: number;
  height: number;
}

export interface Room {
  /** Between two. */
  gap: number;
  /** Nothing stands higher. */
  top: number;
}

/** The top of each; `items` are in the order of the text. */
export function stack(items: readonly Item[], active: string | null, { gap, top }: Room): Map<string, number> {
  const placed = new Map<string, number>();
  const at = items.findIndex((item) => item.id === active);
  const chosen = items[at];
  if (!chosen) {
    downward(items, top, gap, placed);
    return placed;
  }
  const own = Math.max(chosen.want, top);
  placed.set(chosen.id, own);
  const { fit, rest } = above(items.slice(0, at), own - gap, top, gap);
  downward(fit, top, gap, placed);
  downward([...rest, ...items.slice(at + 1)], own + chosen.height + gap, gap, placed);
  return placed;
}

/** Which of them have room above a line, the nearest first, and what each wants then; the others follow below it. */
function above(items: readonly Item[], line: number, top: number, gap: number): { fit: Item[]; rest: Item[] } {
  const fit: Item[] = [];
  const rest: Item[] = [];
  let lowest = line;
  for (const item of items.toReversed()) {
    if (lowest - item.height < top) {
      rest.unshift(item);
      continue;
    }
    fit.unshift({ ...item, want: Math.min(item.want, lowest - item.height) });
    lowest -= item.height + gap;
  }
  return { fit, rest };
}

function downward(items: readonly Item[], from: number, gap: number, placed: Map<string, number>): void {
  let free = from;
  for (const { id, want, height } of items) {
    const y = Math.max(want, free);
    placed.set(id, y);
    free = y + height + gap;
  }
}
