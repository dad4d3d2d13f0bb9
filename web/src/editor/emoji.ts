/**
 * `:ta` offers emoji. Watches for the colon only; the table and CodeMirror's completion come at the first one.
 *
 * Never on touch: a list over the keyboard's own suggestions hides what is typed. Never in code. What is chosen is put
 * in as the character itself, which every other Markdown shows too. Next: `emoji-completion.ts`.
 */
import { type EditorState, type Extension, StateEffect } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { enclosing } from "./syntax";

/** Two letters: fewer stand behind a colon for many other reasons. */
const begun = /(?:^|[^\p{L}\p{N}:])(:[a-z0-9_+-]{2,40})$/u;

const literal = ["FencedCode", "CodeBlock", "InlineCode", "FrontMatter", "URL", "Autolink", "HTMLBlock", "HTMLTag", "CommentBlock"];

/** Where a code begins that ends at `at`; null where none does. */
export function codeBefore(state: EditorState, at: number): number | null {
  const line = state.doc.lineAt(at);
  const code = begun.exec(line.text.slice(Math.max(0, at - line.from - 44), at - line.from))?.[1];
  return code && !enclosing(state, literal, at) ? at - code.length : null;
}

export function emoji(): Extension {
  if (matchMedia("(pointer: coarse)").matches) return [];
  let coming = false;
  return EditorView.updateListener.of(({ view, state, transactions }) => {
    if (coming || !transactions.some((transaction) => transaction.isUserEvent("input.type"))) return;
    if (codeBefore(state, state.selection.main.head) === null) return;
    coming = true;
    import("./emoji-completion").then(
      ({ completion, open }) => {
        view.dispatch({ effects: StateEffect.appendConfig.of(completion) });
        open(view);
      },
      // Without it codes are typed as ever; the next colon tries again.
      () => void (coming = false),
    );
  });
}
