import { expect, test } from "vitest";
import { otherNotes, type Thread } from "./threads";

const thread = (id: string, from: number): Thread => ({ note: { id } as Thread["note"], place: { from, to: from + 1, changed: false } });
const [one, two] = [thread("1", 0), thread("2", 9)];

test("notes that only stand elsewhere are no other notes", () => {
  const moved = [{ ...two, place: null }, { ...one, place: { from: 4, to: 5, changed: true } }];
  expect([otherNotes([one, two], moved), otherNotes([], [])]).toEqual([false, false]);
});

test.each([
  ["one more", [one], [one, two]],
  ["one less", [one, two], [two]],
  ["other words", [one], [{ ...one, note: { ...one.note } }]],
])("%s is", (_, before, now) => expect(otherNotes(before, now)).toBe(true));
