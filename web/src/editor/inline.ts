/**
 * Bold, italic and the like as toggles: pressed again they take their marks away, and what was selected stays selected.
 *
 * Whether a passage has a format is the syntax tree's word, so `_a_` and `*a*` are both italic. Marks never stretch
 * over line ends: each line of a selection gets its own. Next: `links.ts`, `blocks.ts`.
 */
import {
  type ChangeSpec,
  EditorSelection,
  type EditorState,
  type SelectionRange,
  type TransactionSpec,
} from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import { itemOf } from "./lists";
import { enclosing } from "./syntax";

export interface Format {
  /** Its node in the syntax tree. */
  node: string;
  mark: string;
}

export const formats = {
  bold: { node: "StrongEmphasis", mark: "**" },
  italic: { node: "Emphasis", mark: "*" },
  strike: { node: "Strikethrough", mark: "~~" },
  mark: { node: "Mark", mark: "==" },
  code: { node: "InlineCode", mark: "`" },
} as const satisfies Record<string, Format>;

export function hasFormat(state: EditorState, { node }: Format): boolean {
  const { from, to } = state.selection.main;
  return enclosing(state, [node], from, to) !== null;
}

export function toggled(state: EditorState, format: Format): TransactionSpec {
  const spec = state.changeByRange((range) => {
    const around = enclosing(state, [format.node], range.from, range.to);
    if (around) return unwrapped(around, range);
    return range.empty ? atCaret(state, range, format) : wrapped(state, range, format);
  });
  return { ...spec, userEvent: "input.format", scrollIntoView: true };
}

interface Changed {
  changes: ChangeSpec;
  range: SelectionRange;
}

function unwrapped(node: SyntaxNode, { anchor, head }: SelectionRange): Changed {
  const [open, close] = [node.firstChild, node.lastChild];
  if (!open || !close) return { changes: [], range: EditorSelection.range(anchor, head) };
  const opened = open.to - open.from;
  const inside = (at: number) => Math.min(Math.max(at, open.to), close.from) - opened;
  return {
    changes: [
      { from: open.from, to: open.to },
      { from: close.from, to: close.to },
    ],
    range: EditorSelection.range(inside(anchor), inside(head)),
  };
}

/** In a word, the word; between empty marks, none; else marks to type between. */
function atCaret(state: EditorState, range: SelectionRange, { mark }: Format): Changed {
  const at = range.head;
  const size = mark.length;
  const before = state.doc.sliceString(at - size, at);
  if (before === mark && state.doc.sliceString(at, at + size) === mark)
    return { changes: { from: at - size, to: at + size }, range: EditorSelection.cursor(at - size) };
  const word = state.wordAt(at);
  if (word && word.from < at && at < word.to) {
    return {
      changes: [
        { from: word.from, insert: mark },
        { from: word.to, insert: mark },
      ],
      range: EditorSelection.cursor(at + size),
    };
  }
  return { changes: { from: at, insert: mark + mark }, range: EditorSelection.cursor(at + size) };
}

function wrapped(state: EditorState, range: SelectionRange, format: Format): Changed {
  const parts = passages(state, range);
  const marked = parts.filter(({ from, to }) => enclosing(state, [format.node], from, to));
  if (parts.length > 0 && marked.length === parts.length) return allUnwrapped(state, parts, range, format);
  const changes: { from: number; insert: string }[] = [];
  for (const { from, to } of parts.filter((part) => !marked.includes(part))) {
    const mark = format.node === "InlineCode" ? codeMark(state.doc.sliceString(from, to)) : { open: format.mark, close: format.mark };
    changes.push({ from, insert: mark.open }, { from: to, insert: mark.close });
  }
  const set = state.changes(changes);
  const [first, last] = [parts[0], parts.at(-1)];
  if (!first || !last) return { changes: [], range };
  const [from, to] = [set.mapPos(first.from, 1), set.mapPos(last.to, -1)];
  return { changes, range: range.anchor <= range.head ? EditorSelection.range(from, to) : EditorSelection.range(to, from) };
}

function allUnwrapped(state: EditorState, parts: readonly Passage[], range: SelectionRange, { node }: Format): Changed {
  const changes = parts.flatMap(({ from, to }) => {
    const around = enclosing(state, [node], from, to);
    const [open, close] = [around?.firstChild, around?.lastChild];
    return open && close ? [{ from: open.from, to: open.to }, { from: close.from, to: close.to }] : [];
  });
  return { changes, range: range.map(state.changes(changes)) };
}

interface Passage {
  from: number;
  to: number;
}

/** What of a selection can carry marks: of each line what stands after its block marks, without spaces at the ends. */
function passages(state: EditorState, { from, to }: SelectionRange): Passage[] {
  const found: Passage[] = [];
  for (let at = from; at <= to; ) {
    const line = state.doc.lineAt(at);
    const start = Math.max(from, line.from + prefixLength(line.text));
    const text = state.doc.sliceString(start, Math.min(to, line.to));
    const trimmed = text.trim();
    const begin = start + text.indexOf(trimmed);
    if (trimmed && start <= line.to) found.push({ from: begin, to: begin + trimmed.length });
    at = line.to + 1;
  }
  return found;
}

/** Quote marks, list marker, heading marks. */
export function prefixLength(text: string): number {
  const item = itemOf(text);
  return item ? item.length : (/^[ \t]*(?:>[ \t]?)*(?:#{1,6}[ \t]+)?/.exec(text)?.[0].length ?? 0);
}

/** Code that holds backticks needs more of them around it. */
function codeMark(text: string): { open: string; close: string } {
  const runs = text.match(/`+/g) ?? [];
  let size = 1;
  while (runs.some((run) => run.length === size)) size += 1;
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return { open: "`".repeat(size) + pad, close: pad + "`".repeat(size) };
}
