/**
 * Where things stand in the sheet, and bringing them into sight. All offsets are of the shown text.
 *
 * Heights inside a block are measured once and remembered until something may have changed them: the sheet's width, a
 * picture, a font. Of a long document most blocks are not laid out; such a block is not made to be for a question: its
 * height is guessed, and asked again once it comes near. Next: `places.ts`.
 */
import { guessedTop, isSkipped, lastAbove } from "./parts";
import type { Places, Spot } from "./places";
import { rectsOf, textsOf } from "./texts";

export class Geometry {
  /** For units of a block's text, how far below the block's top their row begins. */
  private inside = new WeakMap<Element, Map<number, number>>();
  private halfLine: number | null = null;

  constructor(
    private readonly article: HTMLElement,
    private readonly scroller: HTMLElement,
    private readonly places: Places,
  ) {}

  /** Pixels from the top of the scroller's content to the row a place stands in. */
  topOf(offset: number): number | null {
    const spot = this.isShown() ? this.places.spot(offset) : null;
    if (!spot) return null;
    const { block, unit } = spot;
    if (isSkipped(block)) return this.zero() + guessedTop(block, Math.min(1, (unit ?? 0) / Math.max(1, block.textContent.length)));
    return this.zero() + block.getBoundingClientRect().top + this.within(spot);
  }

  /** The first and the last block within so many heights above and below what is seen; null while nothing is. */
  near(heights: number): [first: number, last: number] | null {
    if (this.places.blocks.length === 0 || !this.isShown()) return null;
    const { top, bottom, height } = this.scroller.getBoundingClientRect();
    const above = (line: number) => lastAbove(this.article, (element) => element.getBoundingClientRect().top, line)?.index ?? 0;
    return [above(top - heights * height), above(bottom + heights * height)];
  }

  /** From the passage's first row to its last, in the scroller's content; laid out for it where it was not. */
  edgesOf(from: number, to: number): { top: number; bottom: number } | null {
    const ranges = this.isShown() ? this.places.ranges(from, to) : [];
    const [first, last] = [ranges[0], ranges.at(-1)];
    const [head, tail] = [first && rectsOf(first)[0], last && rectsOf(last).at(-1)];
    if (head && tail) return { top: head.top + this.zero(), bottom: tail.bottom + this.zero() };
    const top = this.topOf(from);
    return top === null ? null : { top, bottom: top };
  }

  /** The last line of a passage in window coordinates; null out of sight. */
  endRect(from: number, to: number): DOMRect | null {
    const last = this.isShown() ? this.places.ranges(from, to).at(-1) : undefined;
    const rect = last && rectsOf(last).at(-1);
    const seen = this.scroller.getBoundingClientRect();
    return rect && rect.bottom > seen.top && rect.top < seen.bottom ? rect : null;
  }

  /** What was measured may be otherwise now: everywhere, or in one block. */
  forget(block?: Element): void {
    if (block) return void this.inside.delete(block);
    this.inside = new WeakMap();
    this.halfLine = null;
  }

  /** Not while only the source shows. */
  private isShown(): boolean {
    return this.scroller.clientHeight > 0;
  }

  /** From the window's coordinates to those of the scroller's content. */
  private zero(): number {
    return this.scroller.scrollTop - this.scroller.getBoundingClientRect().top - this.scroller.clientTop;
  }

  private within({ block, unit }: Spot): number {
    if (unit === null) return 0;
    const known = this.inside.get(block) ?? new Map<number, number>();
    this.inside.set(block, known);
    const height = known.get(unit) ?? this.rowTop(block, unit);
    known.set(unit, height);
    return height;
  }

  /** The top of a row as high as the text's own, whatever the size of what stands in it. */
  private rowTop(block: HTMLElement, unit: number): number {
    const { length, range } = textsOf(block);
    const at = Math.min(unit, length - 1);
    const rect = at < 0 ? undefined : rectsOf(range(at, at + 1))[0];
    if (!rect) return 0;
    this.halfLine ??= (Number.parseFloat(getComputedStyle(this.article).lineHeight) || rect.height) / 2;
    return (rect.top + rect.bottom) / 2 - this.halfLine - block.getBoundingClientRect().top;
  }
}

/** Blocks that come near get another height than the guessed one, and what stands below moves: look again so often. */
const SETTLE_FRAMES = 3;

const hands = ["pointerdown", "wheel", "touchstart", "keydown"] as const;

/** Brings places of the sheet into sight, and keeps them there while what comes near is laid out; a person's hand ends it. */
export class Settling {
  private latest = 0;
  private readonly stop = () => void this.latest++;

  constructor(private readonly scroller: HTMLElement) {
    for (const hand of hands) scroller.addEventListener(hand, this.stop, { passive: true });
  }

  /** Scrolls to what `wanted` answers, now and in the next frames; null: it is there. */
  to(wanted: () => number | null): void {
    const own = ++this.latest;
    const step = (left: number) => {
      const top = own === this.latest ? wanted() : null;
      if (top !== null && Math.abs(top - this.scroller.scrollTop) >= 1) this.scroller.scrollTop = top;
      if (own === this.latest && left > 0) requestAnimationFrame(() => step(left - 1));
    };
    step(SETTLE_FRAMES);
  }

  destroy(): void {
    this.stop();
    for (const hand of hands) this.scroller.removeEventListener(hand, this.stop);
  }
}
