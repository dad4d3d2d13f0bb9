/**
 * Headings, quotes, lists, code blocks, tables and dividers as commands on the selected lines.
 *
 * Each toggles: when every line has the form already, it is taken away. Next: `lists.ts` for what Enter and Tab do.
 */
import { type ChangeSpec, EditorSelection, type EditorState, type Line, type TransactionSpec } from "@codemirror/state";
import { itemOf, renumbered } from "./lists";
import { enclosing } from "./syntax";

export type ListKind = "bulleted" | "numbered" | "task";

const event = { userEvent: "input.format", scrollIntoView: true } as const;
const headingPattern = /^( {0,3})(#{1,6})(?:[ \t]+|$)/;
const quoteMark = /^[ \t]{0,3}>[ \t]?/;

export function headingLevel(state: EditorState): number {
  const { text } = state.doc.lineAt(state.selection.main.head);
  return headingPattern.exec(text)?.[2]?.length ?? 0;
}

export function heading(state: EditorState, level: number): TransactionSpec {
  const lines = filled(state);
  const all = lines.every(({ text }) => headingPattern.exec(text)?.[2]?.length === level);
  const sign = all || level === 0 ? "" : `${"#".repeat(level)} `;
  return prefixed(state, lines, ({ text }) => {
    const old = headingPattern.exec(text)?.[0] ?? "";
    return { cut: old.length, insert: sign };
  });
}

/** Second level, third, fourth, none: the first belongs to the title. */
export function headingCycled(state: EditorState): TransactionSpec {
  const level = headingLevel(state);
  return heading(state, level < 2 ? 2 : level < 4 ? level + 1 : 0);
}

export function isQuote(state: EditorState): boolean {
  return quoteMark.test(state.doc.lineAt(state.selection.main.head).text);
}

export function quote(state: EditorState): TransactionSpec {
  const lines = selected(state);
  const all = lines.every(({ text }) => quoteMark.test(text));
  return prefixed(state, lines, ({ text }) =>
    all ? { cut: quoteMark.exec(text)?.[0].length ?? 0, insert: "" } : { cut: 0, insert: "> " },
  );
}

export function listKind(state: EditorState): ListKind | null {
  return kindOf(state.doc.lineAt(state.selection.main.head).text);
}

export function list(state: EditorState, kind: ListKind): TransactionSpec {
  const lines = filled(state);
  const all = lines.every(({ text }) => kindOf(text) === kind);
  let count = 0;
  const spec = prefixed(state, lines, ({ text }) => {
    const item = itemOf(text);
    const quoted = item?.quote ?? /^(?:[ \t]{0,3}>[ \t]?)*/.exec(text)?.[0] ?? "";
    const indent = item?.indent ?? "";
    const keep = quoted.length + indent.length;
    count += 1;
    const sign = { bulleted: "- ", numbered: `${count}. `, task: "- [ ] " }[kind];
    return { keep, cut: (item?.length ?? keep) - keep, insert: all ? "" : sign };
  });
  return numbered(state, spec, lines[0]?.number ?? 1);
}

/** A list made beside another one goes on where that stopped. */
function numbered(state: EditorState, spec: TransactionSpec, line: number): TransactionSpec {
  const first = state.changes(spec.changes ?? []);
  const after = first.apply(state.doc);
  const then = state.update({ changes: first }).state.changes(renumbered(after, line));
  const selection = state.selection.map(first, 1).map(then, 1);
  return { ...spec, changes: first.compose(then), selection };
}

export function isCodeBlock(state: EditorState): boolean {
  const { from, to } = state.selection.main;
  return enclosing(state, ["FencedCode"], from, to) !== null;
}

export function codeBlock(state: EditorState): TransactionSpec {
  const { from, to } = state.selection.main;
  const around = enclosing(state, ["FencedCode"], from, to);
  if (around) return unfenced(state, around.from, around.to);
  const [first, last] = [state.doc.lineAt(from), state.doc.lineAt(to)];
  const text = state.doc.sliceString(first.from, last.to);
  let ticks = "```";
  while (text.includes(ticks)) ticks += "`";
  const changes = [
    { from: first.from, insert: `${ticks}\n` },
    { from: last.to, insert: `\n${ticks}` },
  ];
  const shift = ticks.length + 1;
  return { changes, selection: EditorSelection.range(from + shift, to + shift), ...event };
}

function unfenced(state: EditorState, from: number, to: number): TransactionSpec {
  const [first, last] = [state.doc.lineAt(from), state.doc.lineAt(to)];
  const changes: ChangeSpec[] = [{ from: first.from, to: Math.min(first.to + 1, state.doc.length) }];
  const closed = last.number > first.number && /^[ \t>]*(`{3,}|~{3,})[ \t]*$/.test(last.text);
  if (closed) changes.push({ from: Math.max(last.from - 1, first.to + 1), to: last.to });
  return { changes, ...event };
}

export function rule(state: EditorState): TransactionSpec {
  return block(state, "---\n", null);
}

export function table(state: EditorState): TransactionSpec {
  const text = "| Column | Column |\n| ------ | ------ |\n|        |        |";
  return block(state, text, { from: 2, to: 8 });
}

/** Puts a block of its own after the caret's line, with blank lines around it. */
function block(state: EditorState, text: string, select: { from: number; to: number } | null): TransactionSpec {
  const line = state.doc.lineAt(state.selection.main.head);
  const blank = line.text.trim() === "";
  const alone = blank && (line.number === 1 || state.doc.line(line.number - 1).text.trim() === "");
  const before = alone ? "" : blank ? "\n" : "\n\n";
  const follows = line.number < state.doc.lines && state.doc.line(line.number + 1).text.trim() !== "";
  const start = line.to + before.length;
  const insert = before + text + (follows ? "\n" : "");
  const selection = select
    ? EditorSelection.range(start + select.from, start + select.to)
    : EditorSelection.cursor(start + text.length);
  return { changes: { from: line.to, insert }, selection, ...event };
}

function kindOf(text: string): ListKind | null {
  const item = itemOf(text);
  if (!item) return null;
  if (item.task) return "task";
  return item.marker.kind === "bullet" ? "bulleted" : "numbered";
}

/** Every selected line; one that the selection only touches with its end does not count. */
function selected(state: EditorState): Line[] {
  const lines = new Map<number, Line>();
  for (const { from, to, empty } of state.selection.ranges) {
    for (let at = from; at <= to; ) {
      const line = state.doc.lineAt(at);
      if (empty || line.from < to || line.from === from) lines.set(line.number, line);
      at = line.to + 1;
    }
  }
  return [...lines.values()];
}

/** Those with text; if there is none, all of them. */
function filled(state: EditorState): Line[] {
  const lines = selected(state);
  const withText = lines.filter(({ text }) => text.trim() !== "");
  return withText.length > 0 ? withText : lines;
}

interface Prefix {
  /** How much of the line stays before it. */
  keep?: number;
  cut: number;
  insert: string;
}

function prefixed(state: EditorState, lines: readonly Line[], prefix: (line: Line) => Prefix): TransactionSpec {
  const changes = lines.map((line) => {
    const { keep = 0, cut, insert } = prefix(line);
    return { from: line.from + keep, to: line.from + keep + cut, insert };
  });
  return { changes, selection: state.selection.map(state.changes(changes), 1), ...event };
}
