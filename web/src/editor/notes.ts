/** Passages with notes in the source: marked, pressed, brought into sight. */
import { signal } from "@preact/signals";
import type { Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { NoteSurface } from "./surface";

export interface NoteMarks {
  extension: Extension;
  surface(view: EditorView): NoteSurface;
}

export function noteMarks(): NoteMarks {
  return {
    extension: [],
    surface: (view) => ({
      show() {},
      onPress: () => () => {},
      selected: signal(null),
      selectionRect: () => null,
      reveal() {},
      topOf: () => null,
      layout: signal(0),
      scroller: view.scrollDOM,
    }),
  };
}
