/** PG11: who wrote this, in the source. */
import { afterEach, expect, test, vi } from "vitest";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { authorMarks, type LineShare, lineShares, type Shown } from "./authorship";
import { lines } from "./lines";

let views: EditorView[] = [];
afterEach(() => {
  views.forEach((view) => view.destroy());
  views = [];
});

const [ama, tom] = [{ name: "Ama", peer: 7, line: 1 }, { name: "Tomasz", peer: 2, line: 2 }];
const text = "one two\n\nthree\n";
const both: Shown = { tint: "words", parts: [{ from: 0, to: 4, writer: ama }, { from: 4, to: 8, writer: tom }, { from: 8, to: 15, writer: ama }] };

function editing() {
  const view = new EditorView({ state: EditorState.create({ doc: text, extensions: [lines] }), parent: document.body });
  views.push(view);
  const pressed = vi.fn<(shares: readonly LineShare[]) => void>();
  const marks = authorMarks(view, pressed);
  const tinted = () => [...view.contentDOM.querySelectorAll(".cm-by")].map((mark) => [mark.textContent, mark.className]);
  const bars = () => [...view.dom.querySelectorAll(".cm-by-bar")].map((bar) => [...bar.children].map(({ className }) => className));
  return { view, marks, tinted, bars, pressed };
}

test("PG11 words are tinted and underlined by author, and each line has a bar with its authors", () => {
  const { view, marks, tinted, bars } = editing();
  expect(view.dom.querySelector(".cm-authors")).toBeNull();
  marks.show(both);
  expect(tinted()).toEqual([["one ", "cm-by p7 by-line-1"], ["two", "cm-by p2 by-line-2"], ["three", "cm-by p7 by-line-1"]]);
  expect(bars()).toEqual([["p7 bar-1", "p2 bar-2"], ["p7 bar-1"]]);
  expect(view.dom.innerHTML).not.toMatch(/class="cm-by[^>]*style=/);
});

test("PG11 without tint there are only the bars; hidden, nothing of it is left", () => {
  const { view, marks, tinted, bars } = editing();
  marks.show({ ...both, tint: "bars" });
  expect([tinted().length, bars().length]).toEqual([0, 2]);
  marks.show(null);
  expect([tinted().length, bars().length, view.dom.querySelector(".cm-authors")]).toEqual([0, 0, null]);
  marks.show(both);
  expect([tinted().length, bars().length]).toEqual([3, 2]);
});

test("PG11 what is shown moves along with the text; what is written at its ends is not in it", () => {
  const { view, marks, tinted } = editing();
  marks.show(both);
  view.dispatch({ changes: [{ from: 0, insert: "zero " }, { from: 4, insert: "new " }] });
  expect(tinted().map(([words]) => words)).toEqual(["one ", "two", "three"]);
  view.dispatch({ changes: { from: 5, to: 9 } });
  expect(tinted().map(([words]) => words)).toEqual(["two", "three"]);
  expect(lineShares(view.state, 0, 30).map(({ writer }) => writer.name)).toEqual(["Ama", "Tomasz"]);
});

test("PG11 a bar that is pointed at says names and shares, and a press tells them", () => {
  const { view, marks, pressed } = editing();
  marks.show(both);
  const bar = view.dom.querySelector(".cm-by-bar")!;
  bar.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
  const tip = () => view.dom.querySelector("[role=tooltip]");
  expect([...(tip()?.children ?? [])].map((row) => row.textContent)).toEqual(["Ama57%", "Tomasz43%"]);
  bar.dispatchEvent(new MouseEvent("mouseout", { bubbles: true }));
  expect(tip()).toBeNull();
  bar.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  expect(pressed.mock.calls[0]?.[0].map(({ writer }) => writer.name)).toEqual(["Ama", "Tomasz"]);
  view.contentDOM.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
  expect(tip()).toBeNull();
});

test("PG11 what is told of a longer text than there is does no harm", () => {
  const { marks, tinted } = editing();
  marks.show({ tint: "words", parts: [{ from: 0, to: 3, writer: ama }, { from: 3, to: 900, writer: tom }] });
  expect(tinted().map(([words]) => words)).toEqual(["one"]);
});
