// @vitest-environment node
/** OF72, OF73: paragraphs that both sides rewrote while they were apart. The merges are Yjs' own. */
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { blocksOf } from "./blocks";
import { type Clash, clashesBetween, searchMax } from "./clashes";
import { textChanges } from "./differences";

const text = `# The loom

The engine weaves patterns of every colour, and it never tires of them.

- a store for numbers
- a mill to work on them
- somebody to pay for it

| Card | Columns |
|------|---------|
| Operation | one |
| Variable | two |

\`\`\`rust
let first = 1;
let second = 2;
\`\`\`

It has no pretensions to originate anything. We can follow analysis.
`;

type Edit = (text: string) => string;
const put = (old: string, next: string): Edit => (all) => {
  if (!all.includes(old)) throw new Error(`no ${old} in it`);
  return all.replace(old, () => next);
};
const both = (...edits: Edit[]): Edit => (all) => edits.reduce((now, edit) => edit(now), all);

/** Two sides edit the same text apart, word for word as an editor would, and meet. */
function met(base: string, mine: Edit, theirs: Edit) {
  return metBy(base, (doc) => write(doc, mine(base)), (doc) => write(doc, theirs(base)));
}

function metBy(base: string, mine: (doc: Y.Doc) => void, theirs: (doc: Y.Doc) => void) {
  const [a, b] = [1, 2].map((client) => {
    const doc = new Y.Doc();
    doc.clientID = 99;
    doc.getText("content").insert(0, base);
    doc.clientID = client;
    return doc;
  }) as [Y.Doc, Y.Doc];
  mine(a);
  theirs(b);
  const versions = { base, mine: textOf(a), theirs: textOf(b) };
  Y.applyUpdate(a, Y.encodeStateAsUpdate(b));
  return { ...versions, merged: textOf(a) };
}

const textOf = (doc: Y.Doc) => doc.getText("content").toString();

function write(doc: Y.Doc, next: string): void {
  const content = doc.getText("content");
  doc.transact(() => {
    for (const { fromA, toA, fromB, toB } of textChanges(textOf(doc), next).reverse()) {
      content.delete(fromA, toA - fromA);
      content.insert(fromA, next.slice(fromB, toB));
    }
  });
}

function clashes(mine: Edit, theirs: Edit, base = text): (Pick<Clash, "base"> & { merged: string; mine: string; theirs: string })[] {
  const versions = met(base, mine, theirs);
  return clashesBetween(versions).map((it) => ({
    merged: versions.merged.slice(it.from, it.to),
    mine: it.mine.words,
    theirs: it.theirs.words,
    base: it.base,
  }));
}

describe("OF72 a clash is", () => {
  test("the same word replaced differently, told with the whole paragraph", () => {
    const [clash, ...more] = clashes(put("colour", "shade"), put("colour", "hue"));
    expect(more).toEqual([]);
    expect(clash).toMatchObject({
      mine: "The engine weaves patterns of every shade, and it never tires of them.",
      theirs: "The engine weaves patterns of every hue, and it never tires of them.",
      base: "The engine weaves patterns of every colour, and it never tires of them.",
    });
    expect(clash?.merged).toMatch(/^The engine weaves patterns of every (shadehue|hueshade), and it never tires of them\.$/);
  });

  test("the same correction twice, which made one word of two", () => {
    const [clash] = clashes(put("colour", "color"), put("colour", "color"));
    expect(clash?.merged).toContain("colorcolor");
    expect(clash?.mine).toBe(clash?.theirs);
  });

  test("the same line, or the same words, put in by both", () => {
    expect(clashes(put("- a mill", "- a clock\n- a mill"), put("- a mill", "- a clock\n- a mill"))).toEqual([
      { merged: "- a clock\n- a clock", mine: "- a clock", theirs: "- a clock", base: "" },
    ]);
    expect(clashes(put("never tires", "really never tires"), put("never tires", "really never tires"))).toHaveLength(1);
  });

  test("what one side deleted and the other wrote in", () => {
    const sentence = "It has no pretensions to originate anything.";
    const [clash] = clashes(put(" We can follow analysis.", ""), put("follow", "anticipate"));
    expect(clash).toMatchObject({ mine: sentence, theirs: `${sentence} We can anticipate analysis.` });
    const [whole] = clashes(put("- somebody to pay for it\n", ""), put("somebody", "a patron"));
    expect(whole).toMatchObject({ mine: "", theirs: "- a patron to pay for it" });
    expect(whole?.merged).toContain("a patron");
    expect(clashes(put("let second = 2;\n", ""), put("second", "last"))).toHaveLength(1);
  });

  test("a moved paragraph the other wrote in: mine is where it went", () => {
    const line = "- a store for numbers\n";
    const away = both(put(line, ""), put("It has no", `${line}\nIt has no`));
    const [clash] = clashes(away, put("numbers", "figures"));
    expect(clash).toMatchObject({ mine: "- a store for numbers", theirs: "- a store for figures" });
  });

  test("neighbouring words, if one side changed many", () => {
    expect(clashes(put("patterns of every colour", "cloth in all sorts"), put("weaves", "spins"))).toHaveLength(1);
    expect(clashes(put("engine", "machine"), put("weaves", "spins"))).toEqual([]);
  });

  test("each sign and each script: emoji, accents, letters without spaces", () => {
    expect(clashes(put("now", "soon"), put("now", "later"), "Say 😀 now please 👩‍🚀.\n")).toHaveLength(1);
    expect(clashes(put("😀", "😁"), put("😀", "🎉"), "Say 😀 now please.\n")).toHaveLength(1);
    expect(clashes(put("红", "绿"), put("红", "黑"), "我喜欢红茶。\n")).toHaveLength(1);
    expect(clashes(put("我", "他"), put("茶", "酒"), "我喜欢红茶。\n")).toEqual([]);
  });
});

/** Puts words in the place of others as somebody does who selects them and types. */
const typed = (old: string, next: string) => (doc: Y.Doc) => {
  const content = doc.getText("content");
  const at = textOf(doc).indexOf(old);
  content.delete(at, old.length);
  content.insert(at, next);
};

describe("OF72 a clash is also what went astray, as somebody had retyped more than can be seen", () => {
  const found = (mine: (doc: Y.Doc) => void, theirs: (doc: Y.Doc) => void) => {
    const versions = metBy(text, mine, theirs);
    return clashesBetween(versions).map((it) => [versions.merged.slice(it.from, it.to), it.mine.words, it.theirs.words]);
  };
  const sentence = "It has no pretensions to originate anything.";

  test("a sentence retyped for its last word, and its first word changed", () => {
    const [clash, ...more] = found(typed("It has no", "It really has no"), typed(sentence, "It has no pretensions at all."));
    expect(more).toEqual([]);
    expect(clash?.slice(1)).toEqual([`It really has no pretensions to originate anything. We can follow analysis.`, "It has no pretensions at all. We can follow analysis."]);
  });

  test("a whole text brought in again with one word changed, and another paragraph written in", () => {
    const again = typed(text, text.replace("Variable", "Number"));
    const all = found(typed("follow", "anticipate"), again);
    expect(all.map(([, mine, theirs]) => [mine, theirs])).toContainEqual([`${sentence} We can anticipate analysis.`, `${sentence} We can follow analysis.`]);
    expect(found(again, (doc) => doc.getText("content").insert(0, ""))).toEqual([]);
  });

  test("nothing, where both are where they belong, in whatever order new words came", () => {
    expect(found(typed("follow", "anticipate"), typed(sentence, "It has no wish at all."))).toEqual([]);
    for (let times = 0; times < 8; times++) {
      expect(found(typed("- a mill", "- a clock\n- a mill"), typed("- a mill", "- a bell\n- a mill")).length).toBe(1);
      const put = (line: string) => (doc: Y.Doc) => doc.getText("content").insert(textOf(doc).indexOf("- a mill"), line);
      expect(found(put("- a clock\n"), put("- a bell\n"))).toEqual([]);
    }
  });

  test("nothing, for many seeds of blocks retyped by one side each", () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = seeded(seed);
      const blocks = Array.from({ length: 3 + pick(random, 8) }, (_, at) => blockOf(random, at));
      const side = (mine: boolean) => (doc: Y.Doc) => blocks.forEach((block, at) => {
        if ((at % 2 === 0) === mine && random() < 0.7) typed(block, rewritten(block, random))(doc);
      });
      const versions = metBy(blocks.join("\n\n"), side(true), side(false));
      expect(clashesBetween(versions), `seed ${seed}: ${JSON.stringify(versions)}`).toEqual([]);
    }
  });
});

describe("OF73 no clash is", () => {
  test.each<[string, Edit, Edit]>([
    ["one side alone", put("colour", "shade"), (all) => all],
    ["two paragraphs", put("colour", "shade"), put("pretensions", "wish")],
    ["two items of a list", put("a store for numbers", "somewhere to keep figures"), put("a mill to work on them", "wheels that turn")],
    ["two rows of a table", put("| Operation | one |", "| What to do | 1 |"), put("| Variable | two |", "| With what | 2 |")],
    ["two lines of code", put("let first = 1;", "const FIRST: u8 = 10;"), put("let second = 2;", "const SECOND: u8 = 20;")],
    ["two small corrections in one paragraph", put("weaves", "wove"), put("never tires", "never tired")],
    ["a heading and what is below it", put("# The loom", "# Of looms"), put("The engine", "This machine")],
    ["different items put to the same place", put("- a mill", "- a clock\n- a mill"), put("- a mill", "- a bell\n- a mill")],
    ["two sentences put to the same place", put("them.\n", "them. One more.\n"), put("them.\n", "them. And another.\n")],
    ["words at both ends of the text", put("analysis.\n", "analysis.\n\nMine.\n"), put("# The loom", "# Of looms")],
    ["both added below", (all) => `${all}\nMine, at the end.\n`, (all) => `${all}\nTheirs, at the end.\n`],
    ["a new paragraph beside a changed word", put("them.\n", "them.\n\nA new one.\n"), put("them.", "these.")],
    ["a new item above a changed one", put("- a mill", "- a clock\n- a mill"), put("- a mill", "- one mill")],
    ["the same words deleted by both", put(" We can follow analysis.", ""), put(" We can follow analysis.", "")],
    ["words in a paragraph that is deleted apart from others", put("- a mill to work on them\n", ""), put("somebody", "a patron")],
    ["two paragraphs that changed places, and a word in one", swap, put("follow", "anticipate")],
  ])("%s", (_, mine, theirs) => {
    expect(clashes(mine, theirs)).toEqual([]);
    expect(clashes(theirs, mine)).toEqual([]);
  });
});

/** Two items change places. */
function swap(all: string): string {
  return all.replace("- a store for numbers\n- a mill to work on them\n", "- a mill to work on them\n- a store for numbers\n");
}

describe("OF73 for many seeds", () => {
  test("sides that wrote in different blocks never clash", () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = seeded(seed);
      const blocks = Array.from({ length: 4 + pick(random, 8) }, (_, at) => blockOf(random, at));
      const mineIn = new Set([...blocks.keys()].filter(() => random() < 0.4));
      const side = (mine: boolean): Edit => () => blocks.map((block, at) => (mineIn.has(at) === mine && random() < 0.7 ? rewritten(block, random) : block)).join("\n\n") + "\n";
      const versions = met(blocks.join("\n\n") + "\n", side(true), side(false));
      expect(clashesBetween(versions), `seed ${seed}: ${JSON.stringify(versions)}`).toEqual([]);
    }
  });

  test("OF72 a word that both replaced differently is always told, where it is", () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = seeded(seed);
      const blocks = Array.from({ length: 1 + pick(random, 8) }, (_, at) => blockOf(random, at));
      const at = pick(random, blocks.length);
      const words = [...(blocks[at] ?? "").matchAll(/\p{L}+/gu)];
      const word = words[pick(random, words.length)]!;
      const with_ = (next: string) => blocks.map((block, index) => {
        if (index === at) return block.slice(0, word.index) + next + block.slice(word.index + word[0].length);
        return random() < 0.2 ? rewritten(block, random) : block;
      }).join("\n\n");
      const versions = met(blocks.join("\n\n"), () => with_("MINE"), () => with_("THEIRS"));
      const found = clashesBetween(versions);
      const told = found.filter(({ from, to }) => /MINE/.test(versions.merged.slice(from, to)) && /THEIRS/.test(versions.merged.slice(from, to)));
      expect(told.length, `seed ${seed}: ${JSON.stringify({ versions, found })}`).toBe(1);
      expect(told[0]).toMatchObject({ mine: { words: expect.stringContaining("MINE") as string }, theirs: { words: expect.stringContaining("THEIRS") as string } });
    }
  });

  test("OF72 what is told is in the texts, ascending and apart; the other side is told the same", () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = seeded(seed);
      const base = Array.from({ length: 1 + pick(random, 6) }, (_, at) => blockOf(random, at)).join("\n\n");
      const side = (): Edit => (all) => all.split("\n\n").map((block) => (random() < 0.7 ? rewritten(block, random) : block)).join("\n\n");
      const versions = met(base, side(), side());
      const found = clashesBetween(versions);
      let done = 0;
      for (const { from, to, mine, theirs } of found) {
        expect(from).toBeGreaterThanOrEqual(done);
        expect(to).toBeGreaterThan(from);
        expect(versions.mine.slice(mine.at, mine.at + mine.words.length)).toBe(mine.words);
        expect(versions.theirs.slice(theirs.at, theirs.at + theirs.words.length)).toBe(theirs.words);
        done = to;
      }
      const turned = clashesBetween({ ...versions, mine: versions.theirs, theirs: versions.mine });
      expect(turned.map(({ base: passage, mine, theirs }) => [passage, theirs.words, mine.words])).toEqual(found.map(({ base: passage, mine, theirs }) => [passage, mine.words, theirs.words]));
    }
  });
});

describe("OF73 the work is bounded", () => {
  test("a long text, much of it rewritten, is searched; one beyond the limit is not", () => {
    const random = seeded(7);
    const blocks = Array.from({ length: 1_800 }, (_, at) => blockOf(random, at));
    const side = (word: string) => blocks.map((block, at) => (at % 3 === 0 ? block.replace(/\p{L}+/u, word) : block)).join("\n\n");
    const [base, mine, theirs] = [blocks.join("\n\n"), side("MINE"), side("THEIRS")];
    expect(base.length).toBeGreaterThan(100_000);
    const merged = blocks.map((block, at) => (at % 3 === 0 ? block.replace(/\p{L}+/u, "MINETHEIRS") : block)).join("\n\n");
    expect(clashesBetween({ base, mine, theirs, merged })).toHaveLength(600);
    const long = "a ".repeat(searchMax / 2 + 1);
    expect(clashesBetween({ base: long, mine: `x${long}`, theirs: `y${long}`, merged: `xy${long}` })).toEqual([]);
  });

  test("texts with nothing in common end soon", () => {
    const noise = (seed: number) => Array.from({ length: 20_000 }, (_, at) => `${seed}${at * 7919 + seed}`).join("\n");
    expect(clashesBetween({ base: noise(1), mine: noise(2), theirs: noise(3), merged: noise(2) + noise(3) })).toHaveLength(1);
  });
});

test("OF72 blocks are paragraphs, and by the line what is read by the line", () => {
  const blocks = blocksOf(text).map(({ from, to }) => text.slice(from, to));
  expect(blocks.slice(0, 8)).toEqual([
    "# The loom",
    "The engine weaves patterns of every colour, and it never tires of them.",
    "- a store for numbers",
    "- a mill to work on them",
    "- somebody to pay for it",
    "| Card | Columns |",
    "|------|---------|",
    "| Operation | one |",
  ]);
  expect(blocksOf("one\ntwo\n# h\nthree\n\n- a\n  b\n1. c").map(({ from, to }) => [from, to])).toEqual([[0, 7], [8, 11], [12, 17], [19, 26], [27, 31]]);
  expect(blocksOf("```\na\n\nb\n```\nc\nd")).toHaveLength(5);
});

const letters = "abcdefghijklmnopqrstuvwxyzäéßøπ😀";
function wordOf(random: () => number): string {
  return Array.from({ length: 3 + pick(random, 6) }, () => [...letters.slice(0, 30)][pick(random, 30)]).join("");
}

function blockOf(random: () => number, at: number): string {
  const words = (count: number) => Array.from({ length: count }, () => wordOf(random)).join(" ");
  const kind = pick(random, 4);
  if (kind === 0) return `- ${words(3)} ${at}`;
  if (kind === 1) return `## ${words(2)} ${at}`;
  return `${words(6 + pick(random, 12))} 😀 ${words(3)}.${random() < 0.3 ? `\n${words(4)}.` : ""}`;
}

function rewritten(block: string, random: () => number): string {
  const words = block.split(" ");
  for (let times = 1 + pick(random, 4); times > 0; times--) {
    const at = 1 + pick(random, Math.max(1, words.length - 2));
    if (random() < 0.3) words.splice(at, 1);
    else if (random() < 0.5) words.splice(at, 0, wordOf(random));
    else words[at] = wordOf(random);
  }
  return words.join(" ");
}

function pick(random: () => number, count: number): number {
  return Math.floor(random() * count);
}

function seeded(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 1 | state) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
  };
}
