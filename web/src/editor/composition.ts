/**
 * Others' edits wait while a word is being composed.
 *
 * A change at the caret in the middle of an input method's composition makes browsers write the word twice. So what
 * others write is held until the composition ends, or for two seconds: then it is let in, and held again.
 */
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

const heldMax = 2_000;

export interface Timers {
  later(ms: number, run: () => void): () => void;
}

const timers: Timers = {
  later(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** The rule itself, without a view. `hold` answers with how to let go. */
export function holding(hold: () => () => void, { later }: Timers = timers): { start(): void; end(): void } {
  let letGo: (() => void) | null = null;
  let cancel = () => {};
  const begin = () => {
    letGo = hold();
    cancel = later(heldMax, () => {
      letGo?.();
      begin();
    });
  };
  return {
    start() {
      if (!letGo) begin();
    },
    end() {
      cancel();
      letGo?.();
      letGo = null;
    },
  };
}

export function composition(hold: () => () => void): Extension {
  const held = holding(hold);
  return EditorView.domEventHandlers({
    compositionstart: () => held.start(),
    // After the editor has read what was composed, which it does in this turn.
    compositionend: (_event, view) => void setTimeout(() => view.compositionStarted || held.end()),
    blur: () => held.end(),
  });
}
