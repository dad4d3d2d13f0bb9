import { describe, expect, test } from "vitest";
import type { NoteMark } from "../editor/surface";
import { layersOf } from "./highlights";

const mark = (id: string, from: number, to: number, resolved = false): NoteMark => ({ id, from, to, resolved });

describe("re16 passages become layers", () => {
  test.each<[string, NoteMark[], number[], number[]]>([
    ["none", [], [], []],
    ["apart", [mark("a", 1, 3), mark("b", 5, 9)], [1, 3, 5, 9], []],
    ["one beside the other", [mark("a", 1, 3), mark("b", 3, 9)], [1, 9], []],
    ["one in the other", [mark("a", 1, 9), mark("b", 3, 5)], [1, 9], [3, 5]],
    ["one over the other's end", [mark("a", 1, 5), mark("b", 3, 9)], [1, 9], [3, 5]],
    ["three", [mark("a", 0, 9), mark("b", 2, 7), mark("c", 3, 8)], [0, 9], [2, 8]],
    ["two in a third, side by side", [mark("a", 0, 9), mark("b", 1, 4), mark("c", 4, 6)], [0, 9], [1, 6]],
    ["the same twice", [mark("a", 2, 4), mark("b", 2, 4)], [2, 4], [2, 4]],
    ["empty ones are none", [mark("a", 2, 2), mark("b", 1, 3)], [1, 3], []],
  ])("%s", (_, marks, note, overlap) => {
    expect(layersOf(marks, null)).toEqual({ note, "note-overlap": overlap, "note-active": [], "note-resolved": [] });
    expect(layersOf(marks.toReversed(), null)).toEqual({ note, "note-overlap": overlap, "note-active": [], "note-resolved": [] });
  });

  test("what is settled does not darken, the active one is a layer of its own", () => {
    expect(layersOf([mark("a", 1, 9), mark("b", 2, 5, true), mark("c", 4, 8, true)], "b")).toEqual({
      note: [1, 9], "note-overlap": [], "note-active": [2, 5], "note-resolved": [2, 8],
    });
  });
});
