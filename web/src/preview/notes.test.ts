/** RE16: the notes' view of the rendered text, without a browser's layout. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { NoteMark } from "../editor/surface";
import { NotePane } from "./notes";
import { fill, splice } from "./patch";
import { type Ends, Places } from "./places";
import type { Splice } from "./wasm";

class FakeRange {
  constructor(ends: Ends) {
    Object.assign(this, ends);
  }
}

class FakeHighlight extends Set<Ends> {
  priority = 0;
  added = 0;

  override add(range: Ends): this {
    this.added++;
    return super.add(range);
  }
}

const block = (words: string) => `<div class="block"><p>${words}</p></div>`;

/** The paragraphs of a text as the renderer would give them, one block and one run each. */
function rendering(before: string, after: string): Splice {
  const [old, now] = [before, after].map((text) => (text === "" ? [] : text.split("\n\n"))) as [string[], string[]];
  let from = 0;
  while (from < Math.min(old.length, now.length) && old[from] === now[from]) from++;
  let same = 0;
  while (same < Math.min(old.length, now.length) - from && old.at(-1 - same) === now.at(-1 - same)) same++;
  const inserted = now.slice(from, now.length - same);
  const starts = now.map((_, at) => now.slice(0, at).join("\n\n").length + (at > 0 ? 2 : 0));
  return {
    from,
    removed: old.length - same - from,
    inserted: inserted.map(block),
    lines: [],
    sources: Uint32Array.from(starts),
    maps: inserted.map(({ length }, at) => ({ block: from + at, length, runs: Uint32Array.of(0, length, 0, length) })),
    title: null,
    words: 0,
    needsFull: false,
  };
}

let frames: (() => void)[];
const frame = () => frames.splice(0).forEach((run) => run());

let article: HTMLElement;
let places: Places;
let pane: NotePane;
let written: string;
let shown: string;
/** How much of the sheet is in sight: a block is 100 px high. */
let view: { height: number; scrolled: number };
let highlights: Map<string, FakeHighlight>;

/** The text is written; the page shows it a moment later, when `render` is called. */
function write(text: string): void {
  written = text;
}

function render(): void {
  const change = rendering(shown, written);
  shown = written;
  places.apply(change, splice(article, change));
  pane.rendered(shown);
}

const mark = (id: string, words: string, resolved = false): NoteMark => {
  const from = written.indexOf(words);
  return { id, from, to: from + words.length, resolved };
};

const drawn = (name: string) => [...(highlights.get(name) ?? [])].map(textOf);

function textOf({ startContainer, startOffset, endContainer, endOffset }: Ends): string {
  const range = document.createRange();
  range.setStart(startContainer, startOffset);
  range.setEnd(endContainer, endOffset);
  return range.toString();
}

beforeEach(() => {
  frames = [];
  highlights = new Map();
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => frames.push(run));
  vi.stubGlobal("cancelAnimationFrame", (id: number) => void (frames[id - 1] = () => undefined));
  vi.stubGlobal("StaticRange", FakeRange);
  vi.stubGlobal("Highlight", FakeHighlight);
  vi.stubGlobal("CSS", { highlights });
  article = document.createElement("article");
  document.body.replaceChildren(article);
  fill(article, "");
  view = { height: 500, scrolled: 0 };
  Object.defineProperty(article, "clientHeight", { get: () => view.height });
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockImplementation(function (this: HTMLElement) {
    if (this === article) return { top: 0, bottom: view.height, height: view.height } as DOMRect;
    return { top: [...article.children].indexOf(this) * 100 - view.scrolled } as DOMRect;
  });
  places = new Places(article);
  [written, shown] = ["", ""];
  pane = new NotePane(article, article, places, () => written);
  write("one two three\n\nfour five\n\nsix seven");
  render();
  frame();
});

afterEach(() => {
  pane.destroy();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("re16 what is marked", () => {
  test("is drawn in layers, and only that", () => {
    pane.show([mark("a", "two three\n\nfour"), mark("b", "three"), mark("c", "six", true)], "b");
    frame();
    frame();
    expect(drawn("galley-note")).toEqual(["two three", "four"]);
    expect(drawn("galley-note-overlap")).toEqual(["three"]);
    expect(drawn("galley-note-active")).toEqual(["three"]);
    expect(drawn("galley-note-resolved")).toEqual(["six"]);
    const marks = [mark("c", "six")];
    pane.show(marks, null);
    frame();
    frame();
    expect([...highlights.keys()].flatMap(drawn)).toEqual(["six"]);
    pane.show(marks, "c");
    expect(drawn("galley-note-active")).toEqual(["six"]);
    pane.destroy();
    expect([...highlights.keys()]).toEqual([]);
  });

  test("stays as it is where nothing changed, and is made anew where something did", () => {
    pane.show([mark("a", "two"), mark("b", "five"), mark("c", "seven")], null);
    frame();
    frame();
    const layer = highlights.get("galley-note");
    expect(layer?.added).toBe(3);
    write("one and two three\n\nfour five\n\nsix seven");
    pane.show([mark("a", "two"), mark("b", "five"), mark("c", "seven")], null);
    frame();
    frame();
    expect(layer?.added).toBe(3);
    render();
    expect(layer?.added).toBe(4);
    expect(drawn("galley-note")).toEqual(["five", "seven", "two"]);
    expect([...(layer ?? [])].every(({ startContainer }) => article.contains(startContainer))).toBe(true);
  });

  test("stands right while the page is behind the text", () => {
    write("zero\n\none two three\n\nfour five\n\nsix seven");
    pane.show([mark("a", "two"), mark("b", "seven")], null);
    frame();
    frame();
    expect([...highlights.keys()].flatMap(drawn)).toEqual([]);
    render();
    expect(drawn("galley-note")).toEqual(["two", "seven"]);
    write("zero\n\nONE TWO two three\n\nfour five\n\nsix seven");
    const marks = [mark("a", "two")];
    pane.show(marks, null);
    pane.show(marks, "a");
    expect(drawn("galley-note-active")).toEqual(["two"]);
  });

  test("is nothing where nobody knows the places, and where the browser has no registry", () => {
    pane.show([mark("a", "two")], null);
    places.forget();
    pane.rendered(written);
    expect([...highlights.keys()].flatMap(drawn)).toEqual([]);
    expect([pane.topOf(3), pane.offsetAtPoint(1, 1), pane.selectionRect()]).toEqual([null, null, null]);
    vi.stubGlobal("CSS", {});
    const bare = new NotePane(article, article, places, () => written);
    bare.show([mark("a", "two")], "a");
    bare.rendered(written);
    bare.reveal(3, 4);
    bare.destroy();
  });
});

describe("re16 what is pressed and selected", () => {
  /** The window says that a point lies on a character of a block. */
  function under(blockIndex: number, offset: number): void {
    const node = article.children[blockIndex]?.firstElementChild?.firstChild ?? null;
    vi.spyOn(document, "createRange").mockImplementation(() => {
      const range = new Range();
      range.getClientRects = () => [{ left: 0, right: 9, top: 0, bottom: 9, height: 9, width: 9 }] as unknown as DOMRectList;
      return range;
    });
    Object.assign(document, { caretPositionFromPoint: () => ({ offsetNode: node, offset }) });
  }

  function press(target: Element, more: MouseEventInit = {}): string[][] {
    const told: string[][] = [];
    const stop = pane.onPress((ids) => void told.push(ids));
    for (const type of ["mousedown", "click"]) {
      target.dispatchEvent(new MouseEvent(type, { bubbles: true, clientX: 5, clientY: 5, detail: 1, ...more }));
    }
    stop();
    return told;
  }

  test("a press tells the passages there, the smallest first", () => {
    pane.show([mark("wide", "two three\n\nfour"), mark("small", "three"), mark("other", "seven")], null);
    under(0, 9);
    expect(press(article)).toEqual([["small", "wide"]]);
    under(0, 5);
    expect(press(article)).toEqual([["wide"]]);
    under(2, 1);
    expect(press(article)).toEqual([]);
    under(2, 5);
    expect(press(article, { shiftKey: true })).toEqual([]);
    expect(press(article, { detail: 2 })).toEqual([]);
    const link = document.createElement("a");
    article.children[2]?.append(link);
    expect(press(link)).toEqual([]);
  });

  test("a press is right while the page is behind the text", () => {
    write("zero\n\none two three\n\nfour five\n\nsix seven");
    pane.show([mark("a", "two")], null);
    under(0, 5);
    expect(press(article)).toEqual([["a"]]);
    expect(pane.offsetAtPoint(5, 5)).toBe(written.indexOf("two") + 1);
  });

  test("what is selected, once a frame, and in the text as it is written", () => {
    const select = (from: number, to: number) => {
      const node = article.children[1]?.firstElementChild?.firstChild;
      if (node) document.getSelection()?.setBaseAndExtent(node, from, node, to);
      document.dispatchEvent(new Event("selectionchange"));
    };
    select(0, 4);
    expect(pane.selected.value).toBe(null);
    frame();
    expect(pane.selected.value).toEqual({ from: 15, to: 19 });
    const { value } = pane.selected;
    select(0, 4);
    frame();
    expect(pane.selected.value).toBe(value);
    write(`zero\n\n${written}`);
    render();
    expect(pane.selected.value).toEqual({ from: 21, to: 25 });
    document.getSelection()?.removeAllRanges();
    document.dispatchEvent(new Event("selectionchange"));
    frame();
    expect(pane.selected.value).toBe(null);
  });
});

test("re16 what is far from being seen is not drawn", () => {
  write(Array.from({ length: 40 }, (_, n) => `paragraph ${n}`).join("\n\n"));
  render();
  pane.show(Array.from({ length: 40 }, (_, n) => mark(String(n), `paragraph ${n}`)), null);
  const at = (height: number, scrolled: number) => {
    view = { height, scrolled };
    article.dispatchEvent(new Event("scroll"));
    frame();
    frame();
    return drawn("galley-note").map((words) => Number(words.split(" ")[1]));
  };
  const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n);
  expect(at(200, 0)).toEqual(upTo(0, 6));
  const { added } = highlights.get("galley-note") ?? {};
  expect(at(200, 300)).toEqual(upTo(0, 6));
  expect(highlights.get("galley-note")?.added).toBe(added);
  expect(at(200, 2_000).sort((a, b) => a - b)).toEqual(upTo(16, 26));
  expect(at(200, 3_900).sort((a, b) => a - b)).toEqual(upTo(35, 39));
  expect(at(0, 0)).toEqual([]);
});

test("re16 the layout is another after a change, once a frame", () => {
  frame();
  const before = pane.layout.value;
  write("one");
  render();
  article.dispatchEvent(new Event("load"));
  expect(pane.layout.value).toBe(before);
  frame();
  expect(pane.layout.value).toBe(before + 1);
});
