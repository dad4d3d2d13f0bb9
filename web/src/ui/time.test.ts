import { expect, test } from "vitest";
import { ago, count, date } from "./time";

const now = new Date(2026, 9, 14, 15, 30).getTime();
const at = (...parts: [number, number, number, number?, number?]) => new Date(...parts).getTime();

test.each([
  [now - 20_000, "a moment ago"],
  [now + 5_000, "a moment ago"],
  [now - 60_000, "1 minute ago"],
  [now - 40 * 60_000, "40 minutes ago"],
  [at(2026, 9, 14, 9, 0), "6 hours ago"],
  [at(2026, 9, 13, 23, 50), "yesterday"],
  [at(2026, 9, 11, 12, 0), "Sunday"],
  [at(2026, 9, 2), "2 October"],
  [at(2025, 11, 31), "31 December 2025"],
])("%i is said as %s", (then, words) => expect(ago(then, now)).toBe(words));

test("late at night, some hours ago is yesterday only when the day has changed", () => {
  expect(ago(at(2026, 9, 13, 23, 0), at(2026, 9, 13, 23, 59))).toBe("59 minutes ago");
});

test("counts follow their number", () => {
  expect([count(1, "edit"), count(0, "edit"), date(at(2026, 0, 2), now)]).toEqual(["1 edit", "0 edits", "2 January"]);
});
