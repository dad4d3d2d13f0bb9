import { expect, test } from "vitest";
import { fileName } from "./files";

test.each([
  ["What “Saved” means", "What “Saved” means.md"],
  ["a/b\\c: d?", "a b c d.md"],
  ["...", "Untitled.md"],
  ["", "Untitled.md"],
  ["x".repeat(200), "x".repeat(80) + ".md"],
])("%s is saved as %s", (title, name) => expect(fileName(title, "md")).toBe(name));
