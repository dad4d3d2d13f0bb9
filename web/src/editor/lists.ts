/**
 * Lists and quotes while typing: Enter continues them, Tab moves items in and out, numbers stay in order.
 *
 * Works on lines, not on the tree: a list being typed is often not one yet. Each function returns what to change, or
 * null when the key should do what it always does. Next: `blocks.ts` for the commands.
 */
import {
  ChangeSet,
  type ChangeSpec,
  EditorSelection,
  type EditorState,
  type Line,
  SelectionRange,
  type Text,
  type TransactionSpec,
} from "@codemirror/state";
import { isLiteral } from "./syntax";

/** What a line of a list begins with. */
export interface Item {
  /** Quote marks before it. */
  quote: string;
  indent: string;
  marker: { kind: "bullet"; sign: string } | { kind: "number"; value: number; sign: string };
  gap: string;
  /** "[ ] ", "[x] " or "" */
  task: string;
  /** Length of all that. */
  length: number;
}

const itemPattern = /^((?:[ \t]{0,3}>[ \t]?)*)([ \t]*)(?:([-*+])|(\d{1,9})([.)]))([ \t]+|$)(\[[ xX]\](?:[ \t]+|$))?/;
const quotePattern = /^(?:[ \t]{0,3}>[ \t]?)+/;
const rulePattern = /^[ \t>]*([-*_])(?:[ \t]*\1){2,}[ \t]*$/;

export function itemOf(text: string): Item | null {
  const found = itemPattern.exec(text);
  if (!found || rulePattern.test(text)) return null;
  const [all, quote = "", indent = "", bullet, number, delimiter = "", gap = "", task = ""] = found;
  const marker: Item["marker"] = bullet
    ? { kind: "bullet", sign: bullet }
    : { kind: "number", value: Number(number), sign: delimiter };
  return { quote, indent, marker, gap, task, length: all.length };
}

/** Enter. */
export function continued(state: EditorState): TransactionSpec | null {
  const { main, ranges } = state.selection;
  if (ranges.length > 1 || isLiteral(state, main.from)) return null;
  const line = state.doc.lineAt(main.from);
  const item = itemOf(line.text);
  if (item) return main.from < line.from + item.length && line.length > item.length ? null : nextItem(state, line, item);
  const quote = quotePattern.exec(line.text)?.[0];
  if (!quote || main.from < line.from + quote.length) return null;
  if (line.length === quote.length && main.empty) return ended(state, line, "");
  return newLine(state, quote.endsWith(" ") ? quote : `${quote} `);
}

function nextItem(state: EditorState, line: Line, item: Item): TransactionSpec {
  const blank = line.text.slice(item.length).trim() === "";
  if (blank && state.selection.main.empty) return item.indent ? (moved(state, "out") ?? {}) : ended(state, line, item.quote);
  const { marker } = item;
  const lazy = isLazy(state.doc, line.number, item);
  const sign = marker.kind === "bullet" ? marker.sign : `${marker.value + (lazy ? 0 : 1)}${marker.sign}`;
  const prefix = item.quote + item.indent + sign + (item.gap || " ") + (item.task ? "[ ] " : "");
  const change = newLine(state, prefix);
  return lazy ? change : inOrder(state, change, line.number + 1);
}

/** An empty item ends its list. A blank line stays behind: without it the next words would belong to the list. */
function ended(state: EditorState, line: Line, quote: string): TransactionSpec {
  const above = line.number > 1 ? state.doc.line(line.number - 1).text : "";
  const insert = above.slice(quote.length).trim() === "" ? quote : `${quote.trimEnd()}\n${quote}`;
  return replaced(state, line.from, line.to, insert, line.from + insert.length);
}

function newLine(state: EditorState, prefix: string): Change {
  const { from, to } = state.selection.main;
  const rest = /^[ \t]*/.exec(state.doc.lineAt(to).text.slice(to - state.doc.lineAt(to).from))?.[0].length ?? 0;
  return replaced(state, from, to + rest, `\n${prefix}`, from + 1 + prefix.length);
}

type Change = TransactionSpec & { changes: ChangeSet };

function replaced(state: EditorState, from: number, to: number, insert: string, caret: number): Change {
  return {
    changes: state.changes({ from, to, insert }),
    selection: EditorSelection.cursor(caret),
    scrollIntoView: true,
    userEvent: "input",
  };
}

/** Backspace right after a marker takes the marker away, and leaves the text where it is. */
export function unmarked(state: EditorState): TransactionSpec | null {
  const { main, ranges } = state.selection;
  if (ranges.length > 1 || !main.empty || isLiteral(state, main.from)) return null;
  const line = state.doc.lineAt(main.from);
  const item = itemOf(line.text);
  if (!item || main.from !== line.from + item.length) return null;
  const keep = item.quote.length + item.indent.length;
  const changes = state.changes({ from: line.from + keep, to: main.from });
  return inOrder(state, { changes, scrollIntoView: true, userEvent: "delete" }, line.number + 1);
}

/** Tab and Shift-Tab on the selected items; null where there is none. */
export function moved(state: EditorState, direction: "in" | "out"): TransactionSpec | null {
  const { from, to } = state.selection.main;
  const [first, last] = [state.doc.lineAt(from).number, state.doc.lineAt(to).number];
  const item = itemOf(state.doc.line(first).text);
  if (!item || isLiteral(state, from)) return null;
  const by = direction === "in" ? stepIn(state.doc, first, item) : -stepOut(state.doc, first, item);
  if (by === 0) return {};
  const changes: ChangeSpec[] = [];
  for (let number = first; number <= last; number++) {
    const line = state.doc.line(number);
    if (line.text.trim() === "") continue;
    const at = line.from + (quotePattern.exec(line.text)?.[0].length ?? 0);
    const indent = /^[ \t]*/.exec(state.doc.sliceString(at, line.to))?.[0].length ?? 0;
    if (by > 0) changes.push({ from: at, insert: " ".repeat(by) });
    else changes.push({ from: at, to: at + Math.min(indent, -by) });
    if (number === first && by > 0) changes.push(...startingAtOne(state.doc, first, item, by));
  }
  const spec = { changes: state.changes(changes), userEvent: direction === "in" ? "input.indent" : "delete.dedent" };
  return inOrder(state, spec, first);
}

/** What becomes the first of a numbered list under another item is its number 1. */
function startingAtOne(doc: Text, number: number, item: Item, by: number): ChangeSpec[] {
  const { marker } = item;
  const there = { ...item, indent: item.indent + " ".repeat(by) };
  if (marker.kind === "bullet" || sibling(doc, number, there, -1)) return [];
  const at = doc.line(number).from + item.quote.length + item.indent.length;
  return [{ from: at, to: at + String(marker.value).length, insert: "1" }];
}

/** As far as the text of the item above begins; an item without a brother above has nowhere to go. */
function stepIn(doc: Text, number: number, item: Item): number {
  return sibling(doc, number, item, -1)?.width ?? 0;
}

/** Back to where the item it hangs under begins. */
function stepOut(doc: Text, number: number, item: Item): number {
  const indent = item.indent.length;
  for (let above = number - 1; above >= 1; above--) {
    const parent = itemOf(doc.line(above).text);
    if (parent && parent.indent.length < indent) return indent - parent.indent.length;
    if (!parent && doc.line(above).text.trim() === "" && above < number - 1) break;
  }
  return indent;
}

/** The next item of the same list, up or down. */
function sibling(doc: Text, number: number, item: Item, step: -1 | 1): { value: number | null; width: number } | null {
  for (let at = number + step; at >= 1 && at <= doc.lines; at += step) {
    const { text } = doc.line(at);
    const other = itemOf(text);
    if (!other && text.trim() !== "" && !/^[ \t>]/.test(text)) return null;
    if (!other || other.indent.length > item.indent.length) continue;
    if (other.indent.length < item.indent.length) return null;
    const value = other.marker.kind === "number" ? other.marker.value : null;
    const sign = value === null ? 1 : String(value).length + 1;
    return { value, width: sign + Math.max(1, other.gap.length) };
  }
  return null;
}

/** Some write "1." before every item and let the page count. */
function isLazy(doc: Text, number: number, item: Item): boolean {
  const value = item.marker.kind === "number" ? item.marker.value : null;
  return value !== null && ([-1, 1] as const).some((step) => sibling(doc, number, item, step)?.value === value);
}

/** The change, and the numbers of the list around `line` (as it is then) put in order after it. */
function inOrder(state: EditorState, spec: Change, line: number): TransactionSpec {
  const after = spec.changes.apply(state.doc);
  const numbers = ChangeSet.of(renumbered(after, Math.min(line, after.lines)), after.length);
  const caret = spec.selection instanceof SelectionRange ? numbers.mapPos(spec.selection.head, 1) : null;
  return {
    ...spec,
    changes: spec.changes.compose(numbers),
    ...(caret !== null && { selection: EditorSelection.cursor(caret) }),
  };
}

interface Counting {
  indent: number;
  sign: string;
  value: number;
  /** The line it was last seen on, and whether all numbers are equal. */
  line: number;
  style: "first" | "counting" | "lazy";
}

/**
 * Every number of the list around `edited` one more than the one before it, in each list of its own. Where two others
 * are equal it is somebody's choice, and stays.
 */
export function renumbered(doc: Text, edited: number): ChangeSpec[] {
  const changes: ChangeSpec[] = [];
  const open: Counting[] = [];
  for (let number = listStart(doc, edited); number <= doc.lines; number++) {
    const { text, from } = doc.line(number);
    const item = itemOf(text);
    if (!item && text.trim() !== "" && !/^[ \t>]/.test(text)) break;
    if (!item) continue;
    const indent = item.indent.length;
    while ((open.at(-1)?.indent ?? -1) > indent) open.pop();
    const value = counted(open, item, number, edited);
    if (value === null) continue;
    const at = from + item.quote.length + indent;
    changes.push({ from: at, to: at + digits(text.slice(at - from)), insert: String(value) });
  }
  return changes;
}

function digits(text: string): number {
  return /^\d*/.exec(text)?.[0].length ?? 0;
}

/** The number an item must get; null when it may keep what it has. */
function counted(open: Counting[], { indent: { length: indent }, marker }: Item, line: number, edited: number): number | null {
  const list = open.at(-1)?.indent === indent ? open.at(-1) : undefined;
  if (marker.kind === "bullet" || !list || list.sign !== marker.sign) {
    if (list) open.pop();
    if (marker.kind === "number") open.push({ indent, sign: marker.sign, value: marker.value, line, style: "first" });
    return null;
  }
  const equal = marker.value === list.value && ![line, list.line].includes(edited);
  if (list.style === "first") list.style = equal ? "lazy" : "counting";
  if (list.style === "counting") list.value += 1;
  list.line = line;
  return list.value === marker.value ? null : list.value;
}

/** Lists are found from a blank line followed by something that is no item upwards. */
function listStart(doc: Text, line: number): number {
  let start = line;
  for (let number = line; number >= 1; number--) {
    const { text } = doc.line(number);
    if (itemOf(text)) start = number;
    else if (text.trim() !== "" && !/^[ \t>]/.test(text) && number !== line) break;
  }
  return start;
}
