/** Questions about the text at a place, answered by the syntax tree. */
import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";

const parseMs = 50;

/** The innermost node of one of these kinds that holds `from` to `to`. */
export function enclosing(state: EditorState, kinds: readonly string[], from: number, to = from): SyntaxNode | null {
  const tree = ensureSyntaxTree(state, to, parseMs) ?? syntaxTree(state);
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
