/**
 * Brings panes to a line, in a moment and without a jump.
 *
 * It aims anew in each frame and rests only when nothing has moved for a few: heights of what has not been drawn yet
 * are guesses, in CodeMirror and in long sheets alike. A line that changes while it moves only bends its way.
 */
import type { Pane } from "./panes";

/** In so many milliseconds about two thirds of the way are done; the whole takes a fifth of a second. */
const pullMs = 55;
const frameMs = 1_000 / 60;
const still = 4;

export class Glide {
  #line: number | null = null;
  #frame: number | null = null;
  #before = 0;
  #rested = 0;
  /** Where each pane was put, with the part of a pixel that a browser forgets. */
  readonly #at = new Map<HTMLElement, number>();

  /** `calm`: nothing moves by itself, what is to be seen is there at once. */
  constructor(
    private readonly panes: () => readonly Pane[],
    private readonly calm: () => boolean,
  ) {}

  to(line: number): void {
    this.#line = line;
    this.again();
  }

  /** Something has another height now. */
  again(): void {
    this.#rested = 0;
    if (this.#line === null || this.#frame !== null) return;
    this.#before = performance.now() - frameMs;
    this.#frame = requestAnimationFrame(this.#step);
  }

  stop(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    this.#line = null;
    this.#at.clear();
  }

  readonly #step = (): void => {
    const line = this.#line;
    if (line === null) return;
    const now = performance.now();
    const part = this.calm() ? 1 : 1 - Math.exp(-(now - this.#before) / pullMs);
    this.#before = now;
    const moved = this.panes().map((pane) => this.#pull(pane, line, part));
    this.#rested = moved.includes(true) ? 0 : this.#rested + 1;
    this.#frame = this.#rested < still ? requestAnimationFrame(this.#step) : null;
  };

  #pull({ scroller, goal }: Pane, line: number, part: number): boolean {
    const end = Math.min(Math.max(0, goal(line)), scroller.scrollHeight - scroller.clientHeight);
    const kept = this.#at.get(scroller);
    const from = kept !== undefined && Math.abs(kept - scroller.scrollTop) < 1 ? kept : scroller.scrollTop;
    const left = end - from;
    if (Math.abs(left) < 0.5) return false;
    const next = Math.abs(left) < 1 ? end : from + left * part;
    this.#at.set(scroller, next);
    scroller.scrollTop = next;
    return true;
  }
}
