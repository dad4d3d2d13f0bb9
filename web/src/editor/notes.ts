/**
 * Passages with notes in the source: marked, pressed, brought into sight.
 *
 * Marks move along with the text on their own, so that showing the same passages again after an edit changes nothing.
 * Invariant: a press on a mark is told and nothing more; the caret still goes where it was pressed. Next: `surface.ts`
 * for what the page sees, `source-notes.css` for the looks.
 */
import { signal } from "@preact/signals";
import { EditorSelection, type EditorState, type Extension, type Range, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";
import type { NoteMark, NoteSurface, Span } from "./surface";

export interface NoteMarks {
  extension: Extension;
  surface(view: EditorView): NoteSurface;
}

export function noteMarks(): NoteMarks {
  const selected = signal<Span | null>(null);
  const layout = signal(0);
  const listeners = new Set<(ids: string[]) => void>();
  const bump = () => void (layout.value = layout.peek() + 1);
  let frame: number | null = null;
  /** Once the browser has laid out what was changed, or asking for a place would make it do so at every key. */
  const bumpSoon = () => {
    frame ??= requestAnimationFrame(() => {
      frame = null;
      bump();
    });
  };
  const watch = EditorView.updateListener.of((update) => {
    if (update.selectionSet || update.docChanged) look(update.state);
    if (!update.docChanged && !update.geometryChanged && !update.viewportChanged) return;
    if (update.transactions.length > 0) bumpSoon();
    else bump();
  });
  const look = (state: EditorState) => {
    const [before, { main }] = [selected.peek(), state.selection];
    const next = main.empty ? null : { from: main.from, to: main.to };
    if (before?.from !== next?.from || before?.to !== next?.to) selected.value = next;
  };
  return {
    extension: [shownMarks, watch, presses((ids) => listeners.forEach((listener) => listener(ids)))],
    surface: (view) => ({
      selected,
      layout,
      scroller: view.scrollDOM,
      show: (marks, active) => show(view, marks, active),
      onPress(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      selectionRect: () => selectionRect(view),
      reveal: (from, to) => reveal(view, from, to),
      topOf: (offset) => topOf(view, offset),
    }),
  };
}

const shown = StateEffect.define<DecorationSet>();

const shownMarks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, transaction) {
    const next = transaction.effects.find((effect) => effect.is(shown));
    return next ? (next.value as DecorationSet) : before.map(transaction.changes);
  },
  // Around everything else: a mark stays in one piece, and what it holds is drawn over it.
  provide: (field) => EditorView.outerDecorations.from(field),
});

function show(view: EditorView, marks: readonly NoteMark[], active: string | null): void {
  const { length } = view.state.doc;
  // What is told of a place may be a moment older than the text.
  const visible = marks.filter(({ from, to }) => from < to && to <= length);
  if (areShown(view.state.field(shownMarks), visible, active)) return;
  view.dispatch({ effects: shown.of(Decoration.set(visible.map((mark) => decorated(mark, active)), true)) });
}

function decorated({ id, from, to, resolved }: NoteMark, active: string | null): Range<Decoration> {
  return Decoration.mark({ class: classOf(resolved, id === active), attributes: { "data-note": id } }).range(from, to);
}

function classOf(resolved: boolean, active: boolean): string {
  return `cm-note${resolved ? " cm-note-resolved" : ""}${active ? " cm-note-active" : ""}`;
}

function areShown(set: DecorationSet, marks: readonly NoteMark[], active: string | null): boolean {
  if (set.size !== marks.length) return false;
  const wanted = new Map(marks.map((mark) => [mark.id, mark]));
  for (const cursor = set.iter(); cursor.value; cursor.next()) {
    const mark = wanted.get(noteOf(cursor.value));
    if (mark?.from !== cursor.from || mark.to !== cursor.to) return false;
    if (classOf(mark.resolved, mark.id === active) !== cursor.value.spec["class"]) return false;
  }
  return true;
}

function noteOf(mark: Decoration): string {
  return (mark.spec as { attributes: { "data-note": string } }).attributes["data-note"];
}

/** A finger or a hand is never quite still. */
const dragMin = 5;

function presses(tell: (ids: string[]) => void): Extension {
  let down: { x: number; y: number } | null = null;
  return EditorView.domEventObservers({
    mousedown: ({ clientX: x, clientY: y }) => void (down = { x, y }),
    click(event, view) {
      const still = down && Math.hypot(event.clientX - down.x, event.clientY - down.y) < dragMin;
      down = null;
      const plain = event.button === 0 && event.detail < 2 && !(event.shiftKey || event.ctrlKey || event.metaKey || event.altKey);
      if (!still || !plain) return;
      const ids = notesAround(event.target, view);
      if (ids.length > 0) tell(ids);
    },
  });
}

/** The notes whose marks are around an element, the smallest first. */
function notesAround(target: EventTarget | null, view: EditorView): string[] {
  const around = new Set<string>();
  for (let at = target instanceof Element ? target : null; at && at !== view.contentDOM; at = at.parentElement) {
    const id = at.getAttribute("data-note");
    if (id !== null) around.add(id);
  }
  const sizes: [id: string, size: number][] = [];
  view.state.field(shownMarks).between(0, view.state.doc.length, (from, to, mark) => {
    if (around.has(noteOf(mark))) sizes.push([noteOf(mark), to - from]);
  });
  return sizes.sort(([, a], [, b]) => a - b).map(([id]) => id);
}

function selectionRect(view: EditorView): DOMRect | null {
  const { main } = view.state.selection;
  const seen = frameOf(view);
  const at = main.empty || !seen ? null : view.coordsAtPos(main.to, -1);
  if (!at || !seen || at.bottom <= seen.top || at.top >= seen.bottom) return null;
  return new DOMRect(at.left, at.top, at.right - at.left, at.bottom - at.top);
}

/** What is in sight already stays where it is. */
function reveal(view: EditorView, from: number, to: number): void {
  const { length } = view.state.doc;
  const [start, end] = [Math.min(from, length), Math.min(Math.max(from, to), length)];
  const seen = frameOf(view);
  const [first, last] = [view.coordsAtPos(start, 1), view.coordsAtPos(end, -1)];
  if (seen && first && last && first.top >= seen.top && last.bottom <= seen.bottom) return;
  view.dispatch({ effects: EditorView.scrollIntoView(EditorSelection.range(start, end), { y: "center" }) });
}

/** The top of the row a place stands in; of one that is not drawn, as near as its line tells. */
function topOf(view: EditorView, offset: number): number | null {
  const seen = frameOf(view);
  if (!seen || offset < 0 || offset > view.state.doc.length) return null;
  const row = view.defaultLineHeight;
  const { from, to } = view.viewport;
  const at = offset >= from && offset <= to ? view.coordsAtPos(offset, 1) : null;
  const zero = view.scrollDOM.scrollTop - seen.top;
  if (at) return (at.top + at.bottom - row) / 2 + zero;
  const line = view.lineBlockAt(offset);
  const rows = Math.max(1, Math.round(line.height / row));
  const above = Math.min(rows - 1, Math.floor(((offset - line.from) / Math.max(1, line.length)) * rows));
  return view.documentTop + line.top + above * row + zero;
}

/** Where the text is seen, in window coordinates; null while the source is not shown. */
function frameOf(view: EditorView): DOMRect | null {
  const rect = view.scrollDOM.getBoundingClientRect();
  return rect.height > 0 ? rect : null;
}
