import { expect, test } from "vitest";
import { linesOf } from "./lines";

const entries = Array.from({ length: 500 }, (_, n) => ({ id: `n${n}`, from: n * 10 }));
const asking = (height = 2) => {
  const asked: number[] = [];
  return { asked, topOf: (offset: number) => (asked.push(offset), offset * height) };
};

test("all are asked for once, then only those near what is in sight", () => {
  const known = new Map<string, number>();
  const first = asking();
  const lines = linesOf(entries, first.topOf, known, { from: 2_000, to: 3_000 });
  expect(lines).toEqual(entries.map(({ from }) => from * 2));
  const again = asking();
  expect(linesOf(entries, again.topOf, known, { from: 2_000, to: 3_000 })).toEqual(lines);
  expect(new Set(again.asked).size).toBeLessThan(75);
});

test("what is remembered wrongly never stands among those in sight", () => {
  const known = new Map<string, number>();
  linesOf(entries, asking(1).topOf, known, { from: 0, to: 500 });
  const near = { from: 4_000, to: 5_000 };
  const lines = linesOf(entries, asking(3).topOf, known, near);
  entries.forEach(({ from }, at) => {
    const line = lines[at] ?? Number.NaN;
    if (from * 3 >= near.from && from * 3 <= near.to) expect(line).toBe(from * 3);
    else expect(line <= near.from || line >= near.to).toBe(true);
    if (at > 0) expect(line).toBeGreaterThanOrEqual(lines[at - 1] ?? 0);
  });
});

test("places the pane does not know stand with the one before, those without a place at the end", () => {
  const some = [
    { id: "front", from: 0 },
    { id: "a", from: 10 },
    { id: "lost", from: null },
  ];
  const topOf = (offset: number) => (offset === 0 ? null : offset * 4);
  expect(linesOf(some, topOf, new Map(), { from: 0, to: 900 })).toEqual([0, 40, 40]);
});
