/** The line under the source: where you are, what is selected, how long the text is. */
import type { EditorHandle } from "../../editor/editor";
import type { PreviewHandle } from "../../preview/preview";
import { count } from "../time";

const wordsPerMinute = 220;

export function StatusLine({ editor, preview }: { editor: EditorHandle; preview: PreviewHandle }) {
  const { line, column, selected } = editor.position.value;
  const { words } = preview.stats.value;
  return (
    <div class="status">
      <span>
        Line {line}, column {column}
      </span>
      {selected > 0 && <span>{count(selected, "character")} selected</span>}
      <span class="status-counts">
        {count(words, "word")} · {readingTime(words)}
      </span>
    </div>
  );
}

export function readingTime(words: number): string {
  return words === 0 ? "nothing to read yet" : `${Math.max(1, Math.round(words / wordsPerMinute))} min read`;
}
