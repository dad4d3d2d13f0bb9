import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Glide } from "./glide";
import type { Pane } from "./panes";

let frames: (() => void)[] = [];
let now = 0;
beforeEach(() => {
  [frames, now] = [[], 1_000];
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => frames.push(run));
  vi.stubGlobal("cancelAnimationFrame", () => void (frames = []));
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A pane with lines of 10 px; scrolled positions are whole pixels, as in some browsers. */
function pane(height = 10) {
  let at = 0;
  const log: number[] = [];
  const scroller = {
    scrollHeight: 10_000,
    clientHeight: 300,
    get scrollTop() {
      return at;
    },
    set scrollTop(next: number) {
      at = Math.trunc(next);
      log.push(at);
    },
  };
  const made = { side: "sheet", scroller, line: () => at / height, goal: (line: number) => line * height } as unknown as Pane;
  return { made, log, scroller };
}

/** Until it rests; how many frames that took. */
function settle(): number {
  for (let count = 0; ; count++) {
    const [run] = frames.splice(0);
    if (!run) return count;
    if (count > 500) throw new Error("it never rests");
    now += 16;
    run();
  }
}

test("goes there in a moment, never back, and rests", () => {
  const { made, log, scroller } = pane();
  new Glide(() => [made], () => false).to(100);
  expect(settle()).toBeLessThan(40);
  expect(scroller.scrollTop).toBe(1_000);
  expect(log).toEqual([...log].sort((a, b) => a - b));
  expect(log[12], "most of it in a fifth of a second").toBeGreaterThan(950);
});

test("under reduced motion it is there at once", () => {
  const { made, log } = pane();
  new Glide(() => [made], () => true).to(100);
  settle();
  expect(log).toEqual([1_000]);
});

test("what grows while it moves is aimed at anew, and later too when told", () => {
  const { made, scroller } = pane();
  let height = 10;
  const glide = new Glide(() => [{ ...made, goal: (line: number) => line * height }], () => false);
  glide.to(100);
  now += 16;
  frames.splice(0).forEach((run) => run());
  height = 12;
  settle();
  expect(scroller.scrollTop).toBe(1_200);
  height = 9;
  glide.again();
  settle();
  expect(scroller.scrollTop).toBe(900);
});

test("the end of the text is far enough, and stopped it stays", () => {
  const { made, scroller } = pane();
  const glide = new Glide(() => [made], () => false);
  glide.to(5_000);
  settle();
  expect(scroller.scrollTop).toBe(9_700);
  glide.to(0);
  glide.stop();
  expect(settle()).toBe(0);
  glide.again();
  expect(settle()).toBe(0);
  expect(scroller.scrollTop).toBe(9_700);
});
