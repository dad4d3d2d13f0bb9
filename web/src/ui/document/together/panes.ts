/**
 * The panes as places in the text: which source line stands where the eyes are, and how far one scrolls for that.
 *
 * The eyes are at a third of the height, not at the top: what is read stands there. A line, not a part of the height,
 * because it names the same place in a pane of any width.
 */
import type { ReadonlySignal } from "@preact/signals";
import type { EditorHandle } from "../../../editor/editor";
import type { Slides } from "../slides/deck";
import { heightOf, lineAt, type PreviewHandle } from "../../../preview/preview";

export const eyes = 1 / 3;

export type Side = "source" | "sheet";

export interface Pane {
  readonly side: Side;
  readonly scroller: HTMLElement;
  /** The source line at the eyes, from 0, with a fraction. */
  line(): number;
  /** How far it is scrolled when `line` is at the eyes, were there no end to the text. */
  goal(line: number): number;
}

export interface PaneParts {
  sheet: HTMLElement;
  article: HTMLElement;
  editor: ReadonlySignal<EditorHandle | null>;
  preview: ReadonlySignal<PreviewHandle | null>;
  slides: Slides;
}

/** The panes one sees now, and that know their lines. */
export function panesOf({ sheet, article, editor, preview, slides }: PaneParts): () => Pane[] {
  return () => {
    if (slides.on.peek()) return [slidePane(sheet, slides)];
    const view = editor.peek()?.view;
    const lines = preview.peek()?.lines.peek() ?? [];
    const panes = [];
    if (view && view.scrollDOM.clientHeight > 0) panes.push(sourcePane(view));
    if (lines.length > 0 && sheet.clientHeight > 0) panes.push(sheetPane(sheet, article, lines));
    return panes;
  };
}

/** A slide is one place as a whole: where it is scrolled to says nothing, and nobody scrolls it for others. */
function slidePane(scroller: HTMLElement, slides: Slides): Pane {
  return { side: "sheet", scroller, line: slides.line, goal: () => scroller.scrollTop };
}

function sheetPane(scroller: HTMLElement, article: HTMLElement, lines: number[]): Pane {
  const depth = scroller.clientHeight * eyes;
  return {
    side: "sheet",
    scroller,
    line: () => lineAt(article, lines, scroller.scrollTop + depth),
    goal: (line) => heightOf(article, lines, line) - depth,
  };
}

function sourcePane(view: EditorHandle["view"]): Pane {
  const { scrollDOM: scroller, documentPadding } = view;
  const depth = scroller.clientHeight * eyes - documentPadding.top;
  return {
    side: "source",
    scroller,
    line() {
      const height = Math.max(0, scroller.scrollTop + depth);
      const block = view.lineBlockAtHeight(height);
      const within = block.height > 0 ? Math.min(1, Math.max(0, (height - block.top) / block.height)) : 0;
      return view.state.doc.lineAt(block.from).number - 1 + within;
    },
    goal(line) {
      const { doc } = view.state;
      const number = Math.min(Math.max(Math.floor(line) + 1, 1), doc.lines);
      const block = view.lineBlockAt(doc.line(number).from);
      return block.top + block.height * Math.min(1, Math.max(0, line + 1 - number)) - depth;
    },
  };
}
