/** Questions about the text at a place, answered by the syntax tree. */
import { ensureSyntaxTree, language, syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import type { SyntaxNode, Tree } from "@lezer/common";

const parseMs = 50;
/** Up to here a text is parsed whole, however long a busy machine takes over it: about 10 ms on an idle one. */
const exactChars = 100_000;

/** The innermost node of one of these kinds that holds `from` to `to`. */
export function enclosing(state: EditorState, kinds: readonly string[], from: number, to = from): SyntaxNode | null {
  const tree = treeTo(state, to);
  for (const side of [1, -1] as const) {
    for (let node: SyntaxNode | null = tree.resolveInner(from, side); node; node = node.parent) {
      if (kinds.includes(node.name) && node.from <= from && node.to >= to) return node;
    }
  }
  return null;
}

/** Where Markdown means nothing: code, and the front matter. */
export function isLiteral(state: EditorState, at: number): boolean {
  return enclosing(state, ["FencedCode", "CodeBlock", "FrontMatter", "HTMLBlock", "CommentBlock"], at) !== null;
}

/**
 * The kept tree is bounded by the clock. Were that the last word, a process that is held up for those milliseconds would
 * find no format around the caret, and a second Mod-B would add marks where it should take them away.
 */
function treeTo(state: EditorState, to: number): Tree {
  const kept = ensureSyntaxTree(state, to, parseMs);
  if (kept) return kept;
  const whole = state.doc.length <= exactChars ? state.facet(language)?.parser : undefined;
  return whole?.parse(state.doc.toString()) ?? syntaxTree(state);
}
