/** RE15, from nodes to the source and back, with the module that the page runs. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { fill, splice } from "./patch";
import { type Ends, Places } from "./places";
import { selections, source } from "./test/constructs";
import { loadRenderer, type Renderer } from "./wasm";

const built = resolve(import.meta.dirname, "../../render-full.wasm");
const absent = !existsSync(built) || statSync(built).size === 0;
if (absent) console.warn("web/render-full.wasm is not built (cargo xtask build makes it): its tests are skipped");

/** The test's document has none. */
vi.stubGlobal("StaticRange", class {
  constructor(ends: Ends) {
    Object.assign(this, ends);
  }
});

let article: HTMLElement;
let places: Places;
let renderer: Renderer;

function show(text: string): void {
  const change = renderer.update(text);
  places.apply(change, splice(article, change));
}

/** From the first of these words in the page to the end of the last; words may go over elements, not over blocks. */
function select(words: string): Ends {
  const nodes: Text[] = [];
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) nodes.push(walker.currentNode as Text);
  const at = nodes.map((node) => node.data).join("").indexOf(words);
  if (at < 0) throw new Error(`the page does not say ${words}`);
  const point = (unit: number, end: boolean) => {
    let left = unit;
    for (const node of nodes) {
      if (left < node.length || (end && left === node.length)) return { node, offset: left };
      left -= node.length;
    }
    throw new Error("behind the end");
  };
  const [start, end] = [point(at, false), point(at + words.length, true)];
  return { startContainer: start.node, startOffset: start.offset, endContainer: end.node, endOffset: end.offset };
}

const sourceOf = (ends: Ends) => {
  const span = places.span(ends);
  return span && source.slice(span.from, span.to);
};

/** What the ranges of some source say, with `|` between ranges. */
function shown(words: string): string {
  const from = source.indexOf(words);
  return places.ranges(from, from + words.length).map(textOf).join("|");
}

function textOf({ startContainer, startOffset, endContainer, endOffset }: StaticRange): string {
  const range = document.createRange();
  range.setStart(startContainer, startOffset);
  range.setEnd(endContainer, endOffset);
  return range.toString();
}

describe("re15 places", { skip: absent }, () => {
  beforeEach(async () => {
    renderer = await loadRenderer(readFileSync(built));
    article = document.createElement("article");
    document.body.replaceChildren(article);
    fill(article, "");
    places = new Places(article);
    show(source);
  });

  test.each(selections)("selecting %j is the source %j", (words, expected) => expect(sourceOf(select(words))).toBe(expected));

  test("selections over blocks, by elements, and of what has no source", () => {
    const [first, second] = article.children;
    if (!first || !second) throw new Error("no blocks");
    const whole: Ends = { startContainer: article, startOffset: 0, endContainer: article, endOffset: article.childNodes.length };
    expect(sourceOf(whole)).toBe(source.slice(source.indexOf("A *heading"), -1));
    const [from, to] = [select("more"), select("Plain")];
    expect(sourceOf({ ...to, startContainer: from.startContainer, startOffset: from.startOffset })).toBe("more {#own}\n\nPlain");
    // Three clicks select up to the beginning of the next paragraph.
    const next = { endContainer: second.firstElementChild ?? second, endOffset: 0 };
    expect(sourceOf({ startContainer: first, startOffset: 0, ...next })).toBe("A *heading* & more");
    expect(sourceOf(select("↩"))).toBe(null);
    // Down into the footnotes: as far as the text goes.
    expect(sourceOf({ ...select("note itself"), startContainer: select("Last").startContainer, startOffset: 0 })).toBe("Last words.");
    expect(places.span({ ...whole, startContainer: document.body, startOffset: 0 })).toBe(null);
  });

  test.each([
    ["A *heading* & more {#own}", "A heading & more"],
    ["**strong ==mar", "strong mar"],
    ["](https://example.org/é) or", " or"],
    ["https://example", ""],
    ["&am", "&"],
    ["[^note]  \nhard", "1\nhard"],
    ["on `with\n> code` in", "on with code in"],
    ["[!TIP]\n> Alert", "Tip\nAlert"],
    ["more {#own}\n\nPlain **st", "more|Plain st"],
    ["/p.png", ""],
    ["The *note* itself.\n\n<details><summary>Raw", "Raw|The note itself."],
    ["Boxed *ti", "Boxed ti"],
    ["frac{a}", "ab"],
    ["smi", "😄"],
    ["youtube dQ", "YouTube: youtube.com/watch?v=dQw4w9WgXcQ"],
    ["*[HTML]: Hyper Text", ""],
    ["Last words.\n", "Last words."],
    ["title: é😀 front", ""],
  ])("the source %j shows as %j", (words, expected) => expect(shown(words)).toBe(expected));

  test("every place of every run goes there and back", () => {
    for (const [start, end] of [[0, 400], [100, 180], [333, 700], [0, source.length]] as const) {
      for (let from = start; from < end; from += 7) {
        for (const range of places.ranges(from, Math.min(from + 20, end))) {
          const span = places.span(range);
          if (!span) throw new Error(`nothing at ${from}`);
          const back = places.ranges(span.from, span.to).map(textOf).join("");
          expect(back).toBe(textOf(range));
        }
      }
    }
  });

  test("places move with an edit elsewhere, and blocks that stay keep their nodes", () => {
    const before = select("Last words.");
    show(`é\n\n${source.replace("quoted", "much longer quoted")}`);
    const after = select("Last words.");
    expect(after.startContainer).toBe(before.startContainer);
    const span = places.span(after);
    const now = `é\n\n${source.replace("quoted", "much longer quoted")}`;
    expect(span && now.slice(span.from, span.to)).toBe("Last words.");
  });

  test("where things stand: text, markup, blocks without text, footnotes, before and after all", () => {
    const spot = (words: string, more = 0) => {
      const found = places.spot(source.indexOf(words) + more);
      return found && [found.block.textContent.trim().slice(0, 9), found.unit];
    };
    expect(spot("*heading*", 1)).toEqual(["A heading", 2]);
    expect(spot("**strong", 1)).toEqual(["Plain str", 6]);
    expect(spot("The *note*")).toEqual(["The note ", 1]);
    expect(places.spot(0)?.unit).toBe(0);
    expect(spot("Last", 500)).toEqual(["Last word", 11]);
  });

  test("where nobody knows, or the page says something else, there are no places", () => {
    const ends = select("Plain");
    const paragraph = ends.startContainer.parentElement;
    paragraph?.prepend("translated ");
    expect([sourceOf(select("Plain")), shown("Plain")]).toEqual([null, ""]);
    places.forget();
    expect([sourceOf(select("Last")), shown("Last"), places.spot(3)]).toEqual([null, "", null]);
  });
});
