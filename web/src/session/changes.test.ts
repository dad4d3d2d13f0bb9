// @vitest-environment node
/** PG12: what others changed since a reader last looked. */
import { expect, test } from "vitest";
import * as Y from "yjs";
import { runsOf } from "./authorship";
import { arrived, attributed, awayRewrittenSummary, awaySummary, changesBetween, description, fit, listed, moved, quoted, rewrittenSummary, summary, together } from "./changes";

const names = new Map([[1, "me"], [2, "tom"], [3, "ama"]]);

/** A text that is read by 1 and written on by several. */
class Story {
  readonly doc = new Y.Doc();
  readonly text = this.doc.getText("content");
  readonly then: string;

  constructor(then: string) {
    this.write(3, 0, 0, then);
    this.then = then;
  }

  write(client: number, at: number, removed: number, words: string): void {
    this.doc.clientID = client;
    this.doc.transact(() => {
      if (removed > 0) this.text.delete(at, removed);
      if (words) this.text.insert(at, words);
    });
  }

  replace(client: number, old: string, words: string): void {
    this.write(client, this.text.toString().indexOf(old), old.length, words);
  }

  changes() {
    const now = this.text.toString();
    const runs = runsOf(this.text, (client) => names.get(client) ?? null);
    return changesBetween({ then: this.then, now, runs, mine: (author) => author === "me" });
  }

  marked() {
    const found = this.changes();
    if (found.kind !== "marked") throw new Error(found.kind);
    const now = this.text.toString();
    return found.changes.map(({ added, removed }) => ({ added: added.map(({ from, to, author }) => [now.slice(from, to), author]), removed }));
  }
}

const text = "The engine weaves patterns. It can do whatever we order.\n\nIt has no pretensions.\n\nThe end of it.\n";

test("PG12 insertions are by their authors, replaced words go with them, deletions are nobody's", () => {
  const story = new Story(text);
  story.replace(2, "patterns", "algebra");
  story.replace(2, "no ", "");
  story.write(3, story.text.length, 0, "\nAnd a new paragraph.\n");
  expect(story.marked()).toEqual([
    { added: [["algebra", "tom"]], removed: "patterns" },
    { added: [], removed: "no " },
    { added: [["\nAnd a new paragraph.\n", "ama"]], removed: "" },
  ]);
});

test("PG12 a reader's own words on another device are no news, nor what they stand for", () => {
  const story = new Story(text);
  story.replace(1, "patterns", "flowers");
  story.write(1, story.text.length, 0, "I wrote this.\n");
  expect(story.changes()).toEqual({ kind: "none" });
  story.replace(2, "I wrote", "I surely wrote");
  expect(story.marked().flatMap(({ added }) => added.map(([, author]) => author))).toEqual(["tom"]);
  expect(new Story(text).changes()).toEqual({ kind: "none" });
});

test("PG12 of a text that became another one there are no marks, only words", () => {
  const story = new Story(text.repeat(10));
  story.write(2, 0, story.text.length, "Nothing is like it was. ".repeat(40));
  expect(story.changes()).toEqual({ kind: "rewritten", authors: ["tom"] });
  const often = new Story("a line of words\n".repeat(300));
  for (let line = 299; line >= 0; line--) often.write(3, line * 16 + 2, 4, "word");
  expect(often.changes().kind).toBe("rewritten");
  const short = new Story("short");
  short.write(2, 0, 5, "another one entirely");
  expect(short.changes().kind).toBe("marked");
});

test("PG13 marks move with later edits, and what is taken away is marked no more", () => {
  const story = new Story(text);
  story.replace(2, "patterns", "algebra");
  story.replace(2, "no ", "");
  const found = story.changes();
  let changes = found.kind === "marked" ? found.changes : [];
  story.text.observe(({ delta }) => (changes = moved(changes, delta)));
  story.write(3, 0, 0, "Once upon a time: ");
  const words = () => changes.map(({ from, to, removed }) => [story.text.toString().slice(from, to), removed]);
  expect(words()).toEqual([["algebra", "patterns"], ["", "no "]]);
  expect(story.text.toString().slice(changes[1]!.from)).toMatch(/^pretensions/);
  story.replace(3, "bra", "");
  expect(words()[0]).toEqual(["alge", "patterns"]);
  story.replace(3, "weaves alge", "");
  expect(words()[0]).toEqual(["", "patterns"]);
  expect(changes[0]?.added).toEqual([]);
});

test("PG12 it is said in words", () => {
  expect([[], ["Ama"], ["Ama", "Tomasz"], ["Ama", "Tomasz", "Grace"], ["A", "B", "C", "D"]].map(listed)).toEqual(["", "Ama", "Ama and Tomasz", "Ama, Tomasz and 1 other", "A, B and 2 others"]);
  expect(summary(4, ["Tomasz", "Ama"], "3 days ago")).toBe("4 changes by Tomasz and Ama since you last looked, 3 days ago");
  expect(summary(1, [], "yesterday")).toBe("1 change since you last looked, yesterday");
  expect(rewrittenSummary(["Ama"], "yesterday")).toBe("Much of the text was changed by Ama since you last looked, yesterday");
  const story = new Story("one two, and so it goes on: three four");
  story.replace(2, "two", "zwei");
  story.replace(2, " three", "");
  story.write(2, story.text.length, 0, " five");
  const found = story.changes();
  const said = found.kind === "marked" ? found.changes.map((change) => description(change, story.text.toString(), change.added.length > 0 ? ["Tomasz"] : [])) : [];
  expect(said).toEqual(["Tomasz put “zwei” in the place of “two”", "Deleted: “three”", "Tomasz added “five”"]);
  expect([quoted("\n\n"), quoted("  "), quoted("a\nb")]).toEqual(["a line break", "a space", "“a b”"]);
  expect(quoted("word ".repeat(40))).toMatch(/^“word .*word…”$/);
});

test("OF70 who changed a text while one was away, in words: up to two names, then a number; oneself only where nobody else did", () => {
  const said = (names: string[], mine = false) => [awaySummary({ names, mine }), awayRewrittenSummary({ names, mine })];
  expect(said(["Grace"])).toEqual(["Grace changed this while you were away", "Grace changed much of this while you were away"]);
  expect(said(["Grace", "Ada"], true)[0]).toBe("Grace and Ada changed this while you were away");
  expect(said(["Grace", "Ada", "Ama"])).toEqual(["3 people changed this while you were away", "3 people changed much of this while you were away"]);
  expect(said([], true)).toEqual(["You changed this on another device", "You changed much of this on another device"]);
  expect(said([])).toEqual(["This was changed while you were away", "Much of this was changed while you were away"]);
});

test("OF71 what came is a change however small, with its authors once they are known; older changes stay beside newer ones", () => {
  const came = arrived("One two.\nThree.\n", "One too.\nThree.\nFour.\n");
  expect(came.map(({ from, to, removed }) => [from, to, removed])).toEqual([[4, 7, "two"], [16, 22, ""]]);
  expect(arrived("same", "same")).toEqual([]);
  const glued = (now: string) => arrived("every shade.", now).map(({ from, to, removed }) => [now.slice(from, to), removed]);
  expect([glued("every shadehue."), glued("every hueshade."), glued("every hue.")]).toEqual([[["hue", ""]], [["hue", ""]], [["hue", "shade"]]]);
  const known = attributed(came, [{ from: 0, to: 6, author: "ama" }, { from: 6, to: 18, author: "tom" }, { from: 18, to: 22, author: "ama" }], () => false);
  const beside = attributed(arrived("a hope, not so.", "a hopeThat so."), [{ from: 0, to: 6, author: "me" }, { from: 6, to: 14, author: "tom" }], (author) => author === "me");
  expect(beside).toMatchObject([{ from: 6, to: 10, added: [{ from: 6, to: 10, author: "tom" }] }]);
  const elsewhere = attributed(arrived("One.", "One more."), [{ from: 0, to: 9, author: "me" }], () => true);
  expect(elsewhere).toMatchObject([{ added: [{ author: "me" }] }]);
  expect(known.map(({ added }) => added.map(({ from, to, author }) => [from, to, author]))).toEqual([[[4, 6, "ama"], [6, 7, "tom"]], [[16, 18, "tom"], [18, 22, "ama"]]]);
  expect(fit(known, "One two.\nThree.\n", "One too.\nThree.\nFour.\n").kind).toBe("marked");
  const old = [{ from: 5, to: 9, added: [], removed: "gone" }, { from: 12, to: 13, added: [], removed: "x" }];
  expect(together(old, known).map(({ from }) => from)).toEqual([4, 12, 16]);
});
