import { describe, expect, test } from "vitest";
import { type Runs, runsOf, sourceFrom, sourceTo, textAt, textIn, touches } from "./runs";

const runs = (...numbers: [text: number, textLength: number, source: number, sourceLength: number][]): Runs =>
  runsOf({ block: 0, length: 99, runs: Uint32Array.from(numbers.flat()) });

/** `a **bc** &amp; \* [^1]` with a line's end nobody wrote behind it: "a bc & * 1". */
const mixed = runs([0, 2, 0, 2], [2, 2, 4, 2], [4, 1, 8, 1], [5, 1, 9, 5], [6, 1, 14, 1], [7, 1, 15, 2], [8, 1, 17, 1], [9, 1, 18, 4]);

/** Two definitions, the second first: their texts stand at 20 and at 10 of the source. */
const swapped = runs([1, 4, 20, 4], [7, 3, 10, 3], [10, 1, 13, 2]);

describe("re15 from the text to the source", () => {
  test.each([
    [0, 0], [1, 1], [2, 4], [3, 5], [4, 8], [5, 9], [6, 14], [7, 15], [8, 17], [9, 18], [10, null],
  ])("what begins at %d begins at %s", (unit, source) => expect(sourceFrom(mixed, unit)).toBe(source));

  test.each([
    [0, null], [1, 1], [2, 2], [3, 5], [4, 6], [5, 9], [6, 14], [7, 15], [8, 17], [9, 18], [10, 22], [11, 22],
  ])("what ends at %d ends at %s", (unit, source) => expect(sourceTo(mixed, unit)).toBe(source));

  test("between runs it goes on behind, or ended before", () => {
    expect([sourceFrom(swapped, 0), sourceTo(swapped, 0)]).toEqual([20, null]);
    expect([sourceFrom(swapped, 6), sourceTo(swapped, 6)]).toEqual([10, 24]);
  });
});

describe("re15 from the source to the text", () => {
  test.each([
    ["a letter", 0, 1, [[0, 1]]],
    ["over markup", 1, 5, [[1, 3]]],
    ["markup alone", 2, 4, []],
    ["ends in markup go inwards", 2, 7, [[2, 4]]],
    ["a part of an entity is all of it", 11, 12, [[5, 6]]],
    ["a part of an escape too", 16, 17, [[7, 8]]],
    ["a part of a reference", 19, 20, [[9, 10]]],
    ["all", 0, 22, [[0, 10]]],
    ["more than all", 0, 500, [[0, 10]]],
    ["nothing", 5, 5, []],
  ])("%s", (_, from, to, expected) => {
    expect(textIn(mixed, from, to).map((stretch) => [stretch.from, stretch.to])).toEqual(expected);
    expect(touches(mixed, from, to)).toBe(expected.length > 0);
  });

  test("in another order there are several stretches", () => {
    const found = (from: number, to: number) => textIn(swapped, from, to).map((stretch) => [stretch.from, stretch.to]);
    expect(found(11, 22)).toEqual([[1, 3], [8, 11]]);
    expect(found(15, 20)).toEqual([]);
    expect(found(0, 100)).toEqual([[1, 11]]);
  });

  test.each([[0, 0], [3, 2], [5, 3], [11, 5], [16, 7], [22, 10], [400, 10]])("a place at %d stands at %d", (offset, unit) => {
    expect(textAt(mixed, offset)).toBe(unit);
  });

  test("a block without text has no places", () => {
    const empty = runs();
    expect([sourceFrom(empty, 0), sourceTo(empty, 9), textAt(empty, 0), textIn(empty, 0, 9)]).toEqual([null, null, null, []]);
  });
});
