import { afterEach, expect, test } from "vitest";
import { keyScrolls, pressScrolls, touchScrolls, watchHands, wheelScrolls } from "./hands";

let stop = () => {};
afterEach(() => {
  stop();
  document.body.replaceChildren();
});

function place() {
  document.body.innerHTML = `<div id="source"><p></p><input></div><div id="sheet"><p><a href="#there">x</a><a href="/d/1">y</a></p><button>b</button></div>
    <aside class="rail"><p></p></aside><menu><button>m</button></menu>`;
  const heard: string[] = [];
  const find = (path: string) => document.querySelector<HTMLElement>(path) as HTMLElement;
  stop = watchHands(find("#source"), find("#sheet"), (where) => heard.push(where));
  return { heard, find, key: (path: string, key: string) => find(path).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })) };
}

test("the wheel, a finger and a link inside the text are a person's own", () => {
  const { heard, find } = place();
  for (const path of ["#source p", "#sheet p", ".rail p", "menu"])
    find(path).dispatchEvent(new WheelEvent("wheel", { deltaY: 3, bubbles: true }));
  expect(heard).toEqual(["source", "sheet", "margin"]);
  find("a[href='#there']").click();
  find("a[href='/d/1']").addEventListener("click", (event) => event.preventDefault());
  find("a[href='/d/1']").click();
  expect(heard.slice(3)).toEqual(["sheet"]);
});

test("a program that scrolls is nobody's hand", () => {
  const { heard, find } = place();
  for (const path of ["#source", "#sheet"]) find(path).dispatchEvent(new Event("scroll", { bubbles: true }));
  expect(heard).toEqual([]);
});

test("keys that scroll, and those that move the caret in the source", () => {
  const { heard, key } = place();
  for (const it of ["PageDown", "ArrowLeft", "a", " ", "Shift", "Escape"]) key("#source p", it);
  expect(heard).toEqual(["source", "source"]);
  for (const it of ["PageDown", "ArrowLeft", "a", " ", "End"]) key("#sheet p", it);
  expect(heard.slice(2)).toEqual(["sheet", "sheet", "sheet"]);
  key("body", "PageDown");
  expect(heard.slice(5)).toEqual(["sheet"]);
  key("#source input", "ArrowDown");
  key("#sheet button", " ");
  key("menu button", "ArrowDown");
  expect(heard.slice(6)).toEqual([]);
  expect(keyScrolls({ key: "ArrowDown", altKey: true, target: null }, "sheet")).toBe(false);
});

test("what only looks like scrolling", () => {
  expect([wheelScrolls({ deltaY: 0, ctrlKey: false }), wheelScrolls({ deltaY: 9, ctrlKey: true }), wheelScrolls({ deltaY: 9, ctrlKey: false })]).toEqual([false, false, true]);
  expect([touchScrolls({ touches: { length: 2 } }), touchScrolls({ touches: { length: 1 } })]).toEqual([false, true]);
});

test("a press beside the content is on the scrollbar", () => {
  const target = document.createElement("div");
  target.getBoundingClientRect = () => ({ left: 100 }) as DOMRect;
  for (const [name, value] of Object.entries({ scrollHeight: 900, clientHeight: 300, clientWidth: 485, clientLeft: 0 }))
    Object.defineProperty(target, name, { value });
  const press = (clientX: number, button = 0) => pressScrolls({ button, target, clientX });
  expect([press(99), press(100), press(584), press(585), press(300, 1)]).toEqual([true, false, false, true, true]);
});
