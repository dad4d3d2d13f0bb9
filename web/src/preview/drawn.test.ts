import { expect, test } from "vitest";
import { Drawn } from "./drawn";

const whole = 1_000;

test("OF44 what is kept of a text follows its changes", () => {
  const drawn = new Drawn();
  drawn.splice({ from: 0, removed: 0, inserted: ["<p>a", "<p>b", "<p>c"] });
  expect(drawn.beginning(whole)).toBe("<p>a<p>b<p>c");
  drawn.splice({ from: 1, removed: 1, inserted: ["<p>x", "<p>y"] });
  expect(drawn.beginning(whole)).toBe("<p>a<p>x<p>y<p>c");
  drawn.splice({ from: 1, removed: 3, inserted: ["", "<p>z", ""] });
  expect(drawn.beginning(whole)).toBe("<p>a<p>x<p>z<p>c");
});

test("OF44 only the beginning is kept, in whole blocks, and nothing where the server renders", () => {
  const drawn = new Drawn();
  expect(drawn.beginning(whole)).toBe("");
  drawn.splice({ from: 0, removed: 0, inserted: ["12345", "67890", "abcde"] });
  expect([4, 5, 11, 15].map((most) => drawn.beginning(most))).toEqual(["", "12345", "1234567890", "1234567890abcde"]);
  drawn.forget();
  drawn.splice({ from: 0, removed: 1, inserted: ["x"] });
  expect(drawn.beginning(whole)).toBeNull();
});

test("a whole text takes the place of what there was", () => {
  const drawn = new Drawn();
  drawn.splice({ from: 0, removed: 0, inserted: ["<a>", "<b>"] });
  drawn.splice({ from: 0, removed: 0, inserted: ["<c>"] }, "whole");
  expect(drawn.beginning(100)).toBe("<c>");
});
