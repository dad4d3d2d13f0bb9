import { expect, test } from "vitest";
import { spotBeside } from "./note-button";

const rect = (right: number, top: number) => ({ right, top, bottom: top + 24 }) as DOMRect;

test("below the end of the selection, inside the window", () => {
  expect(spotBeside(rect(500, 100), 80, 32)).toEqual({ left: 460, top: 130 });
  expect(spotBeside(rect(3, 100), 80, 32).left).toBe(8);
  expect(spotBeside(rect(innerWidth - 2, 100), 80, 32).left).toBe(innerWidth - 88);
});

test("where there is no room below, behind it on its line, not over what is selected", () => {
  const { left, top } = spotBeside(rect(500, innerHeight - 40), 80, 32);
  expect(left).toBeGreaterThanOrEqual(500);
  expect(top + 32).toBeLessThanOrEqual(innerHeight - 8);
});
