/**
 * The only place that turns HTML into nodes.
 *
 * Invariant: HTML that is shown comes from the `render` crate, in this browser, now or when this device kept it, or on
 * the server, and from nowhere else; all of it passes the page's one Trusted Types policy. Only blocks that changed are touched, so pictures, open details
 * and the scroll position of everything else stay. Next: `parts.ts`, `preview.ts`.
 */
import { blocksIn, insertBlocks, intoParts, removeBlocks, someIn } from "./parts";
import type { Splice } from "./wasm";

interface Policy {
  createHTML(html: string): string;
  createScriptURL(url: string): string;
}

/** The page's policy; where the browser knows no Trusted Types, strings as they are. */
const policy: Policy = (
  globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }
).trustedTypes?.createPolicy("galley", { createHTML: (html) => html, createScriptURL: ours }) ?? {
  createHTML: (html) => html,
  createScriptURL: ours,
};

/** Only scripts of this site's own build. */
function ours(url: string): string {
  if (new URL(url, location.href).origin !== location.origin) throw new TypeError("not a script of this site");
  return url;
}

/** The address of one of our own scripts, as workers want it. */
export const scriptUrl = (url: string): string => policy.createScriptURL(url);

/** Shows rendered HTML, once. */
export function fill(element: HTMLElement, html: string): void {
  element.replaceChildren(parse(html));
  intoParts(element);
}

/** Rendered blocks as elements that stand nowhere yet. */
export function blocksOf(blocks: readonly string[]): HTMLElement[] {
  return [...parse(blocks.join("")).children] as HTMLElement[];
}

/** Told what came in the place of what, while both are in the page: what is alive goes over. */
export type Settle = (fresh: readonly Element[], gone: readonly Element[]) => void;

/**
 * HTML from elsewhere, the clipboard for one, as nodes to read. They belong to no window: nothing in them runs, loads
 * or is shown. They must never be put into the page. A `style` is found as `data-style`: even here the page's policy
 * would report every one of them, and every handler. Where attributes begin only the browser's parser knows; so every
 * place where one could is marked, among words too, with what nobody can have written, and what is read is unmarked.
 */
export function inert(html: string): DocumentFragment {
  const mark = `x${crypto.randomUUID()}-`;
  const quiet = html.replace(/<(style|script)\b[^]*?<\/\1\s*>/gi, "");
  const nodes = parse(quiet.replace(/(?<=[\s\0/"'])(?=on|style)/gi, mark));
  const texts = document.createNodeIterator(nodes, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) if (text.nodeValue?.includes(mark)) text.nodeValue = text.nodeValue.replaceAll(mark, "");
  for (const element of nodes.querySelectorAll("*")) unmark(element, mark);
  return nodes;
}

/** What may be set anew without the policy being asked. */
const words = ["class", "alt", "data-lang"];

function unmark(element: Element, mark: string): void {
  const style = element.getAttribute(`${mark}style`);
  if (style !== null) element.setAttribute("data-style", style.replaceAll(mark, ""));
  const address = { a: "href", img: "src" }[element.localName];
  for (const name of address ? [...words, address] : words) {
    const value = element.getAttribute(name);
    if (value?.includes(mark)) element.setAttribute(name, value.replaceAll(mark, ""));
  }
}

/** Makes the blocks of `article` those after the splice; returns those at the places of `inserted`. */
export function splice(article: HTMLElement, { from, removed, inserted }: Splice, settle: Settle = () => {}): Element[] {
  const parsed = [...parse(inserted.join("")).children];
  const old = someIn(article, from, removed);
  if (inserted.includes("")) return replaceSome(old, inserted, parsed, settle);
  insertBlocks(article, parsed, old[0] ?? someIn(article, from, 1)[0] ?? null);
  settle(parsed, old);
  removeBlocks(old);
  intoParts(article);
  return parsed;
}

/** An empty one stands for the block that is there already. */
function replaceSome(old: Element[], inserted: readonly string[], parsed: Element[], settle: Settle): Element[] {
  const waiting = [...parsed];
  const now = old.map((block, at) => (inserted[at] ? (waiting.shift() ?? block) : block));
  const gone = old.filter((block, at) => now[at] !== block);
  old.forEach((block, at) => now[at] !== block && now[at] && block.before(now[at]));
  settle(parsed, gone);
  for (const block of gone) block.remove();
  return now;
}

/**
 * A whole rendering over what is shown, for instance what the server sent: blocks that are the same stay. `dress` makes
 * what is new as the page makes what it shows, before the two are compared.
 */
export function takeOver(article: HTMLElement, html: string, settle: Settle = () => {}, dress: (fresh: Element[]) => void = () => {}): Element[] {
  const fresh = [...parse(html).children];
  dress(fresh);
  const shown = blocksIn(article);
  const same = (a: Element | undefined, b: Element | undefined) => a !== undefined && b !== undefined && a.isEqualNode(b);
  let head = 0;
  while (same(shown[head], fresh[head])) head++;
  let tail = 0;
  while (tail < Math.min(shown.length, fresh.length) - head && same(shown.at(-1 - tail), fresh.at(-1 - tail))) tail++;
  const next = shown[shown.length - tail] ?? null;
  const gone = shown.slice(head, shown.length - tail);
  const come = fresh.slice(head, fresh.length - tail);
  insertBlocks(article, come, next);
  settle(come, gone);
  removeBlocks(gone);
  intoParts(article);
  return blocksIn(article);
}

function parse(html: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html);
  return template.content;
}
