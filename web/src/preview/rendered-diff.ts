/**
 * Two renderings as one page: words that came or went are marked where they stand, blocks as wholes where they are new
 * or gone. Works on nodes only; pictures, formulas and the like are never taken apart.
 *
 * Invariant: every piece of text that belongs to the version looked at is recorded with its place in that version's
 * rendering, so that a selection finds its way to the source whatever stands between. Next: `rendered-sides.ts` for that
 * record, `rendered-words.ts` for what is inside a paragraph, `passage.ts` for selections.
 */
import { diff, numbers, wordsOf } from "../session/differences";
import { blocksOf } from "./patch";
import { Both, type Homes, isAtomic, type Owner, settle, textsIn } from "./rendered-sides";
import { mergeWords } from "./rendered-words";
import type { Rendering } from "./renderings";

export interface Marked {
  blocks: HTMLElement[];
  /** Of the version's text. */
  homes: Homes;
  /** Of text that only the other has, in the other's rendering. */
  others: Homes;
}

/** Whether to go on, perhaps after a rest: a long text is marked in many short turns, so that the page stays awake. */
export type Pace = () => Promise<"on" | "enough">;

const atOnce: Pace = () => Promise.resolve("on");

/** One rendering alone, or marked against an older one; null when nobody wants it any more. */
export async function renderMarked(old: Rendering | null, text: Rendering, owner: Owner, pace = atOnce): Promise<Marked | null> {
  const [homes, others]: [Homes, Homes] = [new WeakMap(), new WeakMap()];
  const after = blocksOf(text.blocks);
  if (!old) {
    after.forEach((block, index) => settle(homes, block, index));
    return { blocks: after, homes, others };
  }
  const ids = new Map<string, number>();
  const changes = diff(numbers(old.blocks, ids), numbers(text.blocks, ids));
  const blocks: HTMLElement[] = [];
  let [doneA, doneB] = [0, 0];
  const same = (toA: number, toB: number) => {
    for (; doneB < toB; doneA++, doneB++) {
      const block = after[doneB];
      if (!block) continue;
      settle(homes, block, owner === "new" ? doneB : doneA);
      blocks.push(block);
    }
    doneA = toA;
  };
  for (const { fromA, toA, fromB, toB } of changes) {
    same(fromA, fromB);
    const before = blocksOf(old.blocks.slice(fromA, toA));
    const both = new Both(owner, homes, others);
    before.forEach((block, index) => both.note(block, fromA + index));
    after.slice(fromB, toB).forEach((block, index) => both.note(block, fromB + index));
    for (const [gone, come] of pairs(before, after.slice(fromB, toB))) {
      if (gone && come) merge(both, gone, come);
      else if (come) both.whole("added", come);
      else if (gone) both.whole("removed", gone);
      blocks.push((come ?? gone) as HTMLElement);
      if ((await pace()) === "enough") return null;
    }
    [doneA, doneB] = [toA, toB];
  }
  same(old.blocks.length, after.length);
  return { blocks, homes, others };
}

/** Turns `after` into both, in its place. */
function merge(both: Both, before: Element, after: Element): void {
  if (before.isEqualNode(after)) return both.equal(before, after);
  if (before instanceof HTMLInputElement && after instanceof HTMLInputElement) {
    after.dataset["mark"] = "added";
    after.title = after.checked ? "Ticked since" : "Not ticked any more";
    return;
  }
  const holds = isContainer(before) && isContainer(after);
  if (before.tagName !== after.tagName || isContainer(before) !== isContainer(after) || isAtomic(after)) {
    const place = after.parentElement;
    const gone = both.whole("removed", before);
    if (place) place.insertBefore(gone, after);
    both.whole("added", after);
  } else if (holds) mergeChildren(both, before, after);
  else mergeWords(both, before, after);
}

function mergeChildren(both: Both, before: Element, after: Element): void {
  wrapInline(before);
  wrapInline(after);
  const [old, now] = [[...before.children], [...after.children]];
  let last: Element | null = null;
  // A row keeps its columns.
  const cells = after.tagName === "TR" && old.length === now.length;
  for (const [gone, come] of cells ? now.map((cell, at): Pair => [old[at], cell]) : pairs(old, now)) {
    if (gone && come) merge(both, gone, come);
    else if (come) both.whole("added", come);
    else if (gone) {
      const shown = both.whole("removed", gone);
      if (last) last.after(shown);
      else after.prepend(shown);
      last = shown;
      continue;
    }
    if (come) last = come.parentElement === after ? come : come.closest("ins, del");
  }
  // What stands between the elements (line ends) is nobody's words, but counts in the version's text.
  const white = (element: Element) => [...element.childNodes].filter((node): node is Text => node instanceof Text);
  const from = white(before);
  white(after).forEach((text, at) => both.keep(text, from[at] ?? text, 0, text, 0));
}

const blocky = new Set(
  "P UL OL LI BLOCKQUOTE TABLE THEAD TBODY TFOOT TR TD TH DL DT DD DIV SECTION DETAILS SUMMARY PRE H1 H2 H3 H4 H5 H6 FIGURE FIGCAPTION HR NAV".split(" "),
);

function isContainer(element: Element): boolean {
  return !isAtomic(element) && [...element.children].some(({ tagName }) => blocky.has(tagName));
}

/** Bare words beside blocks (a list in a list) become an element of their own, so that all children are elements. */
function wrapInline(element: Element): void {
  let run: Node[] = [];
  const close = (before: Node | null) => {
    if (run.some((node) => node instanceof Element || node.textContent?.trim())) {
      const span = document.createElement("span");
      element.insertBefore(span, before);
      span.append(...run);
    }
    run = [];
  };
  for (const node of [...element.childNodes]) {
    if (node instanceof Element && (blocky.has(node.tagName) || node.tagName === "INPUT")) close(node);
    else run.push(node);
  }
  close(null);
}

type Pair = [gone: Element | undefined, come: Element | undefined];

/** Beyond so many questions of likeness only what is near is asked. */
const PAIRS_MAX = 2_500;
const NEAR = 12;
const ALIKE = 0.34;

/** Which of the old go on as which of the new, in order. */
function pairs(old: readonly Element[], now: readonly Element[]): Pair[] {
  const [bagsA, bagsB] = [old.map(bagOf), now.map(bagOf)];
  const goesOn = old.length * now.length > PAIRS_MAX ? nearest(bagsA, bagsB) : mostAlike(bagsA, bagsB);
  const found: Pair[] = [];
  let b = 0;
  old.forEach((gone, a) => {
    const to = goesOn[a] ?? -1;
    for (; b < to; b++) found.push([undefined, now[b]]);
    found.push([gone, to < 0 ? undefined : now[b++]]);
  });
  for (; b < now.length; b++) found.push([undefined, now[b]]);
  return found;
}

/** For each of the old the next of the new that is like it; -1 for none. */
function nearest(old: readonly Bag[], now: readonly Bag[]): number[] {
  let next = 0;
  return old.map((bag) => {
    const near = now.slice(next, next + NEAR).findIndex((other) => likenessOf(bag, other) >= ALIKE);
    if (near < 0) return -1;
    next += near + 1;
    return next - 1;
  });
}

/** The same, with the most likeness in all. */
function mostAlike(old: readonly Bag[], now: readonly Bag[]): number[] {
  const width = now.length + 1;
  const best = new Float64Array((old.length + 1) * width);
  const like = new Float64Array(old.length * width);
  for (let a = old.length - 1; a >= 0; a--) {
    for (let b = now.length - 1; b >= 0; b--) {
      const likeness = likenessOf(old[a], now[b]);
      like[a * width + b] = likeness;
      const skip = Math.max(best[(a + 1) * width + b] ?? 0, best[a * width + b + 1] ?? 0);
      best[a * width + b] = Math.max(skip, likeness < ALIKE ? 0 : likeness + (best[(a + 1) * width + b + 1] ?? 0));
    }
  }
  let b = 0;
  return old.map((_, a) => {
    for (; b < now.length; b++) {
      const all = best[a * width + b] ?? 0;
      const likeness = like[a * width + b] ?? 0;
      if (likeness >= ALIKE && all <= likeness + (best[(a + 1) * width + b + 1] ?? 0)) return b++;
      if (all <= (best[(a + 1) * width + b] ?? 0)) return -1;
    }
    return -1;
  });
}

interface Bag {
  shape: string;
  words: Map<string, number>;
  count: number;
}

function bagOf(element: Element): Bag {
  const inner = element.classList.contains("block") ? (element.firstElementChild ?? element) : element;
  const words = new Map<string, number>();
  // Text by text: between the cells of a row there is no space.
  const all = textsIn(element).flatMap(({ data }) => wordsOf(data).tokens.filter((token) => token.trim() !== ""));
  for (const word of all) words.set(word, (words.get(word) ?? 0) + 1);
  return { shape: inner.tagName, words, count: all.length };
}

/** The share of words two have in common; of another shape, nothing. */
function likenessOf(a: Bag | undefined, b: Bag | undefined): number {
  if (!a || !b || a.shape !== b.shape) return 0;
  // Without words (a picture, a tick box) the shape is all there is.
  if (a.count === 0 && b.count === 0) return ALIKE;
  let common = 0;
  for (const [word, count] of a.words) common += Math.min(count, b.words.get(word) ?? 0);
  return (2 * common) / (a.count + b.count);
}
