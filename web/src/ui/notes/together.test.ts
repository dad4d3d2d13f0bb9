import { expect, test, vi } from "vitest";
import { scrollTogether, type Side } from "./together";

/** A scroller of a given length; what sets `scrollTop` is followed by the event, as in a browser. */
function side(max: number) {
  let top = 0;
  const listeners = new Set<() => void>();
  const it: Side = {
    get scrollTop() {
      return top;
    },
    set scrollTop(next) {
      const clamped = Math.min(Math.max(0, next), max);
      if (clamped === top) return;
      top = clamped;
      queued.push(() => listeners.forEach((run) => run()));
    },
    addEventListener: (_, run) => void listeners.add(run),
    removeEventListener: (_, run) => void listeners.delete(run),
  };
  return it;
}

const queued: (() => void)[] = [];
const settle = () => {
  for (let left = 20; queued.length > 0; left--) {
    if (left === 0) throw new Error("they chase each other");
    queued.shift()?.();
  }
};

test("each follows the other, and what was set is not answered", () => {
  const [text, margin, led] = [side(1_000), side(1_000), vi.fn()];
  scrollTogether(text, margin, () => {}, led);
  text.scrollTop = 300;
  settle();
  expect(margin.scrollTop).toBe(300);
  expect(led).not.toHaveBeenCalled();
  margin.scrollTop = 520;
  settle();
  expect(text.scrollTop).toBe(520);
  expect(led).toHaveBeenCalledOnce();
});

test("a longer margin scrolls on alone, and comes back when the text moves", () => {
  const [text, margin] = [side(400), side(1_000)];
  scrollTogether(text, margin, () => {}, () => {});
  margin.scrollTop = 900;
  settle();
  expect([text.scrollTop, margin.scrollTop]).toEqual([400, 900]);
  text.scrollTop = 380;
  settle();
  expect(margin.scrollTop).toBe(380);
});
