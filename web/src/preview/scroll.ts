/**
 * Source and preview scroll together, until they are unlinked.
 *
 * Invariant: only the pane a person is moving drives the other, so the two never chase each other. Positions are source
 * lines with a fraction, which both sides can measure whatever their widths.
 */
import { effect, type Signal, signal } from "@preact/signals";

/** A pane that knows which source line is at its top. */
interface Pane {
  scroller: HTMLElement;
  top(): number;
  to(line: number): void;
}

export interface Linked {
  linked: Signal<boolean>;
  /** Somebody else places both panes: until a person moves one, neither pulls the other. */
  rest(): void;
  destroy(): void;
}

interface EditorSide {
  view: { scrollDOM: HTMLElement };
  scroll: { topLine(): number; toLine(line: number): void };
}

interface PreviewSide {
  scroller: HTMLElement;
  lineAtTop(): number;
  toLine(line: number): void;
}

export function linkScroll(editor: EditorSide, preview: PreviewSide): Linked {
  const linked = signal(true);
  const source: Pane = {
    scroller: editor.view.scrollDOM,
    top: () => editor.scroll.topLine(),
    to: (line) => editor.scroll.toLine(line),
  };
  const sheet: Pane = {
    scroller: preview.scroller,
    top: () => preview.lineAtTop(),
    to: (line) => preview.toLine(line),
  };
  let leader: Pane | null = null;
  const stops = [drive(source, sheet), drive(sheet, source)];

  function drive(pane: Pane, other: Pane): () => void {
    let waiting = false;
    const lead = () => void (leader = pane);
    const scrolled = () => {
      if (leader !== pane || !linked.peek() || waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        if (leader === pane && linked.peek()) other.to(pane.top());
      });
    };
    const moves = ["pointerdown", "wheel", "touchstart", "keydown"] as const;
    for (const move of moves) pane.scroller.addEventListener(move, lead, { passive: true });
    pane.scroller.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      for (const move of moves) pane.scroller.removeEventListener(move, lead);
      pane.scroller.removeEventListener("scroll", scrolled);
    };
  }

  // Linking again brings the sheet to where the source is.
  let before = true;
  const relink = effect(() => {
    const now = linked.value;
    if (now && !before) sheet.to(source.top());
    before = now;
  });
  return {
    linked,
    rest: () => void (leader = null),
    destroy() {
      relink();
      for (const stop of stops) stop();
    },
  };
}
