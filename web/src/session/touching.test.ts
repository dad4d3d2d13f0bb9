/** Against the truth: let in, do the passage, its edges or what is typed there change? */
import { expect, test } from "vitest";
import * as Y from "yjs";
import { touches } from "./touching";

function texts(content: string): { mine: Y.Text; theirs: Y.Text; news: () => Uint8Array } {
  const [here, there] = [new Y.Doc(), new Y.Doc()];
  here.getText("content").insert(0, content);
  Y.applyUpdate(there, Y.encodeStateAsUpdate(here));
  const before = Y.encodeStateVector(there);
  const news = () => Y.encodeStateAsUpdate(there, before);
  return { mine: here.getText("content"), theirs: there.getText("content"), news };
}

test("PG61: what stands at a passage's edges touches it, and what stands further away does not", () => {
  const at = (change: (text: Y.Text) => void, [from, to]: [number, number] = [6, 10]) => {
    const { mine, theirs, news } = texts("alpha beta gamma");
    change(theirs);
    return touches(mine, news(), from, to);
  };
  const inserted = [0, 4, 5, 6, 8, 10, 11, 16].map((place) => at((text) => text.insert(place, "x")));
  expect(inserted).toEqual([false, false, true, true, true, true, true, false]);
  expect(at((text) => text.delete(0, 16))).toBe(true);
  expect(at((text) => text.delete(0, 5))).toBe(false);
  expect(at((text) => text.delete(12, 4))).toBe(false);
  expect(at((text) => text.insert(0, "x"), [0, 5])).toBe(true);
  expect(at((text) => text.insert(16, "x"), [11, 16])).toBe(true);
});

test("PG61: it never says no when letting it in would change what is typed at the passage (seeded)", () => {
  let seed = 11;
  const below = (limit: number) => (seed = (seed * 48_271) % 2_147_483_647) % limit;
  for (let round = 0; round < 400; round++) {
    const { mine, theirs, news } = texts("abcdefghijklmnop".slice(0, below(17)));
    const scribble = (text: Y.Text, times: number) => {
      for (let n = 0; n < times; n++) {
        const at = below(text.length + 1);
        if (below(2)) text.insert(at, "XYZ".slice(below(3)));
        else text.delete(at, Math.min(below(4), text.length - at));
      }
    };
    scribble(mine, below(4));
    scribble(theirs, 1 + below(3));
    const from = below(mine.length + 1);
    const to = from + below(mine.length - from + 1);
    const doc = mine.doc!;
    const edges = [from - 1, from, to, to + 1].map((at) => mine.toString()[at - 1] ?? "");
    const passage = mine.toString().slice(from, to);
    const [left, right] = [Y.createRelativePositionFromTypeIndex(mine, from, 0), Y.createRelativePositionFromTypeIndex(mine, to, -1)];
    const touched = touches(mine, news(), from, to);
    Y.applyUpdate(doc, news());
    if (touched) continue;
    const [start, end] = [left, right].map((place) => Y.createAbsolutePositionFromRelativePosition(place, doc)?.index ?? -1) as [number, number];
    const text = mine.toString();
    expect([text.slice(start, end), text[start - 1] ?? "", text[end] ?? ""], `round ${round}`).toEqual([passage, edges[1], edges[3]]);
  }
});
