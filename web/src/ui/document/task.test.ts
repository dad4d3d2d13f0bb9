import { expect, test } from "vitest";
import { ticking } from "./task";

function ticked(text: string, line: number, checked: boolean): string | null {
  const change = ticking(text, line, checked);
  return change && text.slice(0, change.from) + change.insert + text.slice(change.to);
}

test("one character of the line changes", () => {
  expect(ticked("a\n- [ ] b\n- [x] c", 1, true)).toBe("a\n- [x] b\n- [x] c");
  expect(ticked("a\n- [ ] b\n- [x] c", 2, false)).toBe("a\n- [ ] b\n- [ ] c");
  expect(ticked("> 1. [X] quoted", 0, false)).toBe("> 1. [ ] quoted");
  expect(ticked("- [ ]", 0, true)).toBe("- [x]");
});

test("a line that has no box any more is left alone", () => {
  expect(ticked("- b", 0, true)).toBeNull();
  expect(ticked("- [ ](link)", 0, true)).toBeNull();
  expect(ticked("- [ ] b", 3, true)).toBeNull();
});
