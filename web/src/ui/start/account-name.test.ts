import { expect, test } from "vitest";
import { accountName } from "./account-name";

test.each([
  ["Maren Holt", "maren-holt"],
  ["Łukasz Żółć", "lukasz-zolc"],
  ["Jürgen Groß", "jurgen-gross"],
  ["  O'Brien  ", "o-brien"],
  ["maren", "maren"],
  ["山田", ""],
  ["a".repeat(40), "a".repeat(32)],
  ["x".repeat(31) + " y", "x".repeat(31)],
])("%s signs in as %s", (typed, name) => expect(accountName(typed)).toBe(name));
