import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { swipes } from "./swipe";

const to = { down: vi.fn(), left: vi.fn(), right: vi.fn() };
let sheet: HTMLElement;
let stop: () => void;

beforeEach(() => {
  vi.resetAllMocks();
  sheet = document.createElement("div");
  for (const name of ["sheet-grip", "sheet-body"]) {
    const part = document.createElement("div");
    part.className = name;
    part.append(document.createElement("button"));
    sheet.append(part);
  }
  document.body.append(sheet);
  stop = swipes(sheet, to);
});

afterEach(() => (stop(), sheet.remove()));

function drag(selector: string, x: number, y: number, end = "pointerup") {
  const target = sheet.querySelector(selector);
  const at = (name: string, clientX: number, clientY: number) =>
    target?.dispatchEvent(Object.assign(new Event(name, { bubbles: true }), { pointerType: "touch", clientX, clientY }));
  at("pointerdown", 200, 400);
  at("pointermove", 200 + x, 400 + y);
  const pulled = sheet.style.translate;
  at(end, 200 + x, 400 + y);
  return pulled;
}

test("pulled down by its head it follows and closes, or goes back when the finger is taken away by the system", () => {
  expect(drag(".sheet-grip", 3, 120)).toBe("0 120px");
  expect(to.down).toHaveBeenCalledOnce();
  drag(".sheet-grip", 0, 200, "pointercancel");
  expect(to.down).toHaveBeenCalledOnce();
  expect(sheet.style.translate).toBe("");
});

test("its body scrolls, and a sweep to the side steps", () => {
  expect(drag(".sheet-body", 0, 200)).toBe("");
  expect(to.down).not.toHaveBeenCalled();
  drag(".sheet-body", -90, 12);
  drag(".sheet-body", 90, -12);
  drag(".sheet-body", 90, 80);
  expect(to.left).toHaveBeenCalledOnce();
  expect(to.right).toHaveBeenCalledOnce();
});

test("a button is pressed, not dragged", () => {
  drag(".sheet-grip button", 0, 200);
  expect(to.down).not.toHaveBeenCalled();
});
