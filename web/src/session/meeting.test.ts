// @vitest-environment node
/** OF73: a search only where it is certain what both sides had in common. */
import { expect, test } from "vitest";
import * as Y from "yjs";
import { clashesIn } from "./meeting";

const textOf = (doc: Y.Doc) => doc.getText("content").toString();

function put(doc: Y.Doc, old: string, next: string): void {
  const at = textOf(doc).indexOf(old);
  doc.transact(() => {
    doc.getText("content").delete(at, old.length);
    doc.getText("content").insert(at, next);
  });
}

function copyOf(doc: Y.Doc, client: number): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  copy.clientID = client;
  return copy;
}

/** Both sides rewrote the same word; `mine` has met the server's text as a page does. */
function apart() {
  const server = new Y.Doc();
  server.clientID = 1;
  server.getText("content").insert(0, "A colour of cloth.\n\nAnother line.\n");
  const shared = Y.encodeStateAsUpdate(server);
  const [mine, theirs] = [copyOf(server, 2), copyOf(server, 3)];
  put(mine, "colour", "shade");
  put(theirs, "colour", "hue");
  Y.applyUpdate(server, Y.encodeStateAsUpdate(theirs));
  const before = textOf(mine);
  const update = Y.encodeStateAsUpdate(server, Y.encodeStateVector(mine));
  Y.applyUpdate(mine, update);
  return { shared, before, update, mine, theirs };
}

test("OF72 what the server told at the return is the other side", () => {
  const { shared, before, update, mine } = apart();
  const [clash, ...more] = clashesIn({ shared: [shared], mine: before, theirs: [update], merged: textOf(mine) });
  expect(more).toEqual([]);
  expect(clash).toMatchObject({ mine: { words: "A shade of cloth." }, theirs: { words: "A hue of cloth." }, base: "A colour of cloth." });
  expect(clash?.came.map(({ from, to }) => textOf(mine).slice(from, to))).toEqual(["hue"]);
});

test("OF72 what others wrote until the own edits were saved is of the other side too, unless they had seen those", () => {
  const { shared, before, update, mine, theirs } = apart();
  const vector = Y.encodeStateVector(theirs);
  put(theirs, "Another", "A further");
  const unseen = Y.encodeStateAsUpdate(theirs, vector);
  const textBefore = before.replace("Another", "No other");
  Y.applyUpdate(mine, unseen);
  const found = clashesIn({ shared: [shared], mine: textBefore, theirs: [update, unseen], merged: textOf(mine).replace("A further", "No otherA further") });
  expect(found.map((clash) => clash.theirs.words)).toEqual(["A hue of cloth.", "A further line."]);

  Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine));
  put(theirs, textOf(theirs).includes("shadehue") ? "shadehue" : "hueshade", "tint");
  const seen = Y.diffUpdate(Y.encodeStateAsUpdate(theirs), Y.encodeStateVector(mine));
  Y.applyUpdate(mine, seen);
  expect(clashesIn({ shared: [shared], mine: before, theirs: [update, seen], merged: textOf(mine) })[0]?.theirs.words).toBe("A hue of cloth.");
});

test("OF73 another tab may have kept what was told meanwhile: it is not taken for what both had", () => {
  const { shared, before, update, mine } = apart();
  expect(clashesIn({ shared: [shared, update], mine: before, theirs: [update], merged: textOf(mine) })).toHaveLength(1);
});

test("OF73 without all of what both had nothing is searched", () => {
  const { shared, before, update, mine } = apart();
  const merged = textOf(mine);
  expect(clashesIn({ shared: [], mine: before, theirs: [update], merged })).toEqual([]);
  expect(clashesIn({ shared: [update], mine: before, theirs: [update], merged })).toEqual([]);
  expect(clashesIn({ shared: [Y.mergeUpdates([shared, update])], mine: before, theirs: [update], merged })).toEqual([]);
});
