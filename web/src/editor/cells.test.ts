import { expect, test } from "vitest";
import { cellsOf, plainCell, tableOf } from "./cells";

test.each<[name: string, text: string, cells: string[][] | null]>([
  ["rows and columns", "a\tb\r\n1\t2\r\n", [["a", "b"], ["1", "2"]]],
  ["cells in quotes", 'a\tb\n"x\ny"\t"say ""hi"""', [["a", "b"], ["x\ny", 'say "hi"']]],
  ["empty cells", "a\tb\n\t2", [["a", "b"], ["", "2"]]],
  ["one row", "a\tb", null],
  ["one column", "a\nb", null],
  ["rows of different lengths", "a\tb\n1", null],
  ["code indented with tabs", "\tif x {\n\t\ty()", null],
  ["code with as many tabs", "\tone\n\ttwo", null],
  ["an empty row", "a\tb\n\t", null],
  ["no tabs", "just words", null],
])("%s", (_name, text, cells) => expect(cellsOf(text)).toEqual(cells));

test("cells become a table that nothing in them can break", () => {
  const rows = [["Name", "Cost"], ["a|b", "1,5"], ["two\nlines", "20 €"], ["*x*", ""]];
  expect(tableOf(rows.map((row) => row.map(plainCell)))).toBe(
    "| Name         | Cost |\n| ------------ | ---: |\n| a\\|b         |  1,5 |\n| two<br>lines | 20 € |\n| \\*x\\*        |      |",
  );
});

test("very wide columns are not padded", () => {
  const long = "x".repeat(60);
  expect(tableOf([["a", "b"], [long, "y"]])).toBe(`| a | b   |\n| --- | --- |\n| ${long} | y   |`);
});
