// @vitest-environment node
/** PG20: what is shown as changed between two versions. */
import { describe, expect, test } from "vitest";
import { compareTexts, diff, numbers, wordsOf } from "./differences";

const marked = (a: string, b: string) =>
  compareTexts(a, b)
    .map(({ kind, fromA, toA, fromB, toB }) =>
      kind === "same" ? a.slice(fromA, toA) : kind === "removed" ? `[-${a.slice(fromA, toA)}-]` : `[+${b.slice(fromB, toB)}+]`,
    )
    .join("");

describe("differences of texts", () => {
  test.each([
    ["", "", ""],
    ["same\n", "same\n", "same\n"],
    ["one two three", "one three", "one [-two -]three"],
    ["the quick fox runs over there", "a slow dog runs over there", "[-the quick fox-][+a slow dog+] runs over there"],
    ["a\nb\nc\n", "a\nc\n", "a\n[-b\n-]c\n"],
    ["a\nc\n", "a\nb\nc\n", "a\n[+b\n+]c\n"],
    ["completely different", "nothing in common here", "[-completely different-][+nothing in common here+]"],
    ["我喜欢红茶", "我喜欢绿茶", "我喜欢[-红-][+绿+]茶"],
    ["Say 😀 now please", "Say 😁 now please", "Say [-😀-][+😁+] now please"],
    ["", "new\n", "[+new\n+]"],
    ["old", "", "[-old-]"],
  ])("PG20 %j → %j", (a, b, expected) => expect(marked(a, b)).toBe(expected));

  test("PG20 both texts can be read back from the segments, and the fewest changes are found, for many seeds", () => {
    for (let seed = 1; seed <= 400; seed++) {
      const random = seeded(seed);
      const a = words(random, 40);
      const b = random() < 0.5 ? words(random, 40) : edited(a, random);
      const segments = compareTexts(a, b);
      expect(segments.filter(({ kind }) => kind !== "added").map(({ fromA, toA }) => a.slice(fromA, toA)).join("")).toBe(a);
      expect(segments.filter(({ kind }) => kind !== "removed").map(({ fromB, toB }) => b.slice(fromB, toB)).join("")).toBe(b);
      for (const { kind, fromA, toA, fromB, toB } of segments)
        if (kind === "same") expect(a.slice(fromA, toA)).toBe(b.slice(fromB, toB));
      const ids = new Map<string, number>();
      const [x, y] = [numbers(wordsOf(a).tokens, ids), numbers(wordsOf(b).tokens, ids)];
      const cost = diff(x, y).reduce((sum, { fromA, toA, fromB, toB }) => sum + toA - fromA + toB - fromB, 0);
      expect(cost).toBe(x.length + y.length - 2 * common(x, y));
    }
  });

  test("PG20 texts with nothing in common end soon, as a whole against a whole", () => {
    const [a, b] = [0, 1].map((odd) => Uint32Array.from({ length: 60_000 }, (_, at) => 2 * at + odd));
    expect(diff(a!, b!, 500)).toEqual([{ fromA: 0, toA: 60_000, fromB: 0, toB: 60_000 }]);
  });
});

function seeded(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 1 | state) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function words(random: () => number, most: number): string {
  return Array.from({ length: Math.floor(random() * most) }, () => ["ab", "cd", " ", " ", "\n", "e", ".", "fgh"][Math.floor(random() * 8)]).join("");
}

function edited(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length);
  return text.slice(0, at) + words(random, 6) + text.slice(at + Math.floor(random() * 10));
}

/** The longest common sequence, the slow way. */
function common(a: Uint32Array, b: Uint32Array): number {
  const row = new Array<number>(b.length + 1).fill(0);
  for (const x of a) {
    let corner = 0;
    b.forEach((y, at) => {
      const above = row[at + 1] ?? 0;
      row[at + 1] = x === y ? corner + 1 : Math.max(above, row[at] ?? 0);
      corner = above;
    });
  }
  return row[b.length] ?? 0;
}
