import { afterEach, expect, test, vi } from "vitest";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { markdown } from "./language";
import { noteMarks } from "./notes";
import type { NoteMark } from "./surface";

let views: EditorView[] = [];
afterEach(() => {
  views.forEach((view) => view.destroy());
  views = [];
});

function editing(doc: string) {
  const notes = noteMarks();
  const state = EditorState.create({ doc, extensions: [markdown(), notes.extension] });
  const view = new EditorView({ state });
  views.push(view);
  const surface = notes.surface(view);
  const words = (...classes: string[]) => [...view.contentDOM.querySelectorAll(classes.map((name) => `.${name}`).join(""))].map((mark) => mark.textContent);
  return { view, surface, words };
}

const mark = (id: string, from: number, to: number, resolved = false): NoteMark => ({ id, from, to, resolved });

/** A press with the mouse, or the finger, on what is marked. */
function press(target: Element, { by = 0, ...more }: { by?: number } & MouseEventInit = {}): void {
  target.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, clientX: 10, clientY: 10 }));
  target.dispatchEvent(new MouseEvent("click", { bubbles: true, clientX: 10 + by, clientY: 10, detail: 1, ...more }));
}

test("passages are marked, the active one and the settled ones as such", () => {
  const { surface, words } = editing("one two three");
  surface.show([mark("a", 0, 3), mark("b", 4, 7), mark("c", 8, 13, true)], "b");
  expect([words("cm-note"), words("cm-note-active"), words("cm-note-resolved")]).toEqual([["one", "two", "three"], ["two"], ["three"]]);
  surface.show([mark("b", 4, 7)], null);
  expect([words("cm-note"), words("cm-note-active")]).toEqual([["two"], []]);
});

test("where two overlap, one mark is inside the other", () => {
  const { surface, view } = editing("one two three");
  surface.show([mark("a", 0, 7), mark("b", 4, 13)], null);
  expect([...view.contentDOM.querySelectorAll(".cm-note .cm-note")].map((inner) => inner.textContent)).toEqual(["two"]);
});

test("a mark is around the marks of the language, in one piece", () => {
  const { surface, view, words } = editing("so **very** so");
  surface.show([mark("a", 0, 14)], null);
  expect(words("cm-note")).toEqual(["so **very** so"]);
  expect(view.contentDOM.innerHTML).not.toContain("style=");
});

test("marks move along with the text, and showing the same places again changes nothing", () => {
  const { surface, view, words } = editing("one two three");
  surface.show([mark("a", 4, 7), mark("b", 8, 13)], "a");
  view.dispatch({ changes: [{ from: 0, insert: "zero " }, { from: 4, insert: ">" }, { from: 7, insert: "<" }] });
  expect(words("cm-note")).toEqual(["two", "three"]);
  const dispatch = vi.spyOn(view, "dispatch");
  surface.show([mark("b", 15, 20), mark("a", 10, 13)], "a");
  expect(dispatch).not.toHaveBeenCalled();
  surface.show([mark("b", 15, 20), mark("a", 10, 13)], "b");
  expect([dispatch.mock.calls.length, words("cm-note-active")]).toEqual([1, ["three"]]);
});

test("a passage with nothing left, or beyond the text, has no mark", () => {
  const { surface, view, words } = editing("one two");
  surface.show([mark("a", 3, 3), mark("b", 4, 9), mark("c", 0, 3)], null);
  expect(words("cm-note")).toEqual(["one"]);
  view.dispatch({ changes: { from: 0, to: 4 } });
  expect(words("cm-note")).toEqual([]);
});

test("a press tells the notes under it, the smallest first, and leaves the event alone", () => {
  const { surface, view } = editing("one two three four");
  surface.show([mark("all", 0, 18), mark("two", 4, 7), mark("more", 4, 13)], null);
  const told = vi.fn();
  const stop = surface.onPress(told);
  const [two] = [...view.contentDOM.querySelectorAll("[data-note=two]")];
  const prevented = vi.fn();
  view.contentDOM.addEventListener("click", (event) => prevented(event.defaultPrevented));
  press(two!);
  expect([told.mock.calls, prevented.mock.calls]).toEqual([[[["two", "more", "all"]]], [[false]]]);
  stop();
  press(two!);
  expect(told).toHaveBeenCalledTimes(1);
});

test("a drag, a double press, a key held down and other text are no press on a note", () => {
  const { surface, view } = editing("one two");
  surface.show([mark("a", 0, 3)], null);
  const told = vi.fn();
  surface.onPress(told);
  const [note, line] = [view.contentDOM.querySelector(".cm-note")!, view.contentDOM.querySelector(".cm-line")!];
  press(note, { by: 30 });
  press(note, { detail: 2 });
  press(note, { shiftKey: true });
  press(note, { metaKey: true });
  press(line);
  note.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 1 }));
  expect(told).not.toHaveBeenCalled();
});

test("what is selected is told, and only when it is something else", () => {
  const { surface, view } = editing("one two");
  const seen: unknown[] = [];
  surface.selected.subscribe((span) => void seen.push(span));
  view.dispatch({ selection: { anchor: 7, head: 4 } });
  view.dispatch({ selection: { anchor: 4, head: 7 } });
  view.dispatch({ changes: { from: 0, insert: "+" } });
  view.dispatch({ selection: { anchor: 0 } });
  view.dispatch({ selection: { anchor: 1 } });
  expect(seen).toEqual([null, { from: 4, to: 7 }, { from: 5, to: 8 }, null]);
});

test("a source that is not shown has no geometry", () => {
  const { surface, view } = editing("one two");
  view.dispatch({ selection: { anchor: 0, head: 3 } });
  expect([surface.topOf(1), surface.selectionRect(), surface.topOf(99)]).toEqual([null, null, null]);
  surface.reveal(4, 99);
  expect(view.hasFocus).toBe(false);
});

test("the layout is another one a frame after the text is", async () => {
  const { surface, view } = editing("one two");
  const before = surface.layout.value;
  view.dispatch({ changes: { from: 0, insert: "x" } });
  view.dispatch({ changes: { from: 0, insert: "y" } });
  expect(surface.layout.value).toBe(before);
  await expect.poll(() => surface.layout.value).toBeGreaterThan(before);
});

test("a thousand marks on 100 KB cost next to nothing at a key", { timeout: 30_000 }, () => {
  const keys = 61;
  const typed = (count: number) => {
    const { view, surface } = editing("word by word, line by line\n".repeat(4_000));
    const at = (number: number, key: number) => number * 100 + (number >= 500 ? key + 1 : 0);
    const marks = (key: number) => Array.from({ length: count }, (_, one) => mark(String(one), at(one, key), at(one, key) + 30));
    surface.show(marks(-1), null);
    const took = Array.from({ length: keys }, (_, key) => {
      const now = marks(key);
      const before = performance.now();
      view.dispatch({ changes: { from: 49_990, insert: "x" } });
      surface.show(now, null);
      return performance.now() - before;
    });
    return took.sort((a, b) => a - b)[(keys - 1) / 2]!;
  };
  typed(0);
  const [none, thousand] = [typed(0), typed(1_000)];
  if (process.env["GALLEY_MEASURE"]) console.log(`a key without notes ${none.toFixed(3)} ms, with 1,000 ${thousand.toFixed(3)} ms`);
  expect(thousand).toBeLessThan(none + 10);
});
