/** The headings as they are while people write, the one that is being read, and going to one. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { lineAt } from "../../../preview/preview";
import type { Desk } from "../desk";
import { type Heading, headingsOf, offsetOf, under } from "./headings";

export interface Place {
  headings: ReadonlySignal<readonly Heading[]>;
  /** Which of them is read now; -1 before the first. */
  current: ReadonlySignal<number>;
  go(index: number): void;
  stop(): void;
}

/** What has passed so far below the upper edge is being read. */
const readPx = 96;
/** Where a heading stands that was gone to, as a part of the height. */
const goneTo = 0.06;

const hands = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

export function watchPlace(desk: Desk): Place {
  const { article, sheet, source, preview, editor } = desk;
  const headings = signal<readonly Heading[]>([]);
  const current = signal(-1);
  /** Near the end a heading cannot reach the upper edge: the one that was pressed stays until a hand scrolls on. */
  let chosen = false;
  let waiting = false;

  const lines = () => preview.peek()?.lines.peek() ?? [];
  const line = () => {
    if (sheet.clientHeight > 0) return lineAt(article, lines(), sheet.scrollTop + readPx);
    return (editor.peek()?.scroll.topLine() ?? 0) + 2;
  };
  const look = () => {
    waiting = false;
    if (!chosen) current.value = under(headings.peek(), line());
  };
  const soon = () => {
    if (!waiting) requestAnimationFrame(look);
    waiting = true;
  };
  const read = () => {
    headings.value = headingsOf(article, lines());
    soon();
  };
  const release = () => {
    chosen = false;
    soon();
  };
  const observer = new MutationObserver(read);
  observer.observe(article, { childList: true, subtree: true });
  for (const pane of [sheet, source]) {
    pane.addEventListener("scroll", soon, { capture: true, passive: true });
    for (const hand of hands) pane.addEventListener(hand, release, { passive: true });
  }
  read();

  return {
    headings,
    current,
    go(index) {
      const heading = headings.peek()[index];
      if (!heading) return;
      chosen = true;
      current.value = index;
      desk.together.stop();
      desk.scroll.peek()?.rest();
      preview.peek()?.toLine(heading.line);
      preview.peek()?.toOffset(offsetOf(desk.text(), heading.line), (height) => height * goneTo);
      editor.peek()?.scroll.goTo(heading.line);
    },
    stop() {
      observer.disconnect();
      for (const pane of [sheet, source]) {
        pane.removeEventListener("scroll", soon, { capture: true });
        for (const hand of hands) pane.removeEventListener(hand, release);
      }
    },
  };
}
