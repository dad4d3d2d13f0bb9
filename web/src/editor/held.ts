/** Passages remembered for a moment, while something for them is made ready and everybody goes on writing. */
import { StateEffect, StateField } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";

export interface Held {
  now(): { from: number; to: number };
  letGo(): void;
}

interface Passage {
  id: number;
  from: number;
  to: number;
}

const hold = StateEffect.define<Passage>();
const letGo = StateEffect.define<number>();

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
    }
    return next;
  },
});

let last = 0;

export function held(view: EditorView, from: number, to: number): Held {
  const id = ++last;
  view.dispatch({ effects: hold.of({ id, from, to }) });
  return {
    now: () => view.state.field(heldPassages).find((it) => it.id === id) ?? { from, to },
    letGo: () => view.dispatch({ effects: letGo.of(id) }),
  };
}
