/** Find and replace, as a strip under the text in the page's own looks; and brackets that close. For `late.ts`. */
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { openSearchPanel, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { plain } from "./plain-keys";

export function open(view: EditorView, field: "find" | "replace"): void {
  openSearchPanel(view);
  if (field === "replace") view.dom.querySelector<HTMLInputElement>(".cm-search [name=replace]")?.focus();
}

const control = {
  height: "28px",
  borderRadius: "var(--r-control)",
  font: "var(--t-sm)",
  color: "var(--ink)",
  margin: "0",
};

const looks = EditorView.theme({
  ".cm-panels": { backgroundColor: "var(--paper)", color: "var(--ink)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--rule)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--rule)" },
  ".cm-panel.cm-search": {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    gap: "6px 8px",
    padding: "8px 44px 8px 16px",
    font: "var(--t-sm)",
  },
  ".cm-panel.cm-search br": { flexBasis: "100%", content: "''", display: "block" },
  ".cm-panel.cm-search input.cm-textfield": {
    ...control,
    flex: "1 1 140px",
    minWidth: "0",
    maxWidth: "240px",
    padding: "0 8px",
    border: "1px solid var(--control)",
    backgroundColor: "var(--paper)",
  },
  ".cm-panel.cm-search input.cm-textfield:focus": { borderColor: "var(--accent)", outline: "none", boxShadow: "0 0 0 1px var(--accent)" },
  ".cm-panel.cm-search .cm-button": {
    ...control,
    padding: "0 10px",
    border: "0",
    backgroundImage: "none",
    backgroundColor: "var(--sunk)",
    cursor: "pointer",
  },
  ".cm-panel.cm-search .cm-button:hover": { backgroundColor: "var(--rule)" },
  ".cm-panel.cm-search label": { display: "inline-flex", alignItems: "center", gap: "4px", color: "var(--ink-2)", font: "var(--t-sm)" },
  ".cm-panel.cm-search input[type=checkbox]": { accentColor: "var(--accent)", margin: "0" },
  ".cm-panel.cm-search [name=close]": {
    position: "absolute",
    top: "8px",
    right: "12px",
    width: "28px",
    height: "28px",
    border: "0",
    borderRadius: "var(--r-control)",
    background: "none",
    color: "var(--ink-2)",
    font: "400 18px/28px var(--ui)",
    cursor: "pointer",
  },
  ".cm-searchMatch": { backgroundColor: "transparent", boxShadow: "inset 0 0 0 1px var(--mark-line)", borderRadius: "var(--r-mark)" },
  ".cm-searchMatch-selected": { backgroundColor: "color-mix(in oklab, var(--accent) 24%, transparent)", boxShadow: "inset 0 0 0 1px var(--accent)" },
});

const words = EditorState.phrases.of({
  next: "Next",
  previous: "Previous",
  all: "All",
  "match case": "Match case",
  regexp: "Pattern",
  "by word": "Whole words",
  replace: "Replace",
  "replace all": "Replace all",
});

export const parts: Extension = [
  closeBrackets(),
  keymap.of([...closeBracketsKeymap, ...searchKeymap.filter(plain)]),
  search({ top: true }),
  looks,
  words,
];
