/**
 * The changes in what is shown, in order: marks without unmarked words between them are one. The same for both views, so
 * that next and previous mean what a person sees.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { announce } from "../announce";
import type { Passage } from "./restoring";

/** What shows a text now: the page or the source. */
export interface Surface {
  scroller: HTMLElement;
  /** Where each change begins. */
  changes: readonly HTMLElement[];
  /** What is selected, in the version's source; or, if nothing of it is selected, in that of the other. */
  passage(range: Range): Selected | null;
}

export interface Selected {
  of: "version" | "other";
  passage: Passage;
}

/** A text, and what it is shown against. */
export interface Texts {
  old: string | null;
  text: string;
}

export interface Changes {
  readonly surface: ReadonlySignal<Surface | null>;
  readonly count: ReadonlySignal<number>;
  /** From 1; 0 before the first step. */
  readonly at: ReadonlySignal<number>;
  /** The texts it shows. */
  readonly of: ReadonlySignal<Texts | null>;
  show(surface: Surface, of: Texts): void;
  /** What showed it is gone; another may show already. */
  hide(scroller: HTMLElement | null): void;
  step(by: 1 | -1): void;
}

export function createChanges(): Changes {
  const surface = signal<Surface | null>(null);
  const at = signal(0);
  const of = signal<Texts | null>(null);
  return {
    surface,
    at,
    count: computed(() => surface.value?.changes.length ?? 0),
    of,
    show(next, what) {
      of.value = what;
      surface.value = next;
      at.value = 0;
    },
    hide(scroller) {
      if (surface.peek()?.scroller === scroller) surface.value = null;
    },
    step(by) {
      const { changes } = surface.peek() ?? { changes: [] };
      if (changes.length === 0) return;
      const from = at.peek() === 0 && by < 0 ? 1 : at.peek();
      const next = ((from - 1 + by + changes.length) % changes.length) + 1;
      changes[at.peek() - 1]?.removeAttribute("data-here");
      changes[next - 1]?.setAttribute("data-here", "");
      changes[next - 1]?.scrollIntoView({ block: "center" });
      at.value = next;
      announce(`Change ${next} of ${changes.length}.`);
    },
  };
}

export function changesIn(root: Element): HTMLElement[] {
  const found: HTMLElement[] = [];
  let inside = false;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; ) {
    const mark = node instanceof HTMLElement && node.dataset["mark"] ? node : null;
    if (mark) {
      if (!inside) found.push(mark);
      inside = true;
      node = behind(walker);
      continue;
    }
    if (node instanceof Text && node.data.trim() !== "") inside = false;
    node = walker.nextNode();
  }
  return found;
}

/** The next node that is not inside this one. */
function behind(walker: TreeWalker): Node | null {
  for (let up: Node | null = walker.currentNode; up && up !== walker.root; up = walker.parentNode()) {
    const next = walker.nextSibling();
    if (next) return next;
  }
  return null;
}

/** Brings the first change into sight, unless one is. */
export function revealFirst({ scroller, changes }: Surface): void {
  const seen = scroller.getBoundingClientRect();
  const isSeen = (element: Element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > seen.top && top < seen.bottom;
  };
  // What stands in a part that is far away is not laid out, and not made to be for this.
  const near = (change: HTMLElement) => isSeen(change.closest(".block, .row-group") ?? change) && isSeen(change);
  if (changes.length > 0 && !changes.some(near)) changes[0]?.scrollIntoView({ block: "center" });
}
