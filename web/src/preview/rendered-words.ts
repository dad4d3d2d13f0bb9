/**
 * The words of one paragraph, before and after, as one. Words keep their looks: what became bold counts as changed, and
 * what went is shown as it was. Pictures, formulas and line breaks are words of their own, never opened.
 */
import { tokenChanges, wordsOf } from "../session/differences";
import { type Both, isAtomic, markOf } from "./rendered-sides";

interface Token {
  key: string;
  node: Text | Element;
  from: number;
  to: number;
}

/** Turns `after` into both, in its place. */
export function mergeWords(both: Both, before: Element, after: Element): void {
  const [old, now] = [tokensOf(before), tokensOf(after)];
  const changes = tokenChanges(
    old.map(({ key }) => key),
    now.map(({ key }) => key),
  );
  const added = new Uint8Array(now.length);
  /** Whose place in the old each of the new has that stayed. */
  const origin = new Int32Array(now.length).fill(-1);
  const gone = new Map<number, HTMLElement>();
  let [doneA, doneB] = [0, 0];
  for (const { fromA, toA, fromB, toB } of [...changes, { fromA: old.length, toA: old.length, fromB: now.length, toB: now.length }]) {
    for (; doneB < fromB; doneB++, doneA++) origin[doneB] = doneA;
    added.fill(1, fromB, toB);
    if (fromA < toA) gone.set(fromB, removal(both, before, old.slice(fromA, toA)));
    [doneA, doneB] = [toA, toB];
  }
  rebuild({ both, after, old, now, added, origin, gone });
}

function tokensOf(root: Element): Token[] {
  const found: Token[] = [];
  const walk = (node: Node, looks: string) => {
    if (node instanceof Text) {
      const { tokens, at } = wordsOf(node.data);
      tokens.forEach((word, index) => found.push({ key: word === "\n" ? word : word + looks, node, from: at(index), to: at(index + 1) }));
    } else if (node instanceof Element && isAtomic(node)) found.push({ key: atomKey(node), node, from: 0, to: 0 });
    else if (node instanceof Element) for (const child of node.childNodes) walk(child, node === root ? "" : looks + looksOf(node));
  };
  walk(root, "");
  return found;
}

/** How an element makes its words look; one sign each, so that it weighs nothing against the words. */
function looksOf(element: Element): string {
  const { tagName } = element;
  if (tagName === "SPAN") return "";
  return `\u0000${tagName === "A" ? `A${element.getAttribute("href") ?? ""}` : tagName}`;
}

function atomKey(element: Element): string {
  const about = ["src", "alt", "data-id"].map((name) => element.getAttribute(name) ?? "");
  return ["\u0001", element.tagName, ...about, element.hasAttribute("checked"), element.textContent].join("\u0000");
}

/** What went, as it looked. */
function removal(both: Both, root: Element, tokens: readonly Token[]): HTMLElement {
  const mark = markOf("removed");
  for (const { node, from, to } of runsOf(tokens)) {
    if (!(node instanceof Text)) {
      const copy = node.cloneNode(true) as Element;
      copy.removeAttribute("id");
      mark.append(copy);
      continue;
    }
    const text = document.createTextNode(node.data.slice(from, to));
    both.put("removed", text, node, from);
    mark.append(dressed(text, node, root));
  }
  return mark;
}

/** Neighbours in one node together. */
function runsOf(tokens: readonly Token[]): Token[] {
  const found: Token[] = [];
  for (const token of tokens) {
    const last = found.at(-1);
    if (last && last.node === token.node && token.node instanceof Text) last.to = token.to;
    else found.push({ ...token });
  }
  return found;
}

/** In copies of the elements its origin stands in. */
function dressed(text: Text, origin: Text, root: Element): Node {
  let dress: Node = text;
  for (let parent = origin.parentElement; parent && parent !== root; parent = parent.parentElement) {
    const copy = parent.cloneNode(false) as Element;
    copy.removeAttribute("id");
    copy.append(dress);
    dress = copy;
  }
  return dress;
}

interface Rebuilding {
  both: Both;
  after: Element;
  old: readonly Token[];
  now: readonly Token[];
  added: Uint8Array;
  origin: Int32Array;
  gone: ReadonlyMap<number, HTMLElement>;
}

function rebuild({ both, after, old, now, added, origin, gone }: Rebuilding): void {
  let last: ChildNode | null = null;
  /** What went stands behind what comes before it, outside of the other's looks where there is a choice. */
  const put = (mark: HTMLElement | undefined, before: ChildNode) => {
    if (!mark) return;
    if (last && (last.parentNode === after || before.parentNode !== after)) last.after(mark);
    else before.before(mark);
  };
  for (let at = 0; at < now.length; ) {
    const { node } = now[at] as Token;
    put(gone.get(at), node);
    if (!(node instanceof Text)) {
      last = added[at] ? marked(node) : node;
      at++;
      continue;
    }
    const pieces: ChildNode[] = [];
    for (let first = true; now[at]?.node === node; first = false) {
      const mark = gone.get(at);
      if (mark && !first) pieces.push(mark);
      const from = at++;
      while (now[at]?.node === node && added[at] === added[from] && !gone.has(at)) at++;
      pieces.push(pieceOf(both, node, now.slice(from, at), added[from] ? null : (old[origin[from] ?? -1] ?? null)));
    }
    node.replaceWith(...pieces);
    last = pieces.at(-1) ?? last;
  }
  const tail = gone.get(now.length);
  if (tail && last) last.after(tail);
  else if (tail) after.append(tail);
}

function marked(element: Element): HTMLElement {
  const mark = markOf("added");
  element.replaceWith(mark);
  mark.append(element);
  return mark;
}

/** `was`: where in the old its first word stood; null for what is new. */
function pieceOf(both: Both, node: Text, tokens: readonly Token[], was: Token | null): ChildNode {
  const from = tokens[0]?.from ?? 0;
  const text = document.createTextNode(node.data.slice(from, tokens.at(-1)?.to));
  if (was) {
    both.keep(text, was.node instanceof Text ? was.node : node, was.from, node, from);
    return text;
  }
  both.put("added", text, node, from);
  const mark = markOf("added");
  mark.append(text);
  return mark;
}
