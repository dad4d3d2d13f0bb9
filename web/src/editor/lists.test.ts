import { describe, expect, test } from "vitest";
import { continued, itemOf, moved, unmarked } from "./lists";
import { changed } from "./test/text";

const cases = (rows: [string, string | null][]) => rows.map(([from, to]) => ({ from, to }));

describe("Enter", () => {
  test.each(
    cases([
      ["- a|", "- a\n- |"],
      ["* a|b", "* a\n* |b"],
      ["  - a|", "  - a\n  - |"],
      ["- [x] done|", "- [x] done\n- [ ] |"],
      ["1. a|", "1. a\n2. |"],
      ["9) a|\n10) b", "9) a\n10) |\n11) b"],
      ["1. a|\n2. b\n3. c", "1. a\n2. |\n3. b\n4. c"],
      ["1. a\n1. b|", "1. a\n1. b\n1. |"],
      ["1. a|\n1. b", "1. a\n1. |\n1. b"],
      ["1. a|\n   - x\n2. b", "1. a\n2. |\n   - x\n3. b"],
      ["- a «bc» d", "- a \n- |d"],
      ["> a|", "> a\n> |"],
      ["> - a|", "> - a\n> - |"],
      ["> > a|", "> > a\n> > |"],
      ["- a|   b", "- a\n- |b"],
    ]),
  )("goes on: $from", ({ from, to }) => expect(changed(from, continued)).toBe(to));

  test.each(
    cases([
      ["- a\n- |", "- a\n\n|"],
      ["- a\n\n- |", "- a\n\n|"],
      ["1. a\n2. |\n3. b", "1. a\n\n|\n3. b"],
      ["- [ ] a\n- [ ] |", "- [ ] a\n\n|"],
      ["- a\n  - |", "- a\n- |"],
      ["1. a\n   - |", "1. a\n- |"],
      ["> a\n> |", "> a\n\n|"],
      ["> - a\n> - |", "> - a\n>\n> |"],
      ["- |", "|"],
    ]),
  )("ends: $from", ({ from, to }) => expect(changed(from, continued)).toBe(to));

  test.each(["plain|", "|- a", "- - -|", "***|", "```\n- a|\n```", "---\ntags:\n- a|\n---", "    - code|", "2024.a|"])(
    "is left alone: %j",
    (text) => expect(changed(text, continued)).toBe(null),
  );
});

describe("Tab", () => {
  test.each(
    cases([
      ["- a\n- b|", "- a\n  - b|"],
      ["1. a\n2. b|\n3. c", "1. a\n   1. b|\n2. c"],
      ["1. a\n   1. x\n2. b|", "1. a\n   1. x\n   2. b|"],
      ["10. a\n11. b|", "10. a\n    1. b|"],
      ["- a\n«- b\n- c»", "- a\n  «- b\n  - c»"],
      ["> - a\n> - b|", "> - a\n>   - b|"],
      ["- a|", "- a|"],
      ["plain|", null],
    ]),
  )("moves in: $from", ({ from, to }) => expect(changed(from, (state) => moved(state, "in"))).toBe(to));

  test.each(
    cases([
      ["- a\n  - b|", "- a\n- b|"],
      ["1. a\n   1. b|\n2. c", "1. a\n2. b|\n3. c"],
      ["- a\n  - b\n    - c|", "- a\n  - b\n  - c|"],
      ["  - a|", "- a|"],
      ["- a|", "- a|"],
      ["plain|", null],
    ]),
  )("moves out: $from", ({ from, to }) => expect(changed(from, (state) => moved(state, "out"))).toBe(to));
});

test.each(
  cases([
    ["- |a", "|a"],
    ["- [ ] |a", "|a"],
    ["  - |a", "  |a"],
    ["1. a\n2. |b\n3. c", "1. a\n|b\n3. c"],
    ["- a|", null],
    ["|- a", null],
  ]),
)("Backspace: $from", ({ from, to }) => expect(changed(from, unmarked)).toBe(to));

test("what an item is", () => {
  expect(itemOf("> 12) [x] y")).toMatchObject({ quote: "> ", marker: { kind: "number", value: 12, sign: ")" }, task: "[x] ", length: 10 });
  expect(["-a", "1.a", "* * *", "text", "", "-"].map((text) => itemOf(text) !== null)).toEqual([false, false, false, false, false, true]);
});
