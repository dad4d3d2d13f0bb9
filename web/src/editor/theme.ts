/** The editor's looks, in the page's tokens: it lies on the desk, the active line is a strip of paper. Phones: `phone.css`. */
import { EditorView } from "@codemirror/view";

const numbersWidth = "52px";

export const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { font: "var(--t-source)", overflow: "auto", overscrollBehavior: "contain" },
  ".cm-content": { padding: "var(--s-5) 0 40vh", tabSize: "4", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 24px 0 0" },
  ".cm-activeLine": { backgroundColor: "var(--paper)" },
  ".cm-placeholder": { color: "var(--ink-3)" },
  ".cm-cursor, .cm-dropCursor": { borderLeft: "2px solid var(--accent)", marginLeft: "-1px" },
  ".cm-selectionBackground": { backgroundColor: "color-mix(in oklab, var(--accent) 18%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "color-mix(in oklab, var(--accent) 24%, transparent)",
  },
  ".cm-content ::selection, .cm-content::selection": {
    backgroundColor: "color-mix(in oklab, var(--accent) 24%, transparent)",
  },

  ".cm-gutters": { backgroundColor: "transparent", border: "0", color: "var(--ink-3)" },
  ".cm-numbers": { minWidth: numbersWidth, boxSizing: "border-box" },
  ".cm-numbers .cm-gutterElement": {
    boxSizing: "border-box",
    padding: "0 16px 0 8px",
    textAlign: "right",
    fontSize: "11.5px",
    fontVariantNumeric: "tabular-nums",
    userSelect: "none",
  },
  ".cm-numbers .cm-activeLineGutter": { backgroundColor: "var(--paper)", color: "var(--ink)" },
});
