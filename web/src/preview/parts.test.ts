/** PG87: a long text stands in parts, and what changes it knows nothing of them. */
import { beforeEach, describe, expect, test } from "vitest";
import { behind, blockAround, blocksBefore, blocksIn, guessedTop, indexIn, lastAbove, PART_BLOCKS, someIn } from "./parts";
import { fill, splice, takeOver } from "./patch";
import type { Splice } from "./wasm";

const block = (words: string) => `<div class="block"><p>${words}</p></div>`;
const change = (from: number, removed: number, words: readonly string[]): Splice => ({
  from, removed, inserted: words.map((it) => (it === "" ? "" : block(it))), lines: [], sources: new Uint32Array(), maps: [], title: null, words: 0, needsFull: false,
});
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, at) => String(from + at));
const shown = (article: Element) => blocksIn(article).map(({ textContent }) => textContent);
const sizes = (article: Element) => [...article.children].map(({ childElementCount }) => childElementCount);

/** The same small numbers every time. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

let article: HTMLElement;
beforeEach(() => {
  article = document.createElement("article");
});

describe("PG87 a text", () => {
  test("that is short has its blocks in the sheet itself", () => {
    fill(article, numbers(249).map(block).join(""));
    expect(article.children).toHaveLength(249);
    expect(article.querySelector(".part")).toBeNull();
  });

  test("that is long has them in parts, also when it has become so", () => {
    fill(article, numbers(249).map(block).join(""));
    splice(article, change(3, 0, ["more"]));
    expect(sizes(article)).toEqual([32, 32, 32, 32, 32, 32, 32, 26]);
    expect(shown(article)).toEqual(["0", "1", "2", "more", ...numbers(246, 3)]);
  });

  test("keeps its parts small and never has an empty one", () => {
    fill(article, numbers(300).map(block).join(""));
    splice(article, change(40, 0, numbers(1_000, 5_000)));
    expect(Math.max(...sizes(article))).toBeLessThanOrEqual(2 * PART_BLOCKS);
    splice(article, change(0, 1_290, []));
    expect(shown(article)).toEqual(numbers(10, 290));
    expect(Math.min(...sizes(article))).toBeGreaterThan(0);
    splice(article, change(0, 10, []));
    expect(article.childElementCount).toBe(0);
    splice(article, change(0, 0, ["again"]));
    expect(shown(article)).toEqual(["again"]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("stays the text it is through edits anywhere: seed %d", (seed) => {
    const any = chance(seed);
    let expected = numbers(200 + any(200));
    fill(article, expected.map(block).join(""));
    for (let edit = 0; edit < 60; edit++) {
      const from = any(expected.length + 1);
      const removed = Math.min(any(any(3) === 0 ? 200 : 4), expected.length - from);
      const words = numbers(any(any(4) === 0 ? 150 : 4), 1_000 * (edit + 1));
      // As many as go: one of them stays.
      if (removed > 0 && words.length === removed) words[any(removed)] = "";
      const placed = words.map((it, at) => it || (expected[from + at] ?? ""));
      const fresh = splice(article, change(from, removed, words));
      expected = [...expected.slice(0, from), ...placed, ...expected.slice(from + removed)];
      expect(fresh.map(({ textContent }) => textContent)).toEqual(placed);
      expect(shown(article)).toEqual(expected);
      for (const size of article.querySelector(":scope > .part") ? sizes(article) : []) expect(size > 0 && size <= 2 * PART_BLOCKS).toBe(true);
    }
    const [middle] = someIn(article, 9, 1);
    takeOver(article, [...expected.slice(0, 20), "new", ...expected.slice(20)].map(block).join(""));
    expect(shown(article)).toEqual([...expected.slice(0, 20), "new", ...expected.slice(20)]);
    expect(someIn(article, 9, 1)).toEqual([middle]);
  });
});

describe("PG87 among the blocks of a long text", () => {
  beforeEach(() => fill(article, numbers(300).map(block).join("")));

  test("each has its number, whatever is asked in it", () => {
    for (const at of [0, 31, 32, 33, 150, 299]) {
      const [found] = someIn(article, at, 1) as [Element];
      expect([found.textContent, indexIn(article, found)]).toEqual([String(at), at]);
      expect(blockAround(article, found.querySelector("p")?.firstChild ?? null)).toBe(found);
    }
    expect(someIn(article, 30, 5).map(({ textContent }) => textContent)).toEqual(numbers(5, 30));
    expect(someIn(article, 298, 9).map(({ textContent }) => textContent)).toEqual(["298", "299"]);
    expect(someIn(article, 300, 1)).toEqual([]);
    expect([blockAround(article, article), blockAround(article, article.children[2] ?? null), indexIn(article, document.body)]).toEqual([null, null, -1]);
  });

  test("places between two are known, in the sheet and in a part", () => {
    const [, second] = article.children as unknown as [Element, Element];
    expect([0, 1, 10].map((offset) => blocksBefore(article, article, offset))).toEqual([0, 32, 300]);
    expect([0, 5, 32].map((offset) => blocksBefore(article, second, offset))).toEqual([32, 37, 64]);
    expect(blocksBefore(article, second.firstElementChild as Element, 0)).toBeNull();
  });

  test("one is found by its height, and only one part is asked for its blocks", () => {
    const asked = new Set<Element>();
    const topOf = (element: Element) => {
      if (element.className === "block") asked.add(element.parentElement as Element);
      const [first] = element.className === "part" ? [element.firstElementChild as Element] : [element];
      return Number(first.textContent) * 10;
    };
    expect([-5, 0, 319, 320, 1_507, 9_999].map((height) => lastAbove(article, topOf, height)?.index)).toEqual([0, 0, 31, 32, 150, 299]);
    asked.clear();
    lastAbove(article, topOf, 1_507);
    expect(asked.size).toBe(1);
    expect(behind(someIn(article, 31, 1)[0] as Element)).toBe(article.children[1]);
    expect(behind(someIn(article, 299, 1)[0] as Element)).toBeNull();
  });

  test("a height that is guessed is in proportion", () => {
    const part = article.children[1] as HTMLElement;
    part.getBoundingClientRect = () => ({ top: 1_000, height: 3_200 }) as DOMRect;
    expect(guessedTop(someIn(article, 34, 1)[0] as Element, 0.5)).toBe(1_250);
  });
});
