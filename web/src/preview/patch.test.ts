import { beforeEach, describe, expect, test } from "vitest";
import { fill, inert, scriptUrl, splice, takeOver } from "./patch";
import type { Splice } from "./wasm";

const block = (words: string) => `<div class="block"><p>${words}</p></div>`;
const change = (from: number, removed: number, ...words: string[]): Splice => ({
  from, removed, inserted: words.map(block), lines: [], sources: new Uint32Array(), maps: [], title: null, words: 0, needsFull: false,
});

let article: HTMLElement;
const shown = () => [...article.children].map((element) => element.textContent);

beforeEach(() => {
  article = document.createElement("article");
  fill(article, ["a", "b", "c"].map(block).join(""));
});

describe("a splice", () => {
  test.each([
    [change(1, 1, "B"), ["a", "B", "c"]],
    [change(0, 0, "x", "y"), ["x", "y", "a", "b", "c"]],
    [change(3, 0, "d"), ["a", "b", "c", "d"]],
    [change(0, 3), []],
    [change(1, 2, "z"), ["a", "z"]],
    [change(2, 9), ["a", "b"]],
  ])("%o", (spliced, expected) => {
    splice(article, spliced);
    expect(shown()).toEqual(expected);
  });

  test("touches nothing beside it, and answers with what is new", () => {
    const [first, , last] = article.children;
    const fresh = splice(article, change(1, 1, "B", "BB"));
    expect(fresh.map((element) => element.textContent)).toEqual(["B", "BB"]);
    expect([article.children[0], article.children[3]]).toEqual([first, last]);
  });
});

test("an empty block is the old one, which stays", () => {
  const [first, second, third] = article.children;
  const spliced = { ...change(0, 3), inserted: [block("A"), "", block("C")] };
  const placed = splice(article, spliced);
  expect(shown()).toEqual(["A", "b", "C"]);
  expect(placed).toEqual([...article.children]);
  expect(article.children[1]).toBe(second);
  expect([first?.isConnected, third?.isConnected]).toEqual([false, false]);
});

test("a whole rendering keeps the blocks that are the same", () => {
  const [first, second, third] = article.children;
  takeOver(article, ["a", "x", "y", "c"].map(block).join(""));
  expect(shown()).toEqual(["a", "x", "y", "c"]);
  expect([article.children[0], article.children[3]]).toEqual([first, third]);
  expect(second?.isConnected).toBe(false);
  takeOver(article, "");
  expect(shown()).toEqual([]);
});

test("a whole rendering is compared as the page will show it", () => {
  const box = '<div class="block"><input type="checkbox" disabled></div>';
  const ticked = (roots: readonly Element[]) => roots.forEach((root) => root.querySelectorAll("input").forEach((it) => (it.disabled = false)));
  fill(article, box + block("a") + box);
  ticked([...article.children]);
  const before = [...article.children];
  takeOver(article, box + block("a") + box, undefined, ticked);
  expect([...article.children]).toEqual(before);
  expect([...article.children].every((it, at) => it === before[at])).toBe(true);
});

test("only scripts of this site become workers", () => {
  expect(scriptUrl("/assets/worker.js")).toBe("/assets/worker.js");
  expect(() => scriptUrl("https://elsewhere.example/x.js")).toThrow(TypeError);
});

describe("HTML from elsewhere", () => {
  test.each([
    `<b onclick=x() style='color: red'>x</b>`,
    `<a href="/a"onerror=x()//">x</a>`,
    `<p title='a'style="top:0"onload='x'>x</p>`,
    `<br/onclick=x><br/style=top:0>`,
    `<b\nONCLICK\n=\nx>x</b>`,
    `<b </onclick=x>x</b>`,
    `<textarea><a title="</textarea><b onclick=x>x</b>">`,
    `<!-- <a title=" --><b onclick=x>x</b>`,
  ])("has no handler and no style: %s", (html) => {
    const names = [...inert(html).querySelectorAll("*")].flatMap((element) => [...element.attributes].map(({ name }) => name));
    expect(names.filter((name) => /^(?:on|style)/i.test(name))).toEqual([]);
  });

  test("is otherwise as it was written", () => {
    const nodes = inert(`<p class="only on" style="a: url(/on/style)">on "style" /on/off <a href="/on/style">x</a><img src="/style/on" alt="turn on"></p>`);
    const [p, a, img] = ["p", "a", "img"].map((name) => nodes.querySelector(name));
    expect(nodes.textContent).toBe(`on "style" /on/off x`);
    expect([p?.className, p?.getAttribute("data-style"), a?.getAttribute("href")]).toEqual(["only on", "a: url(/on/style)", "/on/style"]);
    expect([img?.getAttribute("src"), img?.getAttribute("alt")]).toEqual(["/style/on", "turn on"]);
  });
});
