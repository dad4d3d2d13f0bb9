/** HI: the page of a version with what changed marked in it, and the way from a selection in it to the source. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { passageOf } from "./passage";
import { renderMarked } from "./rendered-diff";
import type { Owner } from "./rendered-sides";
import { addUp, type Rendering } from "./renderings";
import { source as everything } from "./test/constructs";
import { loadRenderer } from "./wasm";

const built = resolve(import.meta.dirname, "../../render.wasm");
const nothing: Rendering = { blocks: [], sources: new Uint32Array(), maps: [], lang: null, dir: null };

async function rendered(text: string): Promise<Rendering> {
  return addUp(nothing, (await loadRenderer(readFileSync(built))).update(text));
}

async function marked(old: string, text: string, owner: Owner = "new") {
  const [before, after] = [await rendered(old), await rendered(text)];
  const article = document.createElement("article");
  const made = await renderMarked(before, after, owner);
  const { blocks, homes, others } = made ?? { blocks: [], homes: new WeakMap(), others: new WeakMap() };
  article.append(...blocks);
  return { article, homes, others, rendering: owner === "new" ? after : before, other: owner === "new" ? before : after };
}

/** The page in one line: what went in [- -], what came in [+ +]. */
function said(node: Node): string {
  if (node instanceof Text) return node.data;
  if (!(node instanceof Element)) return "";
  const inner = [...node.childNodes].map(said).join("");
  if (node.tagName === "IMG") return mark(node, "🖼");
  return mark(node, inner);
}

function mark(node: Element, inner: string): string {
  const kind = node.getAttribute("data-mark");
  return kind === "added" ? `[+${inner}+]` : kind === "removed" ? `[-${inner}-]` : inner;
}

describe.skipIf(!existsSync(built))("a page against an older one", () => {
  test.each([
    ["words in a paragraph", "One two three.", "One three four.", "One [-two -]three[+ four+]."],
    ["a paragraph that is new", "First one.\n\nLast one.", "First one.\n\nA middle.\n\nLast one.", "First one.[+A middle.+]Last one."],
    ["a paragraph that went", "First one.\n\nA middle.\n\nLast one.", "First one.\n\nLast one.", "First one.[-A middle.-]Last one."],
    ["what became bold", "All these words stay the same.", "All these **words** stay the same.", "All these [-words-][+words+] stay the same."],
    ["a picture", "See ![a](/a.png) this one here.", "See ![b](/b.png) this one here.", "See [-🖼-][+🖼+] this one here."],
    ["an item of a list", "- one\n- two\n- three", "- one\n- three", "\none\n[-two-]three\n"],
    ["a cell of a table", "| a | b |\n|---|---|\n| one | two |", "| a | b |\n|---|---|\n| one | six |", "\na\nb\none\n[-two-][+six+]\n"],
    ["a heading instead of a paragraph", "Title here", "# Title here", "[-Title here-][+Title here+]"],
    ["nothing", "Same.", "Same.", "Same."],
  ])("PG20 %s", async (_, old, text, expected) => {
    const { article } = await marked(old, text);
    const flat = (words: string) => words.replace(/\n+/g, "");
    expect(flat(said(article))).toBe(flat(expected));
  });

  test("PG20 what came and went around them leaves both texts whole, in every construct", async () => {
    const texts = [everything, everything.replaceAll("Plain", "Simple"), everything.slice(0, 260), everything.slice(180), ""];
    for (const old of texts) {
      for (const text of texts) {
        const [{ article }, plain, before] = [await marked(old, text), await alone(text), await alone(old)];
        for (const gone of article.querySelectorAll("[data-mark=removed]")) gone.remove();
        expect(squeezed(article)).toBe(squeezed(plain));
        const { article: other } = await marked(old, text);
        for (const come of other.querySelectorAll("[data-mark=added]:not(input)")) come.remove();
        expect(squeezed(other)).toBe(squeezed(before));
      }
    }
  });

});

describe.skipIf(!existsSync(built))("a selection in a page against an older one", () => {
  test.each(["new", "old"] as const)("PG21 finds the source of the %s text, whatever stands between", async (owner) => {
    const old = "# Plan\n\nWe *will* meet on Monday at ten.\n\n- tea\n- cake\n- milk\n\nThe old end.\n";
    const text = "# Plan\n\nWe *shall* meet on Tuesday at ten.\n\n- tea\n- milk\n\nThe new end.\n";
    const { article, homes, others, rendering, other } = await marked(old, text, owner);
    const own = owner === "new" ? text : old;
    const range = document.createRange();
    for (const word of ["meet", "ten", "tea", "milk", owner === "new" ? "shall" : "cake", owner === "new" ? "Tuesday" : "Monday"]) {
      const node = textWith(article, word);
      const at = node.data.indexOf(word);
      range.setStart(node, at);
      range.setEnd(node, at + word.length);
      const found = passageOf(article, homes, rendering, range);
      expect(found && own.slice(found.from, found.to)).toContain(word);
    }
    range.selectNodeContents(article);
    expect(passageOf(article, homes, rendering, range)?.from).toBe(0);
    const foreign = textWith(article, owner === "new" ? "cake" : "Tuesday");
    range.selectNodeContents(foreign);
    expect(passageOf(article, homes, rendering, range)).toBeNull();
    // What is only in the other finds its place there.
    const found = passageOf(article, others, other, range);
    expect(found && (owner === "new" ? old : text).slice(found.from, found.to)).toContain(owner === "new" ? "cake" : "Tuesday");
  });

  test("PG21 a whole paragraph brings its marks: a heading stays a heading", async () => {
    const text = "Before.\n\n## A *fine* heading\n\nAfter.\n";
    const { article, homes, rendering } = await marked("Before.\n\nAfter.\n", text);
    const range = document.createRange();
    range.selectNodeContents(article.querySelector("h2") as Element);
    const found = passageOf(article, homes, rendering, range);
    expect(found && text.slice(found.from, found.to).trim()).toBe("## A *fine* heading");
  });
});

async function alone(text: string): Promise<Element> {
  const article = document.createElement("article");
  article.append(...((await renderMarked(null, await rendered(text), "new"))?.blocks ?? []));
  return article;
}

const squeezed = (element: Element) => element.textContent.replace(/\s+/g, "");

function textWith(root: Element, word: string): Text {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) if (node.textContent?.includes(word)) return node as Text;
  throw new Error(`the page does not say ${word}`);
}
