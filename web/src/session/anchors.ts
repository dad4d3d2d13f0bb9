/**
 * Where passages are in the text: made from a selection, found again, followed through edits.
 *
 * Pure. `find` answers as Yjs' own `createAbsolutePositionFromRelativePosition` does, but that walks the text once for
 * each position, and here one walk serves all. Between two walks `shiftOf` moves offsets by what an edit changed, which
 * is exact as long as both characters are there that a passage holds on to. Next: `notes.ts`.
 */
import * as Y from "yjs";
import type { Passage } from "./api";

/** One end of a passage: the character it holds on to, or an end of the whole text. */
interface End {
  item: { client: number; clock: number } | null;
  /** Below zero it stands after its character, else before. */
  assoc: number;
}

export interface Anchor {
  start: End;
  end: End;
}

/** Where a passage is, in UTF-16 offsets. */
export interface Stretch {
  from: number;
  to: number;
  /** A character it holds on to is deleted: what is written there now may or may not be part of it. */
  frayed: boolean;
}

/** The server's limits. It counts characters as Unicode does, and so do these. */
const quoteMax = 2_000;
const aroundMax = 32;
const headingMax = 200;

/** A part of the text, less the white space at its ends, as it is stored with a note. */
export function passageOf(text: Y.Text, from: number, to: number): Passage {
  const all = text.toString();
  const selected = all.slice(pairStart(all, from), pairEnd(all, to));
  const words = selected.trimStart();
  const start = pairStart(all, from) + selected.length - words.length;
  const quote = firstOf(words, quoteMax).trimEnd();
  const end = start + quote.length;
  const lastOf = (part: string) => [...part].slice(-aroundMax).join("");
  return {
    anchor: quote === "" ? null : { start: pointAt(text, start, 0), end: pointAt(text, end, -1) },
    quote: wellFormed(quote),
    before: wellFormed(lastOf(all.slice(Math.max(0, start - 2 * aroundMax), start))),
    after: wellFormed(firstOf(all.slice(end, end + 2 * aroundMax), aroundMax)),
    heading: wellFormed(firstOf(headingAbove(all.slice(0, start)), headingMax)),
  };
}

function pointAt(text: Y.Text, index: number, assoc: number): unknown {
  return Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, index, assoc));
}

/** An offset that parts no surrogate pair, at most one less. */
function pairStart(text: string, at: number): number {
  const inside = Math.min(Math.max(at, 0), text.length);
  return inside > 0 && (text.codePointAt(inside - 1) ?? 0) > 0xffff ? inside - 1 : inside;
}

/** An offset that parts no surrogate pair, at most one more. */
function pairEnd(text: string, at: number): number {
  const start = pairStart(text, at);
  return start < Math.min(at, text.length) ? start + 2 : start;
}

function firstOf(text: string, characters: number): string {
  let end = 0;
  let left = characters;
  for (const character of text) {
    if (left-- === 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Half a pair is no text for anybody else: JSON with one in it would be refused. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** The words of the last ATX heading in the whole lines of a text; "" if there is none. */
function headingAbove(text: string): string {
  const lines = text.split("\n").slice(0, -1);
  const body = lines[0] === "---" ? lines.slice(lines.indexOf("---", 1) + 1) : lines;
  let heading = "";
  let fence = "";
  for (const line of body) {
    const mark = /^ {0,3}(`{3,}(?!.*`)|~{3,})/.exec(line)?.[1] ?? "";
    if (fence) {
      if (mark.startsWith(fence) && line.trim() === mark) fence = "";
    } else if (mark) fence = mark;
    else heading = /^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(line)?.[1] ?? heading;
  }
  return heading;
}

/** What a note's `anchor` says; null if that is nothing, or nothing that can be understood. */
export function anchorOf(json: unknown): Anchor | null {
  const start = endOf(field(json, "start"));
  const end = endOf(field(json, "end"));
  return start && end && { start, end };
}

function endOf(json: unknown): End | null {
  const item = field(json, "item");
  const assoc = whole(field(json, "assoc") ?? 0);
  if (field(json, "tname") !== "content" || assoc === null) return null;
  if (item === undefined || item === null) return { item: null, assoc };
  const client = whole(field(item, "client"));
  const clock = whole(field(item, "clock"));
  const valid = client !== null && clock !== null && client >= 0 && clock >= 0;
  return valid ? { item: { client, clock }, assoc } : null;
}

/** A field of a value from the wire: its own, never one it inherits. */
export function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** A whole number from the wire, which has two kinds of them. */
export function whole(value: unknown): number | null {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
}

/** Whether the edits have come that an anchor holds on to. */
export function isHere({ doc }: Y.Text, { start, end }: Anchor): boolean {
  return doc !== null && [start, end].every(({ item }) => !item || Y.getState(doc.store, item.client) > item.clock);
}

/** Where passages are, all found in one walk over the text; null for one that cannot be found. */
export function find(text: Y.Text, anchors: readonly Anchor[]): (Stretch | null)[] {
  const offsets = new Map<Y.Item, number>();
  const held = anchors.map((anchor) => {
    if (!isHere(text, anchor)) return null;
    const [start, end] = [hold(text, anchor.start), hold(text, anchor.end)];
    for (const point of [start, end]) if (point?.item) offsets.set(point.item, -1);
    return { start, end };
  });
  measure(text, offsets);
  return held.map((ends) => {
    if (!ends?.start || !ends.end) return null;
    const to = offsetOf(ends.end, offsets);
    const frayed = [ends.start, ends.end].some(({ item }) => item?.deleted);
    return { from: Math.min(offsetOf(ends.start, offsets), to), to, frayed };
  });
}

/** So many characters from the start of an item, or of the text. */
interface Held {
  item: Y.Item | null;
  diff: number;
}

function hold(text: Y.Text, { item: id, assoc }: End): Held | null {
  if (!id || !text.doc) return { item: null, diff: assoc >= 0 ? text.length : 0 };
  const { item, diff } = followRedone(text.doc.store, id);
  if (!(item instanceof Y.Item) || item.parent !== text) return null;
  return { item, diff: item.deleted || !item.countable ? 0 : diff + (assoc >= 0 ? 0 : 1) };
}

/** What was deleted and brought back by undo is another item; as in Yjs, which does not export it. */
function followRedone(store: Y.Doc["store"], id: { client: number; clock: number }): { item: Y.Item | Y.GC; diff: number } {
  let next = Y.createID(id.client, id.clock);
  for (;;) {
    const item: Y.Item | Y.GC = Y.getItem(store, next);
    const diff = next.clock - item.id.clock;
    if (!(item instanceof Y.Item) || item.redone === null) return { item, diff };
    next = Y.createID(item.redone.client, item.redone.clock + diff);
  }
}

/** Fills in where each of these items begins. */
function measure(text: Y.Text, offsets: Map<Y.Item, number>): void {
  let at = 0;
  let left = offsets.size;
  for (let item = text._start; item && left > 0; item = item.right) {
    if (offsets.has(item)) {
      offsets.set(item, at);
      left -= 1;
    }
    if (!item.deleted && item.countable) at += item.length;
  }
}

function offsetOf({ item, diff }: Held, offsets: ReadonlyMap<Y.Item, number>): number {
  return diff + (item ? offsets.get(item) ?? 0 : 0);
}

/** How one change of the text moves the passages in it. */
export interface Shift {
  start(at: number): number;
  end(at: number): number;
  /** Whether anything between two offsets from before the change is different after it. */
  touches(from: number, to: number): boolean;
}

export function shiftOf(delta: Y.YTextEvent["delta"]): Shift {
  const edits = editsOf(delta);
  /** The last edit that begins before an offset. */
  const before = (at: number): Edit | undefined => {
    let [low, high] = [0, edits.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (edits[middle]!.from < at) low = middle + 1;
      else high = middle;
    }
    return edits[low - 1];
  };
  /** `behind` stands behind the character that is held on to, and so sees every edit that may have deleted it. */
  const map = (at: number, behind: number) => {
    const edit = before(behind);
    if (!edit) return at;
    return behind <= edit.to ? edit.from + edit.before : at + edit.after;
  };
  return {
    start: (at) => map(at, at + 1),
    end: (at) => map(at, at),
    touches(from, to) {
      const edit = before(to);
      return edit !== undefined && edit.to > from;
    },
  };
}

/** What stood between two offsets gave way to something else. */
interface Edit {
  from: number;
  to: number;
  /** How far it moves what holds on to something that was deleted here. */
  before: number;
  /** How far it moves what stands after it. */
  after: number;
}

function editsOf(delta: Y.YTextEvent["delta"]): Edit[] {
  const edits: Edit[] = [];
  let at = 0;
  let shift = 0;
  for (const { retain = 0, delete: removed = 0, insert } of delta) {
    at += retain;
    const inserted = insert === undefined ? 0 : typeof insert === "string" ? insert.length : 1;
    if (removed + inserted === 0) continue;
    let edit = edits.at(-1);
    if (edit?.to !== at) edits.push((edit = { from: at, to: at, before: shift, after: shift }));
    if (removed > 0 && edit.from === edit.to) edit.before = shift;
    at += removed;
    shift += inserted - removed;
    edit.to = at;
    edit.after = shift;
  }
  return edits;
}
