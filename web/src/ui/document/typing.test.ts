import { expect, test } from "vitest";
import { type Happening, next, scrolled, type Typing } from "./typing";

const after = (...all: Happening[]) => all.reduce<Typing>(next, "away");

test("PG42 the formatting bar stands from the focus on, until the keyboard is put away", () => {
  expect(after("focus")).toBe("folded");
  expect(after("focus", "keyboard up")).toBe("folded");
  expect(after("focus", "keyboard up", "keyboard down")).toBe("rested");
  expect(after("focus", "keyboard up", "keyboard down", "keyboard up")).toBe("folded");
  // a keyboard of another kind
  expect(after("focus", "keyboard up", "keyboard down", "input")).toBe("folded");
  expect(after("focus", "keyboard up", "blur")).toBe("away");
  expect(after("keyboard up", "input", "scrolled up")).toBe("away");
});

test("PG43 looking up brings the title back, typing or going on folds it again", () => {
  expect(after("focus", "scrolled up")).toBe("unfolded");
  expect(after("focus", "scrolled up", "scrolled down")).toBe("folded");
  expect(after("focus", "scrolled up", "input")).toBe("folded");
  expect(after("focus", "keyboard up", "keyboard down", "scrolled up")).toBe("rested");
});

test("PG43 only a way of some length in one direction counts, or the top", () => {
  const way = (...steps: number[]) => {
    let run = 0;
    return steps.map((by) => {
      const step = scrolled(run, by, 500);
      run = step.run;
      return step.said;
    });
  };
  expect(way(-30, -30)).toEqual([null, "scrolled up"]);
  expect(way(-30, 10, -30)).toEqual([null, null, null]);
  expect(way(20, 20)).toEqual([null, "scrolled down"]);
  expect(scrolled(0, -3, 0).said).toBe("scrolled up");
});
