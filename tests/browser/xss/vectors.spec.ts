/** XS5: what the generator promises. Needs no browser. */
import { expect, test } from "@playwright/test";
import { compose, lastWords } from "./batch";
import { htmlOf, renderer } from "./renderer";
import { generate } from "./vectors";

test("XS5 a seed names its vectors, no two are equal, and a short run has some of every class", async () => {
  const [first, again, other] = [generate(3_000, 7), generate(3_000, 7), generate(3_000, 8)];
  expect(again).toEqual(first);
  expect(new Set(first.map(({ text }) => text)).size).toBe(3_000);
  expect(other.slice(0, 50)).not.toEqual(first.slice(0, 50));
  const kinds = new Set(first.map(({ kind }) => kind));
  expect(kinds.size).toBe(9);
  expect(new Set(first.slice(0, kinds.size).map(({ kind }) => kind))).toEqual(kinds);
});

test("XS5 no vector of a batch hides another", async () => {
  const engine = await renderer();
  const vectors = generate(420, 7);
  for (let at = 0; at < vectors.length; at += 60) {
    const batch = vectors.slice(at, at + 60);
    const { text, marks } = compose(engine, batch);
    expect(htmlOf(engine, text)).toMatch(new RegExp(`<p[^>]*>${lastWords}</p>`));
    expect(batch.length - marks.length).toBeLessThan(3);
  }
});
