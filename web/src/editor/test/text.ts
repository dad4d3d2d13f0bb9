/** Editor states as texts: `|` is the caret, `«` and `»` hold a selection (the caret at its end). */
import { EditorSelection, EditorState, type Extension, type TransactionSpec } from "@codemirror/state";
import { markdown } from "../language";

export function stateOf(marked: string, extensions: Extension = []): EditorState {
  const from = marked.search(/[|«]/);
  const doc = marked.replace(/[|«»]/g, "");
  const end = marked.indexOf("»");
  const selection = end < 0 ? EditorSelection.cursor(from) : EditorSelection.range(from, end - 1);
  return EditorState.create({ doc, selection, extensions: [markdown(), EditorState.lineSeparator.of("\n"), extensions] });
}

export function textOf(state: EditorState): string {
  const { from, to, empty } = state.selection.main;
  const text = state.doc.toString();
  const selected = empty ? "|" : `«${text.slice(from, to)}»`;
  return text.slice(0, from) + selected + text.slice(to);
}

/** What a change makes of a text; null if it leaves the key to others. */
export function changed(marked: string, change: (state: EditorState) => TransactionSpec | null): string | null {
  const state = stateOf(marked);
  const spec = change(state);
  return spec && textOf(state.update(spec).state);
}
