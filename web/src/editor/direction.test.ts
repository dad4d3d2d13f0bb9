import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { describe, expect, test } from "vitest";
import { direction, directionOf, speak, turnedLines } from "./direction";
import { markdown } from "./language";

function viewOf(doc: string): EditorView {
  return new EditorView({ state: EditorState.create({ doc, extensions: [markdown(), direction()] }) });
}

/** One letter a line: how it reads, or a dot where it reads as the whole text. */
function lines({ state }: EditorView): string {
  const found = new Map(turnedLines(state, 0, state.doc.length).map(({ at, dir }) => [at, dir[0]]));
  return Array.from({ length: state.doc.lines }, (_, at) => found.get(state.doc.line(at + 1).from) ?? ".").join("");
}

describe("which way the source reads", () => {
  test.each([
    ["words", "ltr"],
    ["- שלום world", "rtl"],
    ["> [!NOTE]", null],
    ["1. `git push` يرسل", "rtl"],
    ["## <b>עברית", "rtl"],
    ["| عمود | Column |", "rtl"],
    ["1815 – 1852 😀", null],
    ["日本", "ltr"],
  ])("PG80 %j by its first letter", (text, dir) => expect(directionOf(text)).toBe(dir));

  test("PG80 a paragraph keeps the direction it began with; a heading is one of its own; code reads to the right", () => {
    const view = viewOf("---\ntitle: عنوان\n---\n# עברית\nwords\nعربي\n\nمرحبا\nwords\n\n```\nعربي\n```\n> [!NOTE]\n> ملاحظة");
    expect(lines(view)).toBe("...r...rr.....r");
  });

  test("PG80 what the front matter says goes before, and code is still code", () => {
    const view = viewOf("words\n\nمرحبا\n\n```\nlet a;\n```");
    speak(view, { lang: "ar", dir: "rtl" });
    expect([lines(view), view.contentDOM.dir, view.contentDOM.lang]).toEqual(["....lll", "rtl", "ar"]);
    speak(view, { lang: null, dir: "ltr" });
    expect([lines(view), view.contentDOM.dir, view.contentDOM.lang]).toEqual([".......", "ltr", ""]);
    speak(view, { lang: null, dir: "auto" });
    expect([lines(view), view.contentDOM.dir]).toEqual(["..r....", ""]);
  });

  test("PG80 a text without such a letter is left alone, until one is typed", () => {
    const view = viewOf("words\n\n");
    expect([lines(view), view.state.facet(EditorView.perLineTextDirection)]).toEqual(["...", false]);
    view.dispatch({ changes: { from: view.state.doc.length, insert: "ש" } });
    expect([lines(view), view.state.facet(EditorView.perLineTextDirection)]).toEqual(["..r", true]);
  });
});
