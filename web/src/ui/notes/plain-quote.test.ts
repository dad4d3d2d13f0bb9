import { expect, test } from "vitest";
import { plainQuote } from "./plain-quote";

test.each([
  ["That is a hope, not a fact.", "That is a hope, not a fact."],
  ["## Where the gap is", "Where the gap is"],
  ["Count what is waiting, and **show the number**.", "Count what is waiting, and show the number."],
  ["the word *Saved* is _free_ to print", "the word Saved is free to print"],
  ["~~Impossible~~ ==Merely expensive==", "Impossible Merely expensive"],
  ["said [Babbage](https://example.org/babbage) then", "said Babbage then"],
  ["a ![drawing](a.png) of the path", "a drawing of the path"],
  ["Only `fdatasync` waits", "Only fdatasync waits"],
  ["- [ ] Drop the network\n- [x] Fill the disk", "Drop the network Fill the disk"],
  ["1. one\n2. two", "one two"],
  ["> [!NOTE]\n> Medians from one drive.", "Medians from one drive."],
  ["| Memory only | 0.1 ms | everything |", "Memory only · 0.1 ms · everything"],
  ["| a | b |\n|---|--:|\n| 1 | 2 |", "a · b 1 · 2"],
  ["perform[^1].", "perform."],
  ["```rust\nfn main() {}\n```", "fn main() {}"],
  ["see <https://example.org/x>", "see https://example.org/x"],
  ["a <em>loud</em> word", "a loud word"],
  ["\\*not marked\\*", "*not marked*"],
  ["a\r\nb\n\n  c", "a b c"],
])("%j reads %j", (source, plain) => {
  expect(plainQuote(source)).toBe(plain);
});

test.each([
  ["snake_case_name", "snake_case_name"],
  ["2 * 3 * 4", "2 * 3 * 4"],
  ["`a * b_c ** d`", "a * b_c ** d"],
  ["a < b and c > d", "a < b and c > d"],
])("what only looks like a mark stays: %j", (source, plain) => {
  expect(plainQuote(source)).toBe(plain);
});

test("a quote may begin and end inside of marks", () => {
  expect(plainQuote("old** words and *new")).toBe("old words and new");
  expect(plainQuote("text](https://example.org) then")).toContain("then");
});

test("a quote of nothing but marks is shown as it is", () => {
  expect(plainQuote("---")).toBe("---");
  expect(plainQuote("***")).toBe("***");
});

test("a long quote without any sense takes no time", () => {
  const before = performance.now();
  for (const part of ["*", "[", "`", "_a", "<a ", "| ", "> ", "\\"]) plainQuote(part.repeat(2_000));
  expect(performance.now() - before).toBeLessThan(500);
});
