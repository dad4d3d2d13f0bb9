import { signal } from "@preact/signals";
import { afterEach, expect, test } from "vitest";
import type { NoteMark, NoteSurface, Span } from "../../editor/surface";
import type { View } from "../document/view";
import { createSurfaces, mark } from "./surfaces";
import { fakeBoard, note, place } from "./test/fakes";

afterEach(() => document.body.replaceChildren());

function surface() {
  const scroller = document.createElement("div");
  document.body.append(scroller);
  const presses = new Set<(ids: string[]) => void>();
  const shown: { marks: readonly NoteMark[]; active: string | null }[] = [];
  const revealed: number[] = [];
  const selected = signal<Span | null>(null);
  const it: NoteSurface = {
    show: (marks, active) => void shown.push({ marks, active }),
    onPress: (run) => (presses.add(run), () => void presses.delete(run)),
    selected,
    selectionRect: () => null,
    reveal: (from) => void revealed.push(from),
    topOf: (offset) => offset * 10,
    layout: signal(0),
    scroller,
  };
  return { it, selected, shown, revealed, presses, press: (...ids: string[]) => presses.forEach((run) => run(ids)) };
}

function make() {
  const [source, text] = [surface(), surface()];
  const view = signal<View>("both");
  const phone = signal(false);
  const surfaces = createSurfaces({ source: signal(source.it), text: signal(text.it), view, phone });
  return { source, text, view, phone, surfaces };
}

test("the text leads where it shows, the source where it is alone, and on a phone there is one pane", () => {
  const { surfaces, view, phone, source, text } = make();
  expect(surfaces.lead.value).toBe(text.it);
  expect(surfaces.seen.value).toEqual([text.it, source.it]);
  phone.value = true;
  expect(surfaces.seen.value).toEqual([text.it]);
  view.value = "edit";
  expect(surfaces.lead.value).toBe(source.it);
});

test("of two selections the one where something changed last counts", () => {
  const { surfaces, source, text, view } = make();
  source.selected.value = { from: 1, to: 2 };
  text.selected.value = { from: 3, to: 4 };
  expect(surfaces.selected.value?.span).toEqual({ from: 3, to: 4 });
  source.selected.value = { from: 5, to: 6 };
  expect(surfaces.selected.value?.span).toEqual({ from: 5, to: 6 });
  source.selected.value = null;
  expect(surfaces.selected.value?.surface).toBe(text.it);
  view.value = "edit";
  expect(surfaces.selected.value).toBeNull();
});

test("passages are marked in whatever is seen, and a press opens their note", () => {
  const { surfaces, source, text, view, phone } = make();
  const { board } = fakeBoard([note("a")], { a: place(3) });
  mark(board, surfaces, phone);
  source.press("a");
  expect(board.active.value).toBe("a");
  for (const pane of [source, text]) expect(pane.shown.at(-1)).toMatchObject({ active: "a", marks: [{ id: "a", from: 3 }] });
  view.value = "view";
  expect(source.presses.size).toBe(0);
});

test("on a phone a press while writing opens nothing", () => {
  const { surfaces, source, view, phone } = make();
  const { board } = fakeBoard([note("a")], { a: place(3) });
  phone.value = true;
  view.value = "edit";
  mark(board, surfaces, phone);
  const field = document.createElement("div");
  field.contentEditable = "true";
  Object.defineProperty(field, "isContentEditable", { value: true });
  field.tabIndex = 0;
  source.it.scroller.append(field);
  field.focus();
  source.it.scroller.dispatchEvent(new Event("pointerdown"));
  source.press("a");
  expect(board.active.value).toBeNull();
  field.blur();
  source.it.scroller.dispatchEvent(new Event("pointerdown"));
  source.press("a");
  expect(board.active.value).toBe("a");
});

test("a passage is brought into sight in both panes, on a phone so high that a sheet leaves it free", () => {
  const { surfaces, source, text, phone } = make();
  surfaces.reveal({ from: 40, to: 50 });
  expect([source.revealed, text.revealed]).toEqual([[40], [40]]);
  phone.value = true;
  Object.defineProperty(text.it.scroller, "clientHeight", { value: 500 });
  surfaces.reveal({ from: 40, to: 50 });
  expect(text.it.scroller.scrollTop).toBe(320);
  expect(surfaces.depth(40)).toBe(80);
});
