import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pasting } from "./paste";

/** The converter, when the test lets it come. */
let come: () => void;
let coming: Promise<void>;
vi.mock("./from-html", async (original) => {
  await coming;
  return original();
});

let view: EditorView;
beforeEach(() => {
  vi.resetModules();
  coming = new Promise((done) => (come = done));
});
afterEach(() => view.destroy());

function editor(doc: string, anchor: number, head = anchor): void {
  const inert = (html: string) => {
    const fragment = document.createDocumentFragment();
    fragment.append(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    return fragment;
  };
  const how = { inert, attach: vi.fn(), onTexts: vi.fn(), onConverted: vi.fn(), cut: vi.fn() };
  view = new EditorView({ parent: document.body, state: EditorState.create({ doc, selection: { anchor, head }, extensions: [pasting(how)] }) });
}

function paste(word: string): void {
  const clipboardData = { getData: (type: string) => (type === "text/html" ? `<b>${word}</b>` : word), files: [] };
  view.contentDOM.dispatchEvent(Object.assign(new Event("paste", { bubbles: true, cancelable: true }), { clipboardData }));
}

const type = (text: string) => view.dispatch(view.state.replaceSelection(text));

/** The text with the caret in it, once it says so. */
async function expectText(text: string): Promise<void> {
  await vi.waitFor(() => {
    const { doc, selection } = view.state;
    expect(`${doc.sliceString(0, selection.main.head)}|${doc.sliceString(selection.main.head)}`).toBe(text);
  }, 20_000);
}

test("pastes before the converter is here come in their order, at the caret", async () => {
  editor("a  z", 2);
  for (const word of ["one", "two", "three"]) paste(word);
  come();
  await expectText("a **one****two****three**| z");
});

test("what was typed between two pastes stays between them", async () => {
  editor("a  z", 2);
  paste("one");
  type(" and ");
  paste("two");
  come();
  await expectText("a **one** and **two**| z");
});

test("a second paste over the same selection goes on after the first", async () => {
  editor("a word z", 2, 6);
  paste("one");
  paste("two");
  come();
  await expectText("a **one****two**| z");
});

test("a paste elsewhere is where its caret was", async () => {
  editor("a z", 0);
  paste("one");
  view.dispatch({ selection: { anchor: 3 } });
  paste("two");
  come();
  await expectText("**one**a z**two**|");
});
