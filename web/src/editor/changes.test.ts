/** PG13: what others changed, in the source. */
import { afterEach, expect, test } from "vitest";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { type ChangeMark, changeMarks } from "./changes";

let views: EditorView[] = [];
afterEach(() => {
  views.forEach((view) => view.destroy());
  views = [];
});

function editing(doc = "one two three\n") {
  const view = new EditorView({ state: EditorState.create({ doc }), parent: document.body });
  views.push(view);
  const marks = changeMarks(view);
  const drawn = () => [...view.contentDOM.querySelectorAll(".cm-added, .cm-gone")].map((mark) => `${mark.className}: ${mark.textContent}`);
  return { view, marks, drawn };
}

const replaced: ChangeMark = { from: 4, to: 7, added: [{ from: 4, to: 7, peer: 2 }], removed: "zwei" };
const gone: ChangeMark = { from: 13, to: 13, added: [], removed: " and\nso on" };

test("PG13 insertions are marked in their author's colour, what is gone stands beside, struck through", () => {
  const { view, marks, drawn } = editing();
  marks.show([replaced, gone], 0);
  expect(drawn()).toEqual(["cm-gone now: zwei", "cm-added p2 now: two", "cm-gone:  and ¶ so on"]);
  expect(view.contentDOM.querySelectorAll("del")[1]?.title).toBe("Deleted:  and\nso on");
  expect(view.state.doc.toString()).toBe("one two three\n");
  marks.show([replaced, gone], 1);
  expect(drawn()).toEqual(["cm-gone: zwei", "cm-added p2: two", "cm-gone now:  and ¶ so on"]);
});

test("PG13 marks move along with the text, and go when they are not to be shown", () => {
  const { view, marks, drawn } = editing();
  marks.show([replaced, gone], null);
  view.dispatch({ changes: [{ from: 0, insert: "zero " }, { from: 4, insert: ">" }, { from: 7, insert: "<" }] });
  expect(drawn()).toEqual(["cm-gone: zwei", "cm-added p2: two", "cm-gone:  and ¶ so on"]);
  view.dispatch({ changes: { from: 0, to: view.state.doc.length } });
  expect(drawn().filter((mark) => mark.startsWith("cm-added"))).toEqual([]);
  marks.show(null, null);
  expect(drawn()).toEqual([]);
});

test("PG13 a long deletion shows its beginning, and two that met at one place are both there", () => {
  const { marks, drawn, view } = editing();
  marks.show([{ ...gone, removed: "word ".repeat(40) }, { from: 13, to: 13, added: [], removed: "more" }, { ...gone, from: 40, to: 40 }], null);
  expect(drawn()).toEqual([`cm-gone: ${"word ".repeat(40).slice(0, 48)}…`, "cm-gone: more"]);
  marks.caret(4);
  expect(view.state.selection.main.head).toBe(0); // nobody is writing
});
