/** Measuring for the margin: how high each thread is, where the text beside it begins, and scrolling with it. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { NoteSurface } from "../../editor/surface";
import type { Near } from "./lines";
import { scrollTogether } from "./together";

interface Ref {
  readonly current: HTMLElement | null;
}

/** How high each thread is, by its id. Those that are not drawn just now are as high as they were. */
export function useHeights(within: Ref): ReadonlyMap<string, number> {
  const heights = useMemo(measureHeights, []);
  useLayoutEffect(() => heights.look(within.current));
  useEffect(() => heights.stop, []);
  return heights.now.value;
}

/** Measures the elements that carry `data-note`. */
function measureHeights() {
  const now: Signal<ReadonlyMap<string, number>> = signal(new Map());
  const watched = new Set<HTMLElement>();
  const put = (measured: [element: HTMLElement, height: number][]) => {
    const before = now.peek();
    const fresh = measured.filter(([{ dataset }, height]) => before.get(dataset["note"] ?? "") !== height);
    if (fresh.length > 0) now.value = new Map([...before, ...fresh.map(([{ dataset }, height]) => [dataset["note"] ?? "", height] as const)]);
  };
  const observer = new ResizeObserver((entries) =>
    put(entries.map(({ target, borderBoxSize: [box] }) => [target as HTMLElement, box?.blockSize ?? 0])),
  );
  return {
    now: now as ReadonlySignal<ReadonlyMap<string, number>>,
    /** After a render: those who came are measured at once, the others when they change. */
    look(list: HTMLElement | null) {
      const here = [...(list?.children ?? [])].filter((it): it is HTMLElement => it instanceof HTMLElement);
      for (const element of watched) if (!element.isConnected) (observer.unobserve(element), watched.delete(element));
      const fresh = here.filter((element) => !watched.has(element));
      for (const element of fresh) (watched.add(element), observer.observe(element));
      put(fresh.map((element) => [element, element.offsetHeight]));
    },
    stop: () => observer.disconnect(),
  };
}

/** So long after a key what moves with the text may come: the key itself is painted, and the next ones mostly too. */
const calmMs = 120;

/** What changes with every key, a moment later; at once only what is urgent. */
export function useCalm<T>(source: ReadonlySignal<T>, urgent: (before: T, now: T) => boolean = () => false): T {
  const [value, setValue] = useState(source.peek());
  const shown = useRef(value);
  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      clearTimeout(waiting);
      waiting = undefined;
      shown.current = source.peek();
      setValue(() => shown.current);
    };
    const stop = source.subscribe((now) => {
      if (now === shown.current) return;
      if (urgent(shown.current, now)) show();
      else waiting ??= setTimeout(show, calmMs);
    });
    return () => {
      stop();
      clearTimeout(waiting);
    };
  }, [source]);
  return value;
}

/** What is in sight of the margin and a screen around it, in steps, so that not every pixel of scrolling counts. */
export function useNear(scroll: Ref): { near: Near; scrolled(top: number): void } {
  const [step, setStep] = useState(0);
  const height = scroll.current?.clientHeight ?? 900;
  return {
    near: { from: (step - 2) * nearStep, to: (step + 3) * nearStep + height },
    scrolled: (top) => setStep(Math.floor(top / nearStep)),
  };
}

const nearStep = 400;

/** Half a line, so that a note's first line stands on its passage's first line. */
function halfLine({ scroller }: NoteSurface): number {
  const text = scroller.querySelector("article") ?? scroller.querySelector(".cm-content") ?? scroller;
  return (Number.parseFloat(getComputedStyle(text).lineHeight) || 26) / 2;
}

/** How much lower the text's content begins than the margin's, to the middle of a line; and how long the margin must be. */
export function useGround(scroll: Ref, surface: NoteSurface): { shift: number; height: number } {
  const [ground, setGround] = useState({ shift: 0, height: 0 });
  const measure = () => {
    if (!scroll.current) return;
    const { scroller } = surface;
    const shift = scroller.getBoundingClientRect().top - scroll.current.getBoundingClientRect().top + halfLine(surface);
    const height = scroller.scrollHeight - scroller.clientHeight + scroll.current.clientHeight;
    setGround((before) => (before.shift === shift && before.height === height ? before : { shift, height }));
  };
  const layout = useCalm(surface.layout);
  useLayoutEffect(measure, [surface, layout]);
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    for (const element of [scroll.current, surface.scroller]) if (element) observer.observe(element);
    return () => observer.disconnect();
  }, [surface]);
  return ground;
}

/** Notes slide when another one is opened, and never because somebody typed. */
export function useMoving(active: string | null): boolean {
  const [still, setStill] = useState(active);
  useEffect(() => {
    const timer = setTimeout(() => setStill(active), 250);
    return () => clearTimeout(timer);
  }, [active]);
  return still !== active;
}

export function useTogether(scroll: Ref, surface: NoteSurface, moved: (top: number) => void): void {
  const latest = useRef(moved);
  latest.current = moved;
  const together = useRef<ReturnType<typeof scrollTogether> | null>(null);
  useLayoutEffect(() => {
    if (!scroll.current) return;
    const { scroller } = surface;
    // Whoever scrolls the margin moves the text, as if by its own wheel.
    const led = () => scroller.dispatchEvent(new WheelEvent("wheel"));
    together.current = scrollTogether(scroller, scroll.current, (top) => latest.current(top), led);
    return () => together.current?.stop();
  }, [surface]);
  useLayoutEffect(() => together.current?.again());
}

/** The hairline stands still with its line while everything scrolls; out of sight it is not drawn. */
export function drawLeader(line: HTMLElement | null, at: number | null, top: number, scroll: HTMLElement | null): void {
  if (!line || !scroll) return;
  const y = at === null ? -1 : at - top;
  line.hidden = y < 4 || y > scroll.clientHeight - 4;
  line.style.transform = `translateY(${Math.round(scroll.offsetTop + y)}px)`;
}

