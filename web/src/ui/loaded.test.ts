import { expect, test } from "vitest";
import { createLoaded } from "./loaded";

test("what was done is shown, what was not is said, and nothing is lost", async () => {
  const list = createLoaded(async () => [1, 2]);
  expect(list.items.value).toBeNull();
  await list.load();
  expect(await list.change(async (known) => [...known, 3])).toBe(true);
  expect(await list.change(async () => Promise.reject(new Error("Not now.")))).toBe(false);
  expect([list.items.value, list.problem.value]).toEqual([[1, 2, 3], "Not now."]);
  await list.load();
  expect(list.problem.value).toBeNull();
});
