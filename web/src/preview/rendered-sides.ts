/**
 * What is known of two renderings while they become one page: which text belongs to the version looked at, and how marks
 * are put. Invariant: places are counted before anything is moved. Next: `rendered-diff.ts`.
 */
/** Which of the two belongs to the version looked at. */
export type Owner = "old" | "new";

/** Where a text node stands in the version's rendering: its block, and how much of the block's text comes before it. */
export interface Home {
  block: number;
  unit: number;
}

export type Homes = WeakMap<Text, Home>;

/** Records the text of a block of the version as it stands. */
export function settle(homes: Homes, block: Element, index: number): void {
  let unit = 0;
  for (const text of textsIn(block)) {
    homes.set(text, { block: index, unit });
    unit += text.length;
  }
}

export function textsIn(root: Node): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) found.push(node as Text);
  return found;
}

export type Change = "added" | "removed";

/** What is known of both sides while they become one. */
export class Both {
  private readonly known = new WeakMap<Text, Home>();

  constructor(
    private readonly owner: Owner,
    private readonly homes: Homes,
    /** Text that is only in the other. */
    private readonly others: Homes,
  ) {}

  /** Counts the text of a block before anything is done to it. */
  note(block: Element, index: number): void {
    settle(this.known, block, index);
  }

  /** Text that is the same on both sides is shown as this node, from these places on. */
  keep(shown: Text, old: Text, oldFrom: number, now: Text, nowFrom: number): void {
    this.place(this.homes, shown, this.owner === "old" ? old : now, this.owner === "old" ? oldFrom : nowFrom);
  }

  /** Text of one side only. */
  put(change: Change, shown: Text, origin: Text, from: number): void {
    const own = (change === "removed") === (this.owner === "old");
    this.place(own ? this.homes : this.others, shown, origin, from);
  }

  private place(homes: Homes, shown: Text, origin: Text, from: number): void {
    const home = this.known.get(origin);
    if (home) homes.set(shown, { block: home.block, unit: home.unit + from });
  }

  /** Marks something as a whole; answers with what stands in the page for it. */
  whole(change: Change, element: Element): Element {
    for (const text of textsIn(element)) this.put(change, text, text, 0);
    if (change === "removed") {
      for (const named of [element, ...element.querySelectorAll("[id]")]) named.removeAttribute("id");
    }
    return markWhole(element, change);
  }

  /** Everything in two equal trees is the same. */
  equal(before: Element, after: Element): void {
    const old = textsIn(before);
    textsIn(after).forEach((text, at) => this.keep(text, old[at] ?? text, 0, text, 0));
  }
}

const inside = new Set(["LI", "TD", "TH", "DT", "DD", "SUMMARY", "FIGCAPTION", "SPAN"]);
const rows = new Set(["TR", "THEAD", "TBODY", "TFOOT"]);

/** `<ins>` or `<del>` around it, or inside where the page's structure wants the element itself; a block says it by its role. */
function markWhole(element: Element, change: Change): Element {
  if (element.classList.contains("block")) {
    element.setAttribute("role", change === "added" ? "insertion" : "deletion");
    element.setAttribute("data-mark", change);
    return element;
  }
  if (rows.has(element.tagName)) {
    for (const cell of [...element.children]) markWhole(cell, change);
    return element;
  }
  const mark = markOf(change);
  if (inside.has(element.tagName)) {
    mark.append(...element.childNodes);
    element.append(mark);
    return element;
  }
  element.replaceWith(mark);
  mark.append(element);
  return mark;
}

/** An empty mark. */
export function markOf(change: Change): HTMLElement {
  const mark = document.createElement(change === "added" ? "ins" : "del");
  mark.dataset["mark"] = change;
  return mark;
}

const atoms = new Set(["IMG", "MATH", "SVG", "INPUT", "VIDEO", "AUDIO", "BR", "HR", "PICTURE", "IFRAME"]);

/** What is shown as a whole or not at all. */
export function isAtomic(element: Element): boolean {
  return atoms.has(element.tagName.toUpperCase()) || element.classList.contains("diagram") || element.classList.contains("embed");
}
