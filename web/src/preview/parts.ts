/**
 * The blocks of a sheet, wherever they stand: of a long text they stand in parts.
 *
 * A browser asks of everything it may leave out of the layout whether it is near, at every frame, and walks a flat list
 * as a whole whenever one of it changes. With thousands of blocks that took longer than what was left out; so it is parts
 * of some dozens that are left out. Invariant: no part is empty, and where there is one all blocks stand in parts; the
 * server's pages come so too (`http/pages.rs`). Next: `patch.ts`, which changes the blocks.
 */

/** From so many blocks on a text stands in parts; as in the server's pages. */
const LONG_BLOCKS = 250;

/** A new part has so many blocks, and is parted again when it has twice as many; as in the server's pages. */
export const PART_BLOCKS = 32;

const PART = "part";

function partsOf(article: Element): readonly Element[] | null {
  return article.firstElementChild?.className === PART ? [...article.children] : null;
}

/** All blocks, in order. */
export function blocksIn(article: Element): Element[] {
  return partsOf(article)?.flatMap((part) => [...part.children]) ?? [...article.children];
}

/** So many blocks from one on, as many as there are. */
export function someIn(article: Element, from: number, count: number): Element[] {
  const parts = partsOf(article) ?? [article];
  const found: Element[] = [];
  let before = 0;
  for (const { children } of parts) {
    for (let at = Math.max(0, from - before); at < children.length && found.length < count; at++) found.push(children[at] as Element);
    if (found.length >= count) break;
    before += children.length;
  }
  return found;
}

/** The block something stands in, or is. */
export function blockAround(article: Element, node: Node | null): Element | null {
  for (let at = node; at; at = at.parentNode) {
    const holder = at.parentNode;
    if (holder === article ? !isPart(at) : holder?.parentNode === article && isPart(holder)) return at as Element;
  }
  return null;
}

/** Which block this is, from 0; -1: none of the sheet's. */
export function indexIn(article: Element, block: Element): number {
  const holder = block.parentElement;
  if (!holder || (holder !== article && holder.parentElement !== article)) return -1;
  let index = [...holder.children].indexOf(block);
  if (holder === article) return index;
  // Of a collection the browser remembers the length.
  for (let part = holder.previousElementSibling; part; part = part.previousElementSibling) index += part.children.length;
  return index;
}

/**
 * The last block that begins at or above a height, the first if none does. `topOf`: how high an element begins. Parts are
 * asked before their blocks: to ask for a block lays out the part it is in.
 */
export function lastAbove(article: Element, topOf: (element: Element) => number, height: number): { block: Element; index: number } | null {
  const parts = partsOf(article);
  const holder = parts ? last(parts, topOf, height) : article;
  const block = holder && last([...holder.children], topOf, height);
  return block ? { block, index: indexIn(article, block) } : null;
}

/** About where something stands in a block that is not laid out, `share` of 1 into it: it is not laid out for that. */
export function guessedTop(block: Element, share: number): number {
  const part = block.parentElement;
  if (!part || !isPart(part)) return block.getBoundingClientRect().top;
  const { top, height } = part.getBoundingClientRect();
  return top + (height * ([...part.children].indexOf(block) + share)) / part.childElementCount;
}

/** What begins where the block after this one does. */
export function behind(block: Element): Element | null {
  return block.nextElementSibling ?? (block.parentElement && isPart(block.parentElement) ? block.parentElement.nextElementSibling : null);
}

/** How many blocks stand before a place between two; null for a place in a block. */
export function blocksBefore(article: Element, node: Node, offset: number): number | null {
  if (node === article && partsOf(article)) return article.children[offset] ? blocksBefore(article, article.children[offset], 0) : blocksIn(article).length;
  if (node === article) return offset;
  if (node.parentNode !== article || !isPart(node)) return null;
  const next = node.childNodes[offset];
  return next ? indexIn(article, next as Element) : indexIn(article, node.lastChild as Element) + 1;
}

/** Puts blocks before one of the sheet, or at its end. */
export function insertBlocks(article: Element, fresh: readonly Element[], before: Element | null): void {
  const holder = before?.parentElement ?? partsOf(article)?.at(-1) ?? article;
  const added = document.createDocumentFragment();
  added.append(...fresh);
  holder.insertBefore(added, before);
  if (isPart(holder)) shorten(holder);
}

export function removeBlocks(gone: readonly Element[]): void {
  for (const block of gone) {
    const part = block.parentElement;
    block.remove();
    if (part && isPart(part) && part.childElementCount === 0) part.remove();
  }
}

/** Puts the blocks of a text that is long into parts. */
export function intoParts(article: Element): void {
  if (article.childElementCount < LONG_BLOCKS || partsOf(article)) return;
  article.replaceChildren(...chunks([...article.children]));
}

/** Whether the inside of a block or a part is not laid out, because it is far from being seen. */
export function isSkipped({ firstElementChild: inner }: Element): boolean {
  return inner?.checkVisibility?.({ contentVisibilityAuto: true }) === false;
}

function isPart(node: Node): boolean {
  return (node as Element).className === PART;
}

function shorten(part: Element): void {
  if (part.childElementCount <= 2 * PART_BLOCKS) return;
  part.after(...chunks([...part.children].slice(PART_BLOCKS)));
}

function chunks(blocks: readonly Element[]): Element[] {
  return Array.from({ length: Math.ceil(blocks.length / PART_BLOCKS) }, (_, at) => {
    const part = document.createElement("div");
    part.className = PART;
    part.append(...blocks.slice(at * PART_BLOCKS, (at + 1) * PART_BLOCKS));
    return part;
  });
}

/** The last of these whose top is not below a height; the first, if all are. */
function last(elements: readonly Element[], topOf: (element: Element) => number, height: number): Element | undefined {
  let [low, high] = [0, elements.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (topOf(elements[middle] as Element) <= height) low = middle;
    else high = middle - 1;
  }
  return elements[low];
}
