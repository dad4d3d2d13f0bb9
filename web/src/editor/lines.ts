/** The margin of a proof: a number at every fifth line and at yours; yours lies on paper while nothing is selected. */
import { type EditorState, type Extension, RangeSet, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, gutter, gutterLineClass, GutterMarker } from "@codemirror/view";

const everyNth = 5;

class NumberMarker extends GutterMarker {
  constructor(private readonly number: number) {
    super();
  }

  override eq(other: NumberMarker): boolean {
    return other.number === this.number;
  }

  override toDOM(): Node {
    return document.createTextNode(String(this.number));
  }
}

class ActiveMarker extends GutterMarker {
  override elementClass = "cm-activeLineGutter";
}

const activeMarker = new ActiveMarker();
const activeLine = Decoration.line({ class: "cm-activeLine" });

export function activeLineOf(state: EditorState): number {
  return state.doc.lineAt(state.selection.main.head).number;
}

/** The start of the line to lay on paper. A selection is painted under the text: a filled line would hide it. */
function paperAt(state: EditorState): number | null {
  const { main, ranges } = state.selection;
  return ranges.every((range) => range.empty) ? state.doc.lineAt(main.head).from : null;
}

const paper = StateField.define<number | null>({
  create: paperAt,
  update: (before, tr) => (tr.docChanged || tr.selection ? paperAt(tr.state) : before),
  provide: (field) => [
    EditorView.decorations.from(field, (at): DecorationSet => (at === null ? Decoration.none : Decoration.set(activeLine.range(at)))),
    gutterLineClass.from(field, (at) => (at === null ? RangeSet.empty : RangeSet.of(activeMarker.range(at)))),
  ],
});

const numbers = gutter({
  class: "cm-numbers",
  renderEmptyElements: true,
  lineMarker(view, { from }) {
    const { number } = view.state.doc.lineAt(from);
    return number % everyNth === 0 || number === activeLineOf(view.state) ? new NumberMarker(number) : null;
  },
  lineMarkerChange: (update) => update.selectionSet || update.docChanged,
  // As wide as the last line's number, wherever one is.
  initialSpacer: ({ state }) => new NumberMarker(state.doc.lines),
  updateSpacer: (_, { state }) => new NumberMarker(state.doc.lines),
});

export const lines: Extension = [paper, numbers];
