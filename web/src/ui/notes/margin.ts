/** Measuring for the margin: how high each thread is, where each wants to stand, and whether it is wide enough for one. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import type { NoteSurface } from "../../editor/surface";

/** Heights of the elements that carry `data-note`, by what it says. */
export interface Heights {
  readonly now: ReadonlySignal<ReadonlyMap<string, number>>;
  /** After a render: who is there now. */
  look(within: HTMLElement | null): void;
  stop(): void;
}

export function measureHeights(): Heights {
  const now: Signal<ReadonlyMap<string, number>> = signal(new Map());
  const watched = new Set<HTMLElement>();
  const read = () => {
    const next = new Map([...watched].map((element) => [element.dataset["note"] ?? "", element.offsetHeight]));
    const before = now.peek();
    if (next.size !== before.size || [...next].some(([id, height]) => before.get(id) !== height)) now.value = next;
  };
  const observer = new ResizeObserver(read);
  return {
    now,
    look(within) {
      const here = new Set(within?.querySelectorAll<HTMLElement>(":scope > [data-note]") ?? []);
      for (const element of watched) if (!here.has(element)) (observer.unobserve(element), watched.delete(element));
      for (const element of here) if (!watched.has(element)) (observer.observe(element), watched.add(element));
      read();
    },
    stop: () => observer.disconnect(),
  };
}

export function useHeights(within: { current: HTMLElement | null }): ReadonlyMap<string, number> {
  const heights = useMemo(measureHeights, []);
  useLayoutEffect(() => heights.look(within.current));
  useEffect(() => heights.stop, []);
  return heights.now.value;
}

/** Half a line, so that a note's first line stands on its passage's first line. */
export function halfLine({ scroller }: NoteSurface): number {
  const text = scroller.querySelector("article") ?? scroller.querySelector(".cm-content") ?? scroller;
  return (Number.parseFloat(getComputedStyle(text).lineHeight) || 26) / 2;
}
