/** Links and images: wrapped around a selection, taken off again, and made by pasting an address over words. */
import { EditorSelection, type EditorState, type TransactionSpec } from "@codemirror/state";
import { enclosing, isLiteral } from "./syntax";

const address = /^(?:https?:\/\/|mailto:)[^\s<>]+$/i;
const event = { userEvent: "input.format", scrollIntoView: true } as const;

export function hasLink(state: EditorState): boolean {
  const { from, to } = state.selection.main;
  return enclosing(state, ["Link"], from, to) !== null;
}

/** Words become the words of a link, an address its address; what is a link already becomes plain again. */
export function linked(state: EditorState): TransactionSpec {
  const { from, to } = state.selection.main;
  const around = enclosing(state, ["Link"], from, to);
  if (around) {
    const [open, close] = around.getChildren("LinkMark");
    if (!open || !close) return {};
    const words = state.doc.sliceString(open.to, close.from);
    const range = EditorSelection.range(around.from, around.from + words.length);
    return { changes: { from: around.from, to: around.to, insert: words }, selection: range, ...event };
  }
  const selected = state.doc.sliceString(from, to);
  if (address.test(selected)) return written(from, to, "[", `](${escaped(selected)})`);
  return selected ? written(from, to, `[${selected}](`, ")") : written(from, to, "[", "]()");
}

export function pictured(state: EditorState): TransactionSpec {
  const { from, to } = state.selection.main;
  const selected = state.doc.sliceString(from, to);
  return address.test(selected)
    ? written(from, to, "![", `](${escaped(selected)})`)
    : written(from, to, `![${selected}](`, ")");
}

/** An address pasted over words makes them a link. */
export function pasted(state: EditorState, url: string): TransactionSpec | null {
  const { main, ranges } = state.selection;
  const selected = state.doc.sliceString(main.from, main.to);
  if (!address.test(url) || ranges.length > 1 || !selected.trim()) return null;
  if (selected.includes("\n") || address.test(selected) || isLiteral(state, main.from)) return null;
  if (enclosing(state, ["Link", "Image", "InlineCode"], main.from)) return null;
  const insert = `[${selected}](${escaped(url)})`;
  const selection = EditorSelection.cursor(main.from + insert.length);
  return { changes: { from: main.from, to: main.to, insert }, selection, userEvent: "input.paste", scrollIntoView: true };
}

/** The text around the selection replaced, the caret between the two halves. */
function written(from: number, to: number, before: string, after: string): TransactionSpec {
  const selection = EditorSelection.cursor(from + before.length);
  return { changes: { from, to, insert: before + after }, selection, ...event };
}

/** Brackets in an address would end it early. */
function escaped(url: string): string {
  return url.replace(/[()]/g, (bracket) => (bracket === "(" ? "%28" : "%29"));
}
