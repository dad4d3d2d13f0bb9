import { expect, test } from "vitest";
import { shiftBetween } from "./shift";

/** Both ends of every place of `before` in `after`. */
const ends = (before: string, after: string) => {
  const shift = shiftBetween(before, after);
  return Array.from({ length: before.length + 1 }, (_, at) => [shift(at, "from"), shift(at, "to")]);
};

test("re16 equal texts have equal offsets", () => expect(ends("ab", "ab")).toEqual([[0, 0], [1, 1], [2, 2]]));

test("re16 what stands behind an edit moves with it", () => {
  expect(ends("abc", "Xabc")).toEqual([[1, 1], [2, 2], [3, 3], [4, 4]].with(0, [0, 0]));
  expect(ends("abcd", "abXYd")).toEqual([[0, 0], [1, 1], [2, 2], [4, 4], [5, 5]]);
});

test("re16 a place inside what was replaced goes to the ends of what came", () => {
  expect(ends("a123b", "aXYb")).toEqual([[0, 0], [1, 1], [1, 3], [1, 3], [3, 3], [4, 4]]);
  expect(ends("abc", "")).toEqual([[0, 0], [0, 0], [0, 0], [0, 0]]);
});

test("re16 long texts, at the borders of the pieces that are compared", () => {
  for (const at of [0, 1, 4095, 4096, 4097, 8191, 8192, 20_000]) {
    const before = "abcdefghij".repeat(2_000);
    const after = `${before.slice(0, at)}\u{1f600}${before.slice(at)}`;
    const shift = shiftBetween(before, after);
    expect([shift(at - 1, "from"), shift(at + 1, "to")]).toEqual([at - 1, at + 3]);
    const back = shiftBetween(after, before);
    expect([back(at + 1, "from"), back(at + 1, "to"), back(at + 3, "to")]).toEqual([at, at, at + 1]);
  }
});
