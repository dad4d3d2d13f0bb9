import { expect, test } from "vitest";
import { percent } from "../../../session/shares";
import { sentence } from "./sentence";

test("PG11 who wrote a line, in words", () => {
  expect(sentence([])).toBe("Nobody has written in this line.");
  expect(sentence([{ name: "Ama", part: 1 }])).toBe("Ama wrote this.");
  expect(sentence([{ name: "Ama", part: 0.7 }, { name: "Tomasz", part: 0.3 }])).toBe("Ama (70%) and Tomasz (30%) wrote this.");
  expect(sentence([{ name: "A", part: 0.5 }, { name: "B", part: 0.3 }, { name: "C", part: 0.2 }])).toBe("A (50%), B (30%) and C (20%) wrote this.");
  expect([percent(0.0001), percent(0.9999), percent(1)]).toEqual(["1%", "99%", "100%"]);
});
