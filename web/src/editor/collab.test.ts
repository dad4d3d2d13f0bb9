import { EditorView } from "@codemirror/view";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { collab } from "./collab";

function editing(text: string) {
  const doc = new Y.Doc();
  const shared = doc.getText("content");
  shared.insert(0, text);
  const history = collab(shared);
  const view = new EditorView({ doc: text, extensions: [history.extension] });
  return { doc, shared, view, ...history };
}

describe("the shared text", () => {
  test("undo takes back what was written here, and nothing else", () => {
    const { doc, shared, view, undo, redo, cut } = editing("one");
    view.dispatch({ changes: { from: 3, insert: " two" } });
    cut();
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    other.getText("content").insert(0, "zero ");
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other), "server");
    expect(view.state.doc.toString()).toBe("zero one two");
    undo();
    expect([view.state.doc.toString(), shared.toString()]).toEqual(["zero one", "zero one"]);
    undo();
    expect(shared.toString()).toBe("zero one");
    redo();
    expect(shared.toString()).toBe("zero one two");
    view.destroy();
  });

  test("line ends from elsewhere become ours", () => {
    const { shared, view } = editing("");
    view.dispatch({ changes: { from: 0, insert: "a\r\nb\rc\n" } });
    expect([view.state.doc.toString(), shared.toString(), view.state.doc.lines]).toEqual(["a\nb\nc\n", "a\nb\nc\n", 4]);
    view.destroy();
  });

  test("a CR that others wrote keeps every offset", () => {
    const { doc, shared, view } = editing("");
    const other = new Y.Doc();
    other.getText("content").insert(0, "a\r\nb");
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other), "server");
    expect(view.state.doc.length).toBe(shared.length);
    view.destroy();
  });
});
