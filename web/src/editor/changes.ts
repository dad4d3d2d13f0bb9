/**
 * What others changed, in the source: their words tinted and underlined, and the words that are gone, struck through.
 *
 * Loaded when it is first shown. Marks move along with the text by themselves. Invariant: the text is never touched, and
 * what is gone stands beside it as a thing of its own that no caret enters. Next: `session/changes.ts`; `changes.css`.
 */
import { Compartment, type Range, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";

/** A change as it is drawn. */
export interface ChangeMark {
  from: number;
  to: number;
  /** What others wrote in it, and in which colour (1 to 8). */
  added: readonly { from: number; to: number; peer: number }[];
  removed: string;
}

export interface ChangeMarks {
  /** Marks these and no others; `active`: which one stands out. null: none at all. */
  show(marks: readonly ChangeMark[] | null, active: number | null): void;
  /** Puts the caret there, if somebody is writing. */
  caret(at: number): void;
}

export function changeMarks(view: EditorView): ChangeMarks {
  const place = new Compartment();
  let there = false;
  return {
    show(marks, active) {
      if (!there && marks === null) return;
      if (!there) view.dispatch({ effects: StateEffect.appendConfig.of(place.of(drawn)) });
      there = true;
      view.dispatch({ effects: told.of({ marks: marks ?? [], active }) });
    },
    caret(at) {
      if (view.hasFocus) view.dispatch({ selection: { anchor: Math.min(at, view.state.doc.length) } });
    },
  };
}

const told = StateEffect.define<{ marks: readonly ChangeMark[]; active: number | null }>();

const drawn = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, transaction) {
    const next = transaction.effects.find((effect) => effect.is(told));
    if (next?.is(told)) return setOf(next.value.marks, next.value.active, transaction.state.doc.length);
    return before.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function setOf(marks: readonly ChangeMark[], active: number | null, length: number): DecorationSet {
  const all: Range<Decoration>[] = [];
  for (const [at, { from, to, added, removed }] of marks.entries()) {
    if (to > length) continue;
    const now = at === active ? " now" : "";
    if (removed !== "") all.push(Decoration.widget({ widget: new Gone(removed, now), side: -1 }).range(from));
    for (const part of added) all.push(Decoration.mark({ class: `cm-added p${part.peer}${now}` }).range(part.from, part.to));
  }
  // Two that met where something was deleted are in no order.
  return Decoration.set(all, true);
}

/** Longer ones show their beginning; all of it is said when one points at them. */
const goneMax = 48;

class Gone extends WidgetType {
  constructor(
    private readonly words: string,
    private readonly now: string,
  ) {
    super();
  }

  override eq(other: Gone): boolean {
    return other.words === this.words && other.now === this.now;
  }

  override toDOM(): HTMLElement {
    const gone = document.createElement("del");
    gone.className = `cm-gone${this.now}`;
    const line = this.words.replace(/\n+/g, " ¶ ").replace(/[ \t]+/g, " ");
    const characters = [...line];
    gone.textContent = characters.length > goneMax ? `${characters.slice(0, goneMax).join("")}…` : line;
    gone.title = `Deleted: ${this.words}`;
    return gone;
  }

  override ignoreEvent(): boolean {
    return false;
  }
}
