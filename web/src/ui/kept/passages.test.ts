// @vitest-environment node
import { expect, test } from "vitest";
import { passages, plain } from "./passages";

const shared = "# Title\n\nOne two three.\n\nFour five six.\n";

test("OF62: an added line is shown with what stands before it", () => {
  const found = passages(shared, shared.replace("One two three.\n", "One two three.\n\nA new line.\n"));
  expect(found.map(({ after }) => after)).toEqual(["One two three."]);
  expect(plain(found)).toBe("A new line.");
});

test("OF62: a changed word is shown in its line, with what it replaced", () => {
  const [passage, ...more] = passages(shared, shared.replace("five", "5"));
  expect(more).toEqual([]);
  expect(passage?.text).toBe("Four 5 six.");
  expect(passage?.parts).toContainEqual({ kind: "removed", text: "five" });
  expect(passage?.parts).toContainEqual({ kind: "added", text: "5" });
});

test("OF62: changes apart are passages apart", () => {
  const found = passages(shared, "# Another title\n\nOne two three.\n\nFour five seven.\n");
  expect(found.map(({ text }) => text)).toEqual(["# Another title", "Four five seven."]);
  expect(plain(found)).toBe("# Another title\n\nFour five seven.");
});

test("OF62: nothing sent at all: the whole text is one passage", () => {
  expect(plain(passages("", "All\nof it\n"))).toBe("All\nof it");
});

test("OF62: what was only removed is shown as removed", () => {
  const found = passages(shared, shared.replace("One two three.\n\n", ""));
  expect(found.flatMap(({ parts }) => parts).some(({ kind, text }) => kind === "removed" && text.includes("One two"))).toBe(true);
});
