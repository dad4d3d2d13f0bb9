import { expect, test } from "vitest";
import { renaming } from "./rename";

function renamed(text: string, title: string): string {
  const { from, to, insert } = renaming(text, title);
  return text.slice(0, from) + insert + text.slice(to);
}

test.each([
  ["", "New", "# New\n\n"],
  ["Some text\n", "New", "# New\n\nSome text\n"],
  ["# Old\n\ntext", "New", "# New\n\ntext"],
  ["text\n\n## Old ##\n", "New", "text\n\n## New ##\n"],
  ["```\n# not a title\n```\n# Old\n", "New", "```\n# not a title\n```\n# New\n"],
  ["---\ntitle: Old\ntags: [a]\n---\n# Other\n", "New", "---\ntitle: New\ntags: [a]\n---\n# Other\n"],
  ["---\ntitle:\n---\n", "New", "---\ntitle: New\n---\n"],
  ["---\ntags: [a]\n---\n# Old\n", "New", "---\ntags: [a]\n---\n# New\n"],
  ["---\ntags: [a]\n---\n", "New", "---\ntags: [a]\n---\n# New\n\n"],
  ["---\r\ntitle: Old\r\n---\r\n", "New", "---\r\ntitle: New\r\n---\r\n"],
])("%j becomes %s", (text, title, expected) => expect(renamed(text, title)).toBe(expected));

test("a title that YAML would read as something else is quoted", () => {
  expect(renamed("---\ntitle: a\n---\n", "Tea: a guide")).toContain('title: "Tea: a guide"');
  expect(renamed("---\ntitle: a\n---\n", "true")).toContain('title: "true"');
  expect(renamed("---\ntitle: a\n---\n", "2026")).toContain('title: "2026"');
});

test("a line break in a title becomes a space", () => {
  expect(renamed("# Old", "New\nname")).toBe("# New name");
});
