import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { heightOf, lineAt } from "./preview";
import { linkScroll } from "./scroll";

/** Three blocks of 100, 200 and 50 px, at lines 0, 4 and 10. */
function sheet(): HTMLElement {
  const article = document.createElement("article");
  let top = 0;
  for (const height of [100, 200, 50]) {
    const block = document.createElement("div");
    const rect = { top } as DOMRect;
    Object.defineProperties(block, { getBoundingClientRect: { value: () => rect }, clientHeight: { value: height } });
    article.append(block);
    top += height;
  }
  return article;
}
const lines = [0, 4, 10];

test.each([
  [0, 0],
  [50, 2],
  [100, 4],
  [200, 7],
  [300, 10],
  [325, 10.5],
  [9_000, 11],
])("height %d is line %d", (height, line) => expect(lineAt(sheet(), lines, height)).toBe(line));

test.each([0, 1.5, 4, 5.25, 9.75, 10, 10.5])("line %d has a height, and back", (line) => {
  const article = sheet();
  expect(lineAt(article, lines, heightOf(article, lines, line))).toBeCloseTo(line);
});

test("without blocks there is nowhere to go", () => {
  const empty = document.createElement("article");
  expect([lineAt(empty, [], 500), heightOf(empty, [], 3)]).toEqual([0, 0]);
});

let frames: (() => void)[];
beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => frames.push(run));
});
afterEach(() => vi.unstubAllGlobals());

function panes() {
  const [source, text] = [document.createElement("div"), document.createElement("div")];
  const log: string[] = [];
  const link = linkScroll(
    { view: { scrollDOM: source }, scroll: { topLine: () => 7, toLine: (line) => void log.push(`source to ${line}`) } },
    { scroller: text, lineAtTop: () => 3, toLine: (line) => void log.push(`text to ${line}`) },
  );
  const scrolls = (pane: HTMLElement) => (pane.dispatchEvent(new Event("scroll")), frames.splice(0).forEach((run) => run()));
  return { source, text, log, scrolls, ...link };
}

test("only the pane a person moves leads", () => {
  const { source, text, log, scrolls } = panes();
  scrolls(text);
  expect(log).toEqual([]);
  source.dispatchEvent(new Event("wheel"));
  scrolls(source);
  scrolls(text);
  expect(log).toEqual(["text to 7"]);
  text.dispatchEvent(new Event("touchstart"));
  scrolls(text);
  expect(log).toEqual(["text to 7", "source to 3"]);
});

test("while somebody else places both, neither pulls the other; the first own move leads again", () => {
  const { source, text, log, scrolls, rest } = panes();
  source.dispatchEvent(new Event("wheel"));
  rest();
  scrolls(source);
  scrolls(text);
  expect(log).toEqual([]);
  text.dispatchEvent(new Event("wheel"));
  scrolls(text);
  expect(log).toEqual(["source to 3"]);
});

test("unlinked they go apart, linked again the text comes to the source", () => {
  const { source, log, scrolls, linked } = panes();
  linked.value = false;
  source.dispatchEvent(new Event("wheel"));
  scrolls(source);
  expect(log).toEqual([]);
  linked.value = true;
  expect(log).toEqual(["text to 7"]);
});
