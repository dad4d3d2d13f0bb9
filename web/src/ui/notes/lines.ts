/**
 * On which line of the text each note is. Asking a pane costs layout, so it is asked for those near what is in sight;
 * where the others were the last time is near enough for what nobody sees.
 *
 * Invariant: whatever is remembered, nothing stands among the near ones that does not belong there.
 */
export interface Entry {
  id: string;
  /** Where its passage begins; null: it has no place. */
  from: number | null;
}

/** A stretch of the pane's height. */
export interface Near {
  from: number;
  to: number;
}

/** `entries` in the order of the text, those without a place last. `known` is kept from one time to the next. */
export function linesOf(
  entries: readonly Entry[],
  topOf: (offset: number) => number | null,
  known: Map<string, number>,
  near: Near,
): number[] {
  const placed = entries.filter(({ from }) => from !== null).length;
  const ask = (at: number): number => {
    const { id, from } = entries[at] ?? { id: "", from: null };
    const top = (from === null ? null : topOf(from)) ?? known.get(id) ?? 0;
    known.set(id, top);
    return top;
  };
  const first = firstWhere(placed, (at) => ask(at) >= near.from);
  const end = firstWhere(placed, (at) => ask(at) > near.to);
  const believable = (top: number, at: number) => (at < first ? top < near.from : at >= end && top > near.to);
  let last = 0;
  return entries.map(({ id }, at) => {
    if (at >= placed) return last;
    const remembered = known.get(id);
    const top = remembered !== undefined && believable(remembered, at) ? remembered : ask(at);
    last = Math.max(last, top);
    return last;
  });
}

/** The first of so many for which it holds, if it holds for all that follow one. */
function firstWhere(count: number, holds: (at: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
