/** PG11, PG13: who wrote what and what changed, on the rendered text. */
import { beforeEach, expect, test, vi } from "vitest";
import type { Canvas, Painter } from "./notes";
import { createPainting, type Painting } from "./painting";
import { fill, splice } from "./patch";
import { type Ends, Places } from "./places";

class FakeRange {
  constructor(ends: Ends) {
    Object.assign(this, ends);
  }
}

class FakeHighlight extends Set<Ends> {
  priority = 0;
}

const text = "one two three\n\nfour five";
const window = { from: 0, to: Number.POSITIVE_INFINITY, footnotes: true };

let highlights: Map<string, FakeHighlight>;
let article: HTMLElement;
let painter: Painter;
let painting: Painting;
let redrawn: number;
const pressed = vi.fn<(offset: number) => void>();

beforeEach(() => {
  highlights = new Map();
  vi.stubGlobal("StaticRange", FakeRange);
  vi.stubGlobal("Highlight", FakeHighlight);
  vi.stubGlobal("CSS", { highlights });
  article = document.createElement("article");
  const scroller = document.createElement("div");
  scroller.append(article);
  document.body.replaceChildren(scroller);
  fill(article, "");
  const places = new Places(article);
  const blocks = text.split("\n\n");
  const change = {
    from: 0,
    removed: 0,
    inserted: blocks.map((words) => `<div class="block"><p>${words}</p></div>`),
    lines: [0, 2],
    sources: Uint32Array.of(0, 15),
    maps: blocks.map(({ length }, block) => ({ block, length, runs: Uint32Array.of(0, length, 0, length) })),
    title: null,
    words: 5,
    needsFull: false,
  };
  places.apply(change, splice(article, change));
  redrawn = 0;
  const canvas: Canvas = {
    article,
    scroller,
    places,
    attach: (it) => {
      painter = it;
      return () => undefined;
    },
    redraw: () => void redrawn++,
  };
  painting = createPainting(canvas, pressed);
});

const drawn = (name: string) =>
  [...(highlights.get(`galley-${name}`) ?? [])].map(({ startContainer, startOffset, endContainer, endOffset }) => {
    const range = document.createRange();
    range.setStart(startContainer, startOffset);
    range.setEnd(endContainer, endOffset);
    return range.toString();
  });

const marks = () => [...document.querySelectorAll(".gone")].map((mark) => mark.getAttribute("aria-label"));

test("PG11 words are tinted by colour and underlined by author, below the notes", () => {
  const part = (from: number, to: number, peer: number, line: number) => ({ from, to, peer, line });
  painting.tint([part(0, 4, 7, 1), part(4, 8, 2, 2), part(8, 19, 7, 1), part(19, 24, 0, 3)], text);
  expect(redrawn).toBe(1);
  painter.draw(text, window);
  expect([drawn("by-7"), drawn("by-2"), drawn("by-0")]).toEqual([["one ", "three", "four"], ["two "], [" five"]]);
  expect([drawn("by-line-1"), drawn("by-line-2"), drawn("by-line-3")]).toEqual([["one ", "three", "four"], ["two "], [" five"]]);
  expect([...highlights.values()].every(({ priority }) => priority < 0)).toBe(true);
  painting.tint([], "");
  painter.draw(text, window);
  expect(drawn("by-7")).toEqual([]);
});

test("PG11 what was found in an older text is drawn where it is now", () => {
  painting.tint([{ from: 4, to: 7, peer: 1, line: 1 }], "two two three\n\nfour five".replace("two two", "so: two"));
  painter.draw(text, window);
  expect(drawn("by-1")).toEqual(["two"]);
});

test("PG13 what was added is marked, and what is gone has a mark that says it", () => {
  const changes = [
    { from: 4, to: 7, added: [{ from: 4, to: 7, peer: 3 }], removed: "zwei" },
    { from: 19, to: 19, added: [], removed: " and\nmore" },
  ];
  painting.mark(changes, text, 0);
  painter.draw(text, window);
  expect([drawn("added-3"), drawn("added-now"), marks()]).toEqual([["two"], ["two"], ["Deleted: zwei", "Deleted: and more"]]);
  const [first] = document.querySelectorAll(".gone");
  expect(first?.className).toBe("gone now");
  painting.mark(changes.slice(1), text, null);
  painter.draw(text, window);
  expect([drawn("added-3"), marks()]).toEqual([[], ["Deleted: and more"]]);
  expect(article.querySelector(".gone")).toBeNull();
  painting.mark([], "", null);
  painter.draw(text, window);
  expect(marks()).toEqual([]);
});

test("PG13 marks far from what is seen are not there, and a press tells where it was", () => {
  painting.mark([{ from: 19, to: 19, added: [], removed: "gone" }], text, null);
  painter.draw(text, { from: 0, to: 15, footnotes: false });
  expect(marks()).toEqual([]);
  painter.pressed(7);
  expect(pressed).toHaveBeenCalledWith(7);
  painting.destroy();
  expect([highlights.size, document.querySelector(".gone-layer")]).toEqual([0, null]);
});
