/** PG33: what the outline shows and where its entries lead. */
import { describe, expect, it } from "vitest";
import { depths, headingsOf, offsetOf, under } from "./headings";

function article(...blocks: string[]): HTMLElement {
  const element = document.createElement("article");
  for (const [tag, text] of blocks.map((block) => block.split("|"))) {
    const block = document.createElement("div");
    const inside = document.createElement(tag ?? "p");
    inside.textContent = text ?? "";
    block.append(inside);
    element.append(block);
  }
  return element;
}

describe("PG33 the outline", () => {
  it("has the headings from one to four, with their lines", () => {
    const text = article("h1|Title", "p|words", "h2|Part", "h5|small", "h4| Deep ", "h3|");
    expect(headingsOf(text, [0, 2, 4, 6, 8, 10])).toEqual([
      { level: 1, text: "Title", line: 0 },
      { level: 2, text: "Part", line: 4 },
      { level: 4, text: "Deep", line: 8 },
    ]);
  });

  it("knows under which heading a line stands", () => {
    const headings = headingsOf(article("h2|A", "h2|B"), [3, 9]);
    expect([0, 3, 8.9, 9, 40].map((line) => under(headings, line))).toEqual([-1, 0, 0, 1, 1]);
    expect(under([], 4)).toBe(-1);
  });

  it("moves entries in from the highest level there is", () => {
    expect(depths(headingsOf(article("h2|A", "h3|B", "h2|C"), []))).toEqual([0, 1, 0]);
  });

  it("leads to the words of a heading", () => {
    const text = "one\n\n## Part\n\nTitle\n=====\n";
    expect(text.slice(offsetOf(text, 2))).toMatch(/^Part/);
    expect(text.slice(offsetOf(text, 4))).toMatch(/^Title/);
    expect(offsetOf("short", 9)).toBe(0);
  });
});
