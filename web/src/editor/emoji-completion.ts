/** The list that opens behind a colon; the codes are the renderer's own table. */
import { autocompletion, type Completion, type CompletionContext, type CompletionResult, startCompletion } from "@codemirror/autocomplete";
import { EditorView } from "@codemirror/view";
import table from "../../render/src/emoji.txt?raw";
import { codeBefore } from "./emoji";

/** Each line of the table is a code and its character. */
export function optionsOf(lines: string): Completion[] {
  return lines.split("\n").flatMap((line) => {
    const [code, character] = line.split(" ");
    return code && character ? [{ label: `:${code}:`, apply: character, detail: character }] : [];
  });
}

const options = optionsOf(table);

function offer({ state, pos }: CompletionContext): CompletionResult | null {
  const from = codeBefore(state, pos);
  return from === null ? null : { from, options, validFor: /^:[a-z0-9_+-]{2,}$/ };
}

const looks = EditorView.theme({
  ".cm-tooltip.cm-tooltip-autocomplete": {
    border: "0",
    borderRadius: "var(--r-panel)",
    backgroundColor: "var(--raised)",
    boxShadow: "var(--lift-2)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { font: "var(--t-md)", padding: "6px", maxHeight: "min(300px, 40vh)", minWidth: "220px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    display: "flex",
    alignItems: "center",
    gap: "10px",
    minHeight: "32px",
    padding: "0 10px",
    borderRadius: "var(--r-control)",
    color: "var(--ink-2)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent-tint)", color: "var(--ink)" },
  ".cm-tooltip .cm-completionDetail": { order: "-1", margin: "0", fontStyle: "normal", fontSize: "18px", width: "24px", textAlign: "center" },
  ".cm-tooltip .cm-completionMatchedText": { textDecoration: "none", fontWeight: "650", color: "var(--ink)" },
});

export const completion = [autocompletion({ override: [offer], icons: false, maxRenderedOptions: 24 }), looks];

export const open = (view: EditorView): boolean => startCompletion(view);
