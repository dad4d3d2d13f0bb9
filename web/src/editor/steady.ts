/**
 * What is read stays where it is, however much others write above it.
 *
 * The editor keeps its place over one change between two frames, and forgets what the ones before it moved. So what was
 * changed is laid out before the next one of others comes in. Asked before the editor's own observer: it must be made first.
 */
import type { EditorView } from "@codemirror/view";
import type * as Y from "yjs";

export function steady(text: Y.Text, view: () => EditorView | null): () => void {
  const settle = (_event: Y.YTextEvent, { local }: Y.Transaction) => {
    // Reading any height lays out what waits. One's own edits come from within the editor, which must not be read then.
    if (!local) view()?.elementAtHeight(0);
  };
  text.observe(settle);
  return () => text.unobserve(settle);
}
