import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Pane } from "./panes";
import { lineOf, Pace } from "./position";

const pane = (side: "source" | "sheet", line: number) => ({ side, line: () => line }) as Pane;
const both = [pane("source", 10.126), pane("sheet", 20.004)];

test.each([
  ["caret", 4, both, 4],
  ["source", 4, both, 10.13],
  ["sheet", 4, both, 20],
  ["caret", null, both, 20],
  ["caret", 4, both.slice(1), 20],
  ["source", 4, both.slice(1), 20],
  ["sheet", 4, both.slice(0, 1), 10.13],
  ["sheet", 4, [], null],
] as const)("moved last %s, caret at %s: line of what can be seen", (lead, caret, panes, line) => {
  expect(lineOf(lead, caret, panes)).toBe(line);
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("at most four times a second, and the last change is told", () => {
  const runs: number[] = [];
  const pace = new Pace(250, () => runs.push(Date.now()), () => Date.now());
  const began = Date.now();
  for (let step = 0; step < 100; step++) {
    pace.soon();
    vi.advanceTimersByTime(10);
  }
  expect(runs.length).toBeLessThanOrEqual(5);
  const last = Date.now();
  vi.advanceTimersByTime(500);
  expect(runs.at(-1)).toBeGreaterThanOrEqual(last - 10);
  expect(runs[0]).toBe(began + 10);
});
