import { expect, test } from "vitest";
import type { Known } from "../../session/people";
import { askingAt, candidates, completed } from "./mention";

const person = (name: string, display: string, over: Partial<Known> = {}): Known => ({
  author: name,
  display,
  name,
  peer: 1,
  guest: false,
  role: "edit",
  ...over,
});

test("a name is asked for behind an @ that begins a word", () => {
  expect(askingAt("Hello @to", 9)).toEqual({ from: 6, to: 9, query: "to" });
  expect(askingAt("@", 1)).toEqual({ from: 0, to: 1, query: "" });
  expect(askingAt("(@am and more", 4)?.query).toBe("am");
  expect(askingAt("ada@example", 11)).toBeNull();
  expect(askingAt("@ama ", 5)).toBeNull();
  expect(askingAt("no name", 7)).toBeNull();
});

test("whoever has access and an account, by account name or any word of the name, accents aside", () => {
  const all = [
    person("ama", "Ama Serwaa"),
    person("tomasz", "Tomasz Bielak"),
    person("zoe", "Zoë Amaral"),
    { author: "gone", display: "Amalia Gone", name: "gone", peer: 3, guest: false },
    { author: "g", display: "Amber Heron", peer: 2, guest: true, role: "comment" as const },
  ];
  const names = (query: string) => candidates(all, query).map((it) => it.name);
  expect(names("am")).toEqual(["ama", "zoe"]);
  expect(names("BIE")).toEqual(["tomasz"]);
  expect(names("zoe")).toEqual(["zoe"]);
  expect(names("")).toEqual(["ama", "tomasz", "zoe"]);
  expect(names("x")).toEqual([]);
});

test("the whole name stands where it was begun, with one space behind it", () => {
  expect(completed("Hi @am", { from: 3, to: 6, query: "am" }, "ama")).toEqual({ text: "Hi @ama ", caret: 8 });
  expect(completed("@a there", { from: 0, to: 2, query: "a" }, "ama")).toEqual({ text: "@ama there", caret: 5 });
});
