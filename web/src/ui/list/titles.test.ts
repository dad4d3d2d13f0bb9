import { expect, test } from "vitest";
import { found } from "./titles";

test("case and accents do not matter, and every word must be there", () => {
  expect(found("Café Notes", "cafe")).toEqual([[0, 4]]);
  expect(found("Release notes, autumn", "autumn rel")).toEqual([
    [0, 3],
    [15, 21],
  ]);
  expect(found("Release notes", "winter")).toBeNull();
  expect(found("Anything", "  ")).toEqual([]);
});

test("ranges count what a reader sees as letters", () => {
  expect(found("😀 plan", "plan")).toEqual([[2, 6]]);
  expect(found("ﬁnal", "fin")).toEqual([[0, 2]]);
});

test("overlapping finds are one", () => {
  expect(found("banana", "ana nan")).toEqual([[1, 5]]);
});
