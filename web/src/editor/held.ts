/**
 * Passages remembered for a moment, while something for them is made ready and everybody goes on writing.
 *
 * Invariant: of two at one place the earlier comes first in the text, whichever is filled first.
 */
import { StateEffect, StateField } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";

export interface Held {
  now(): { from: number; to: number };
  letGo(): void;
  /** For the change that fills it, up to `end`: it is let go of, and what was held there later goes on from the end. */
  filled(end: number): StateEffect<unknown>;
}

interface Passage {
  id: number;
  from: number;
  to: number;
}

const hold = StateEffect.define<Passage>();
const letGo = StateEffect.define<number>();
const filled = StateEffect.define<{ id: number; end: number }>();

export const heldPassages = StateField.define<readonly Passage[]>({
  create: () => [],
  update(before, { changes, docChanged, effects }) {
    let next = before;
    // What is typed at an end stays outside.
    if (docChanged)
      next = next.map(({ id, from, to }) => {
        const start = changes.mapPos(from, from === to ? -1 : 1);
        return { id, from: start, to: Math.max(start, changes.mapPos(to, -1)) };
      });
    for (const effect of effects) {
      if (effect.is(hold)) next = [...next, effect.value];
      else if (effect.is(letGo)) next = next.filter(({ id }) => id !== effect.value);
      else if (effect.is(filled)) next = goneOn(before, next, effect.value);
    }
    return next;
  },
});

/** `before` and `next`: the same passages on both sides of the change that filled one. */
function goneOn(before: readonly Passage[], next: readonly Passage[], { id, end }: { id: number; end: number }): Passage[] {
  const full = before.find((it) => it.id === id);
  const later = (it: Passage) => full && it.id > id && it.from >= full.from && it.from <= full.to;
  const moved = new Set(before.filter(later).map((it) => it.id));
  return next.filter((it) => it.id !== id).map((it) => (moved.has(it.id) ? { ...it, from: end, to: Math.max(end, it.to) } : it));
}

let last = 0;

export function held(view: EditorView, from: number, to: number): Held {
  const id = ++last;
  view.dispatch({ effects: hold.of({ id, from, to }) });
  return {
    now: () => view.state.field(heldPassages).find((it) => it.id === id) ?? { from, to },
    letGo: () => view.dispatch({ effects: letGo.of(id) }),
    filled: (end) => filled.of({ id, end }),
  };
}
