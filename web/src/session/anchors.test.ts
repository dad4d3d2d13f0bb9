// @vitest-environment node
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { type Anchor, anchorOf, find, isHere, passageOf, shiftOf, type Stretch } from "./anchors";

/** The same numbers for the same seed, from 0 to 1. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
  };
}

function textOf(content: string): Y.Text {
  const text = new Y.Doc().getText("content");
  text.insert(0, content);
  return text;
}

function anchor(text: Y.Text, from: number, to: number): Anchor {
  const found = anchorOf(passageOf(text, from, to).anchor);
  if (!found) throw new Error("there are no words there");
  return found;
}

/** Yjs' own answer for one position. */
function asYjs(text: Y.Text, json: unknown): number | null {
  return Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(json), text.doc!)?.index ?? null;
}

describe("passages in texts that three people edit at once, undo included", () => {
  const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

  /** Random edits, exchanges and undos; answers the first one's text and what happened to it. */
  function history(seed: number, each: (text: Y.Text, random: () => number) => void) {
    const random = randomOf(seed);
    const texts = [1, 2, 3].map((client) => {
      const doc = new Y.Doc();
      doc.clientID = client;
      return doc.getText("content");
    });
    const undo = texts.map((text) => new Y.UndoManager(text, { captureTimeout: 0 }));
    const below = (most: number) => Math.floor(random() * (most + 1));
    for (let step = 0; step < 120; step++) {
      const who = below(2);
      const text = texts[who]!;
      const at = below(text.length);
      // No pairs of surrogates: Yjs replaces one that is parted, without telling.
      if (random() < 0.55) text.insert(at, ["a", "bc ", "日", "long words\n"][below(3)]!);
      else if (random() < 0.6) text.delete(at, Math.min(below(6), text.length - at));
      else if (random() < 0.5) undo[who]![random() < 0.7 ? "undo" : "redo"]();
      else for (const other of texts) Y.applyUpdate(text.doc!, Y.encodeStateAsUpdate(other.doc!));
      each(texts[0]!, random);
    }
    for (const other of texts) Y.applyUpdate(texts[0]!.doc!, Y.encodeStateAsUpdate(other.doc!));
    each(texts[0]!, random);
  }

  test.each(seeds)("are where Yjs finds them (seed %i)", (seed) => {
    const positions: { json: unknown; assoc: number }[] = [];
    history(seed, (text, random) => {
      const index = Math.floor(random() * (text.length + 1));
      const assoc = random() < 0.5 ? 0 : -1;
      positions.push({ json: Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, index, assoc)), assoc });
      if (positions.length % 10 !== 0) return;
      const anchors = positions.map(({ json }) => anchorOf({ start: json, end: json })!);
      const expected = positions.map(({ json }) => asYjs(text, json));
      expect(find(text, anchors).map((found) => found && found.to)).toEqual(expected);
    });
  });

  test.each(seeds)("move with every edit as Yjs would find them, while their ends are there (seed %i)", (seed) => {
    const followed: { anchor: Anchor; at: Pick<Stretch, "from" | "to">; whole: boolean }[] = [];
    let before = "";
    const follow = (text: Y.Text, { delta }: Y.YTextEvent) => {
      const shift = shiftOf(delta);
      for (const one of followed) {
        const { from, to } = one.at;
        one.at = { from: shift.start(from), to: shift.end(to) };
        // An end that was deleted is only nearly where it was; the exact answer follows when there is time.
        one.whole &&= !isGone(text, one.anchor);
        if (!one.whole) continue;
        expect({ ...one.at, frayed: false }).toEqual(find(text, [one.anchor])[0]);
        if (!shift.touches(from, to)) expect(text.toString().slice(one.at.from, one.at.to)).toBe(before.slice(from, to));
      }
      before = text.toString();
    };
    let watched = false;
    history(seed, (text, random) => {
      if (!watched) text.observe((event) => follow(text, event));
      watched = true;
      before = text.toString();
      const from = Math.floor(random() * text.length);
      const to = Math.min(text.length, from + 1 + Math.floor(random() * 12));
      if (before.slice(from, to).trim() === "") return;
      const made = anchor(text, from, to);
      followed.push({ anchor: made, at: find(text, [made])[0]!, whole: true });
    });
    expect(followed.length).toBeGreaterThan(10);
  });

  function isGone(text: Y.Text, { start, end }: Anchor): boolean {
    return [start, end].some(({ item }) => item && Y.getItem(text.doc!.store, Y.createID(item.client, item.clock)).deleted);
  }
});

test("an anchor in edits that have not come is nowhere yet", () => {
  const [mine, theirs] = [textOf("here"), new Y.Doc().getText("content")];
  Y.applyUpdate(theirs.doc!, Y.encodeStateAsUpdate(mine.doc!));
  theirs.insert(4, " and there");
  const there = anchor(theirs, 5, 8);
  expect([isHere(mine, there), find(mine, [there, anchor(mine, 0, 4)])]).toEqual([false, [null, { from: 0, to: 4, frayed: false }]]);
  Y.applyUpdate(mine.doc!, Y.encodeStateAsUpdate(theirs.doc!));
  expect([isHere(mine, there), find(mine, [there])]).toEqual([true, [{ from: 5, to: 8, frayed: false }]]);
});

test("nonsense is no anchor, and an inherited field is no field", () => {
  const end = { tname: "content", item: { client: 1, clock: 2 }, assoc: 0 };
  const strange = [null, 7, "x", [], {}, { start: end }, { start: end, end: { ...end, tname: "other" } }, { start: end, end: { ...end, item: { client: -1, clock: 0 } } },
    { start: end, end: { ...end, item: 5 } }, { start: end, end: { ...end, assoc: "x" } }, { start: end, end: { ...end, item: { client: 1, clock: 0.5 } } },
    JSON.parse(`{"__proto__": {"start": ${JSON.stringify(end)}, "end": ${JSON.stringify(end)}}}`), Object.create({ start: end, end })];
  expect(strange.map(anchorOf)).toEqual(strange.map(() => null));
  expect(anchorOf({ start: { tname: "content", item: { client: 1n, clock: 2n } }, end: { tname: "content", assoc: -1 } })).toEqual({
    start: { item: { client: 1, clock: 2 }, assoc: 0 },
    end: { item: null, assoc: -1 },
  });
});

test("an anchor of an end of the text follows that end", () => {
  const text = textOf("abc");
  const ends = (assoc: number) => anchorOf({ start: { tname: "content", assoc: -1 }, end: { tname: "content", assoc } })!;
  text.insert(0, ">");
  expect(find(text, [ends(0), ends(-1)])).toMatchObject([{ from: 0, to: 4 }, { from: 0, to: 0 }]);
});

describe("a passage", () => {
  const about = (content: string, from: number, to: number) => passageOf(textOf(content), from, to);

  test("is the words without the white space around them", () => {
    const text = textOf("one  two words \n three");
    const made = passageOf(text, 3, 16);
    expect(made).toMatchObject({ quote: "two words", before: "one  ", after: " \n three" });
    expect(find(text, [anchorOf(made.anchor)!])).toMatchObject([{ from: 5, to: 14 }]);
    expect(about("a  b", 1, 3)).toMatchObject({ anchor: null, quote: "" });
    expect(about("", 0, 9)).toEqual({ anchor: null, quote: "", before: "", after: "", heading: "" });
  });

  test("NT5 holds on to its first and its last character", () => {
    const text = textOf("ab word cd");
    const { anchor: made } = passageOf(text, 3, 7);
    const item = (clock: number) => ({ client: text.doc!.clientID, clock });
    expect(made).toEqual({ start: { tname: "content", item: item(3), assoc: 0 }, end: { tname: "content", item: item(6), assoc: -1 } });
    text.insert(7, "+");
    text.insert(3, "+");
    expect(find(text, [anchorOf(made)!])).toMatchObject([{ from: 4, to: 8 }]);
  });

  test("has at most 2,000 characters, its anchor too, with 32 on each side", () => {
    const text = textOf(`${"<".repeat(40)}${"😀".repeat(2_100)}`);
    const made = passageOf(text, 40, text.length);
    expect([[...made.quote].length, made.before.length, made.after]).toEqual([2_000, 32, "😀".repeat(32)]);
    expect(find(text, [anchorOf(made.anchor)!])).toMatchObject([{ from: 40, to: 4_040 }]);
  });

  test("parts no surrogate pair, at its ends or around them", () => {
    expect(about("😀😀😀", 1, 3)).toMatchObject({ quote: "😀😀", before: "", after: "😀" });
    const pairs = "😀".repeat(40);
    expect(about(`${pairs}x${pairs}`, 80, 81)).toMatchObject({ before: "😀".repeat(32), after: "😀".repeat(32) });
    expect(about(`${pairs}.x.${pairs}`, 81, 82)).toMatchObject({ before: `${"😀".repeat(31)}.`, after: `.${"😀".repeat(31)}` });
    expect(about("a\ud800b", 0, 3).quote).toBe("a\ufffdb");
  });

  test.each([
    ["# One\n\n## Two ##\ntext", "Two"],
    ["# One\n```sh\n# no\n~~~\n```\ntext", "One"],
    ["# One\n~~~~\n# no\n~~~\n# no\n~~~~\n#not\ntext", "One"],
    ["---\n# no\n---\ntext", ""],
    ["   ### *Deep* `x`\n    # code\ntext", "*Deep* `x`"],
    [`# ${"é".repeat(300)}\ntext`, "é".repeat(200)],
    ["before\n# text", ""],
  ])("says under which heading it is: %j", (content, heading) => {
    expect(about(content, content.lastIndexOf("text"), content.length).heading).toBe(heading);
  });
});
