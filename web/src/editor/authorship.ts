/**
 * Who wrote this, in the source: a bar beside each line in the colours of those who wrote it, and their words tinted.
 *
 * Loaded when first asked for; switched off it is not in the editor at all. Between two tellings what is shown moves
 * along with the text by itself. Invariant: colour is never the only signal: each author has an underline of their own,
 * and the bar says names when it is pointed at. Next: `session/authorship.ts`; `authorship.css` for the looks.
 */
import { Compartment, type EditorState, type Extension, RangeSet, RangeSetBuilder, RangeValue, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, gutter, GutterMarker } from "@codemirror/view";
import { percent } from "../session/shares";

/** Somebody who wrote in the text. */
export interface Writer {
  name: string;
  /** Colour, 1 to 8; 0: not known who. */
  peer: number;
  /** Which underline, 1 to 4. */
  line: number;
}

/** A part of the text by one writer. */
export interface Written {
  from: number;
  to: number;
  writer: Writer;
}

export interface Shown {
  parts: readonly Written[];
  /** Whether words are tinted too, or there are only the bars. */
  tint: "words" | "bars";
}

export interface AuthorMarks {
  /** null: nothing more of it. */
  show(shown: Shown | null): void;
}

/** So much of a line somebody wrote. */
export interface LineShare {
  writer: Writer;
  /** Of 1. */
  part: number;
}

/** `pressed` is told who wrote a line whose bar was pressed. */
export function authorMarks(view: EditorView, pressed: (shares: readonly LineShare[]) => void): AuthorMarks {
  const place = new Compartment();
  let state: "absent" | "empty" | "there" = "absent";
  const put = (extension: Extension) => ({
    effects: state === "absent" ? StateEffect.appendConfig.of(place.of(extension)) : place.reconfigure(extension),
  });
  return {
    show(shown) {
      if (shown === null) {
        if (state === "there") view.dispatch(put([]));
        state = state === "absent" ? "absent" : "empty";
        return;
      }
      if (state !== "there") view.dispatch(put(extension(pressed)));
      state = "there";
      const { length } = view.state.doc;
      // What is told may be a moment older than the text.
      const parts = shown.parts.filter(({ from, to }) => from < to && to <= length);
      view.dispatch({ effects: told.of({ ...shown, parts }) });
    },
  };
}

/** Who wrote the line a place is in, most first. */
export function lineShares(state: EditorState, from: number, to: number): LineShare[] {
  const parts = state.field(shown, false)?.parts ?? RangeSet.empty;
  const amounts = new Map<Writer, number>();
  let all = 0;
  parts.between(from, to, (start, end, { writer }) => {
    const amount = Math.min(end, to) - Math.max(start, from);
    if (amount <= 0) return;
    all += amount;
    amounts.set(writer, (amounts.get(writer) ?? 0) + amount);
  });
  return [...amounts].map(([writer, amount]) => ({ writer, part: amount / all })).sort((a, b) => b.part - a.part);
}

class Part extends RangeValue {
  // What is written at its ends is not in it, and of what is deleted nothing stays.
  override startSide = 1;
  override endSide = -1;

  constructor(readonly writer: Writer) {
    super();
  }

  override eq(other: Part): boolean {
    return other.writer === this.writer;
  }
}

interface Field {
  parts: RangeSet<Part>;
  words: DecorationSet;
}

const told = StateEffect.define<Shown>();

const shown = StateField.define<Field>({
  create: () => ({ parts: RangeSet.empty, words: Decoration.none }),
  update(before, transaction) {
    const next = transaction.effects.find((effect) => effect.is(told));
    if (next) return fieldOf(next.value as Shown);
    if (!transaction.docChanged) return before;
    return { parts: before.parts.map(transaction.changes), words: before.words.map(transaction.changes) };
  },
  provide: (field) => EditorView.decorations.from(field, ({ words }) => words),
});

function fieldOf({ parts, tint }: Shown): Field {
  const [values, marks] = [new Map<Writer, Part>(), new Map<Writer, Decoration>()];
  const [built, words] = [new RangeSetBuilder<Part>(), new RangeSetBuilder<Decoration>()];
  for (const { from, to, writer } of parts) {
    built.add(from, to, within(values, writer, () => new Part(writer)));
    const { peer, line } = writer;
    if (tint === "words") words.add(from, to, within(marks, writer, () => Decoration.mark({ class: `cm-by p${peer} by-line-${line}` })));
  }
  return { parts: built.finish(), words: words.finish() };
}

function within<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

/** Finer differences are not seen in a bar. */
const STEPS = 12;

class Bar extends GutterMarker {
  constructor(readonly shares: readonly LineShare[]) {
    super();
  }

  override eq(other: Bar): boolean {
    return other.shares.length === this.shares.length && this.shares.every(({ writer, part }, at) => {
      const share = other.shares[at];
      return share?.writer === writer && stepsOf(share.part) === stepsOf(part);
    });
  }

  override toDOM(): Node {
    const bar = document.createElement("div");
    bar.className = "cm-by-bar";
    for (const { writer, part } of this.shares) {
      const piece = bar.appendChild(document.createElement("span"));
      piece.className = `p${writer.peer} bar-${writer.line}`;
      piece.style.setProperty("flex-grow", String(stepsOf(part)));
    }
    return bar;
  }
}

const stepsOf = (part: number) => Math.max(1, Math.round(part * STEPS));

function extension(pressed: (shares: readonly LineShare[]) => void): Extension {
  const tip = new Tip();
  const sharesAt = ({ state }: EditorView, { from, to }: { from: number; to: number }) => lineShares(state, from, to);
  const point = (view: EditorView, line: { from: number; to: number }, event: Event) => {
    const bar = event.target instanceof Element ? event.target.closest(".cm-by-bar") : null;
    tip.show(view, bar, sharesAt(view, line));
    return false;
  };
  return [
    shown,
    EditorView.editorAttributes.of({ class: "cm-authors-shown" }),
    gutter({
      class: "cm-authors",
      lineMarker(view, line) {
        const shares = sharesAt(view, line);
        return shares.length > 0 ? new Bar(shares) : null;
      },
      lineMarkerChange: ({ startState, state }) => startState.field(shown, false) !== state.field(shown, false),
      domEventHandlers: {
        mouseover: point,
        mouseout: () => (tip.hide(), false),
        click(view, line, event) {
          point(view, line, event);
          pressed(sharesAt(view, line));
          return true;
        },
      },
    }),
    // A finger has no way out of a bar: the next touch, key or scroll is it.
    EditorView.domEventObservers({ scroll: () => tip.hide(), keydown: () => tip.hide(), pointerdown: () => tip.hide() }),
  ];
}

/** Who wrote the line whose bar is pointed at. */
class Tip {
  readonly #element = document.createElement("div");

  show(view: EditorView, bar: Element | null, shares: readonly LineShare[]): void {
    this.hide();
    if (!bar || shares.length === 0) return;
    this.#element.className = "cm-by-tip";
    this.#element.setAttribute("role", "tooltip");
    this.#element.replaceChildren(...shares.map(rowOf));
    view.dom.append(this.#element);
    const [at, whole] = [bar.getBoundingClientRect(), view.dom.getBoundingClientRect()];
    const room = whole.bottom - at.top - this.#element.offsetHeight - 8;
    this.#element.style.setProperty("top", `${Math.max(4, at.top - whole.top + Math.min(0, room))}px`);
    this.#element.style.setProperty("left", `${at.right - whole.left + 10}px`);
  }

  hide(): void {
    this.#element.remove();
  }
}

function rowOf({ writer, part }: LineShare): HTMLElement {
  const row = document.createElement("div");
  row.className = `p${writer.peer}`;
  const name = document.createElement("b");
  name.textContent = writer.name;
  const share = document.createElement("span");
  share.textContent = percent(part);
  row.append(name, share);
  return row;
}
