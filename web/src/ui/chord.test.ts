import { expect, test } from "vitest";
import { keycaps, matches } from "./chord";

function press(init: KeyboardEventInit, altGraph = false): KeyboardEvent {
  const event = new KeyboardEvent("keydown", init);
  event.getModifierState = (name) => altGraph && name === "AltGraph";
  return event;
}

test("a chord is shown the way the keyboard names it", () => {
  expect(keycaps("Mod-Shift-x", false)).toEqual(["Ctrl", "Shift", "X"]);
  expect(keycaps("Mod-Alt-1", true)).toEqual(["⌘", "⌥", "1"]);
  expect(keycaps("F1", false)).toEqual(["F1"]);
});

test("AltGr is not Ctrl-Alt", () => {
  const held = { key: "e", code: "KeyE", ctrlKey: true, altKey: true };
  expect(matches(press(held), "Ctrl-Alt-e", false)).toBe(true);
  expect(matches(press(held, true), "Ctrl-Alt-e", false)).toBe(false);
  expect(matches(press({ ...held, key: "€" }, true), "Ctrl-Alt-e", false)).toBe(false);
});

test("a letter that Alt turned into another sign is known by its place", () => {
  expect(matches(press({ key: "´", code: "KeyE", ctrlKey: true, altKey: true }), "Ctrl-Alt-e", true)).toBe(true);
});

test("a chord takes no other modifier", () => {
  expect(matches(press({ key: "s", code: "KeyS", ctrlKey: true }), "Mod-s", false)).toBe(true);
  expect(matches(press({ key: "S", code: "KeyS", ctrlKey: true, shiftKey: true }), "Mod-s", false)).toBe(false);
  expect(matches(press({ key: "s", code: "KeyS", metaKey: true }), "Mod-s", true)).toBe(true);
  expect(matches(press({ key: "s", code: "KeyS", metaKey: true }), "Mod-s", false)).toBe(false);
});
