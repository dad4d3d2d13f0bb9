import { expect, test } from "vitest";
import { search } from "./match";

const commands = [
  { id: "italic", label: "Italic", group: "Text" },
  { id: "link", label: "Link", group: "Text" },
  { id: "list", label: "Bulleted list", group: "Blocks" },
  { id: "unlink", label: "Unlink scrolling", group: "View" },
];
const labels = (query: string) => search(commands, query).map((hit) => hit.command.id);

test("letters that begin a word come first, groups stay together", () => {
  expect(labels("li")).toEqual(["link", "italic", "list", "unlink"]);
});

test("what was typed is marked", () => {
  expect(search(commands, "LI")[0]?.ranges).toEqual([[0, 2]]);
  expect(search(commands, "bl")[0]).toMatchObject({
    command: { id: "list" },
    ranges: [
      [0, 1],
      [2, 3],
    ],
  });
});

test("letters may stand apart only when they stand together nowhere", () => {
  expect(labels("link")).toEqual(["link", "unlink"]);
  expect(labels("blist")).toEqual(["list"]);
  expect(labels("zzz")).toEqual([]);
  expect(labels("")).toHaveLength(4);
});
