/** PG34: where slides are cut, which one shows, and what keys do. */
import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { createSlides, cutAtRules } from "./deck";
import { largestThatFits, sizeFor } from "./fit";
import { turnOf } from "./keys";

/** Each word is a block; `---` is a rule. */
function sheet(words: string): { article: HTMLElement; lines: number[]; text: string } {
  const article = document.createElement("article");
  const all = words.split(" ");
  for (const word of all) article.append(block(word));
  return { article, lines: all.map((_, index) => index * 2), text: all.join("\n\n") };
}

function block(word: string): HTMLElement {
  const holder = document.createElement("div");
  const inside = document.createElement(/^[-*_]{3}$/.test(word) ? "hr" : "p");
  if (inside.tagName === "P") inside.textContent = word;
  holder.append(inside);
  return holder;
}

const shown = (article: HTMLElement) => [...article.querySelectorAll("[data-slide]")].map(({ textContent }) => textContent).join(" ");

describe("PG34 slides", () => {
  it("are cut at --- and at nothing else", () => {
    const { article, lines, text } = sheet("a b --- c *** d --- e");
    expect(cutAtRules(article, lines, text)).toEqual([
      { from: 0, to: 2, line: 0 },
      { from: 3, to: 6, line: 6 },
      { from: 7, to: 8, line: 14 },
    ]);
  });

  it("leave out what is empty, but not the last", () => {
    const { article, lines, text } = sheet("--- a --- --- b ---");
    expect(cutAtRules(article, lines, text).map(({ from, to }) => [from, to])).toEqual([
      [1, 2],
      [4, 5],
    ]);
    expect(cutAtRules(document.createElement("article"), [], "")).toEqual([{ from: 0, to: 0, line: 0 }]);
  });

  it("show one part, and nothing of the others", () => {
    const { article, lines, text } = sheet("a b --- c --- d");
    const slides = createSlides({ article, preview: signal({ lines: signal(lines) }), text: () => text }, false);
    expect(shown(article)).toBe("");
    slides.present(7);
    expect([slides.at.value, shown(article), slides.line()]).toEqual([1, "c", 6]);
    slides.to(99);
    expect([slides.at.value, shown(article)]).toEqual([2, "d"]);
    slides.toLine(1);
    expect(shown(article)).toBe("a b");
    slides.leave();
    expect(shown(article)).toBe("");
  });

  it("do not turn when somebody adds one before", () => {
    const { article, lines, text } = sheet("a --- b --- c");
    const drawn = signal<readonly number[]>(lines);
    let written = text;
    const slides = createSlides({ article, preview: signal({ lines: drawn }), text: () => written }, true);
    slides.to(2);
    article.prepend(block("new"), block("---"));
    written = `new\n\n---\n\n${text}`;
    drawn.value = [0, 2, ...lines.map((line) => line + 4)];
    expect([slides.at.value, shown(article), slides.line()]).toEqual([3, "c", 12]);
  });

  it("are read to their end before the next comes", () => {
    const key = (key: string, below = false, above = false) => turnOf({ key, shiftKey: false }, { below, above });
    expect([key(" "), key(" ", true), key("PageDown"), key("ArrowDown", true)]).toEqual(["next", "read on", "next", "read on"]);
    expect([key("ArrowRight", true), key("ArrowLeft", false, true), key("ArrowUp", false, true)]).toEqual(["next", "back", "read back"]);
    expect([key("Home"), key("End"), key("Escape"), key("PageUp"), key("x")]).toEqual(["first", "last", "leave", "back", null]);
    expect(turnOf({ key: " ", shiftKey: true }, { below: true, above: false })).toBe("back");
  });

  it("have the largest text that fits, within bounds", () => {
    const size = sizeFor({ width: 1440, height: 900 });
    expect(size).toBeGreaterThan(34);
    expect(sizeFor({ width: 390, height: 844 })).toBe(18);
    expect(largestThatFits(40, () => true)).toBe(40);
    expect(largestThatFits(40, (it) => it <= 30)).toBeCloseTo(30, 0);
    expect(largestThatFits(40, () => false)).toBe(22);
    expect(largestThatFits(18, () => false)).toBe(18);
  });
});
