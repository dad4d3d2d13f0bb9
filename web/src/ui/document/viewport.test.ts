import { expect, test } from "vitest";
import { shellOf } from "./viewport";

const phone = { width: 390, height: 844, offsetTop: 0, scale: 1 };

test("PG40 the shell is what the keyboard leaves, wherever iOS has pushed it", () => {
  expect(shellOf(phone, 844)).toEqual({ top: 0, height: 844, keyboard: "down", room: "enough" });
  expect(shellOf({ ...phone, height: 508, offsetTop: 120 }, 844)).toEqual({ top: 120, height: 508, keyboard: "up", room: "enough" });
});

test("PG48 what a keyboard leaves of a phone held sideways is a strip", () => {
  expect(shellOf({ width: 740, height: 180, offsetTop: 0, scale: 1 }, 360)).toMatchObject({ keyboard: "up", room: "strip" });
  expect(shellOf({ width: 740, height: 360, offsetTop: 0, scale: 1 }, 360)).toMatchObject({ keyboard: "down", room: "enough" });
  // half of a screen that is shared with another app
  expect(shellOf({ width: 360, height: 280, offsetTop: 0, scale: 1 }, 280).room).toBe("enough");
});

test("PG40 a browser's bars that come and go are no keyboard", () => {
  expect(shellOf({ ...phone, height: 844 - 112 }, 844).keyboard).toBe("down");
});

test("PG40 a page that is zoomed in keeps its size", () => {
  const near = { width: 195, height: 422, offsetTop: 200, scale: 2 };
  expect(shellOf(near, 844)).toEqual({ top: 0, height: 844, keyboard: "down", room: "enough" });
});
