// @vitest-environment node
/** OF74: what is said about paragraphs that both sides rewrote. */
import { expect, test } from "vitest";
import type { Known } from "./api";
import type { Clash, Side } from "./clashes";
import { clashNotes, clashSentence, excerpt, notesMax, type Others, othersOf, versionMax } from "./clash-notes";

const side = (words: string): Side => ({ words, at: 0, changed: { from: 0, to: words.length } });
const clash = (mine: string, theirs: string, base = "as it was", at = 0): Clash => ({ from: at, to: at + 5, mine: side(mine), theirs: side(theirs), came: [], base });
const grace = (): Others => ({ kind: "people", names: ["Grace"] });
const bodyOf = (it: Clash, others: Others) => clashNotes("doc", [it], () => others)[0]?.body;

test("OF74 both versions stand in it, and whose they are", () => {
  expect(bodyOf(clash("A shade.", "A hue."), grace())).toBe("Two versions of this met while I was offline.\n\nMine: “A shade.”\n\nTheirs (Grace): “A hue.”");
  expect(bodyOf(clash("", "A hue."), { kind: "people", names: ["Grace", "Ama"] })).toContain("\n\nMine: deleted.\n\nTheirs (Grace, Ama): “A hue.”");
  expect(bodyOf(clash("A shade.", ""), { kind: "unknown" })).toContain("\n\nTheirs: deleted.");
  expect(bodyOf(clash("A shade.", "A hue."), { kind: "mine" })).toContain("\n\nMine, on another device: “A hue.”");
  expect(bodyOf(clash("A color.", "A color."), grace())).toBe("Two versions of this met while I was offline, and both say the same, so it may stand here twice.\n\nBoth: “A color.”");
});

test("OF74 the server takes whatever stands in a text: control characters and half pairs are replaced", () => {
  const body = bodyOf(clash("a\u0007b\n\tc", "d\ud83d"), grace());
  expect(body).toContain("“a\ufffdb\n\tc”");
  expect(body).toContain("“d\ufffd”");
});

test("OF74 of a long version stands what is around its change, and that something was left out", () => {
  const words = Array.from({ length: 400 }, (_, at) => `😀word${at}`).join(" ");
  const at = words.indexOf("word200");
  const told = excerpt({ words, at: 1_000, changed: { from: 1_000 + at, to: 1_007 + at } });
  expect([...told].length).toBeLessThanOrEqual(versionMax + 4);
  expect(told).toMatch(/^… 😀word\d+ .*😀word200 .*😀word\d+ …$/u);
  expect(excerpt({ words, at: 0, changed: { from: 0, to: words.length } })).toMatch(/^😀word0 .*\d …$/u);
  expect(excerpt({ words, at: 0, changed: { from: words.length - 2, to: words.length } })).toMatch(/^… 😀.*😀word399$/u);
  expect(excerpt({ words: "x".repeat(2_000), at: 0, changed: { from: 900, to: 901 } })).toHaveLength(versionMax + 4);
});

test("OF74 an id is the same for both sides and in every tab, and another one for other words or another document", () => {
  const id = (it: Clash, document = "doc") => clashNotes(document, [it], grace)[0]?.id;
  const first = id(clash("A", "B"));
  expect(first).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(id(clash("B", "A", "as it was", 400))).toBe(first);
  const others = [id(clash("A", "C")), id(clash("A", "B", "otherwise")), id(clash("A", "B"), "other"), id(clash("AB", "")), id(clash("A", "B\u0000"))];
  expect(new Set([first, ...others]).size).toBe(6);
  const many = Array.from({ length: 20_000 }, (_, at) => id(clash(`A${at}`, "B")));
  expect(new Set(many).size).toBe(20_000);
});

test("OF74 no more notes than one reads, and one that says how many more places there are", () => {
  const some = (count: number) => clashNotes("doc", Array.from({ length: count }, (_, at) => clash(`A${at}`, "B", "was", at * 10)), grace);
  expect(some(notesMax).map(({ body }) => body.includes("Mine:"))).toEqual(Array(notesMax).fill(true));
  expect(some(notesMax + 1).at(-1)).toMatchObject({ from: 50, body: "One more paragraph was changed on both sides while I was offline: this one." });
  expect(some(40)).toHaveLength(notesMax + 1);
  expect(some(40).at(-1)?.body).toBe("35 more paragraphs were changed on both sides while I was offline. This is the first of them.");
  expect([clashSentence(1), clashSentence(2)]).toEqual([
    "1 paragraph was changed on both sides: see the notes.",
    "2 paragraphs were changed on both sides: see the notes.",
  ]);
});

test("OF74 the other side is whoever wrote what came, not whoever had written the paragraph", () => {
  const person = (author: string) => ({ display: author.toUpperCase() }) as Known;
  const of = (runs: [number, number, string | null][]) =>
    othersOf({ ...clash("a", "b"), came: [{ from: 10, to: 14 }, { from: 20, to: 22 }] }, runs.map(([from, to, author]) => ({ from, to, author })), { mine: (author) => author === "me", person });
  expect(of([[0, 10, "old"], [10, 14, "tom"], [14, 20, "me"], [20, 30, "ama"]])).toEqual({ kind: "people", names: ["TOM", "AMA"] });
  expect(of([[0, 10, "old"], [10, 30, "me"]])).toEqual({ kind: "mine" });
  expect(of([[0, 30, null]])).toEqual({ kind: "unknown" });
});
