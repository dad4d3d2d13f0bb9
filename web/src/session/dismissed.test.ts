// @vitest-environment node
/** PG13: dismissed is dismissed. */
import { expect, test } from "vitest";
import { dismiss, isDismissed } from "./dismissed";

function memory(content: Record<string, string> = {}): Pick<Storage, "getItem" | "setItem"> {
  return { getItem: (key) => content[key] ?? null, setItem: (key, value) => void (content[key] = value) };
}

test("PG13 the very text that was seen is known again, and no other", () => {
  const store = memory();
  dismiss("a", "the text", store);
  dismiss("a", "the text!", store);
  expect([isDismissed("a", "the text!", store), isDismissed("a", "the text", store), isDismissed("b", "the text!", store)]).toEqual([true, false, false]);
  for (let n = 0; n < 60; n++) dismiss(`d${n}`, "x", store);
  expect([isDismissed("a", "the text!", store), isDismissed("d59", "x", store)]).toEqual([false, true]);
  expect(isDismissed("a", "x", memory({ "galley-dismissed": "{nonsense" }))).toBe(false);
});
