/** Into the slides from where one is, and back to where the slide stands. */
import { lineAt } from "../../../preview/preview";
import type { DeskParts } from "../desk";

export type EnterParts = Pick<DeskParts, "slides" | "sheet" | "article" | "editor" | "preview" | "scroll" | "view">;

/** What has passed so far below the upper edge is being read. */
const readPx = 96;

export function enterSlides(parts: EnterParts): void {
  parts.slides.present(lineHere(parts));
  // Only while a press is being answered; where the browser says no, the window is enough.
  if (!document.fullscreenElement) void document.documentElement.requestFullscreen?.().catch(() => undefined);
}

export function leaveSlides({ slides, preview, editor, scroll }: EnterParts): void {
  if (!slides.on.peek()) return;
  const line = slides.line();
  slides.leave();
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
  // Once the panes are laid out again.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      scroll.peek()?.rest();
      preview.peek()?.toLine(line);
      editor.peek()?.scroll.goTo(line);
    }),
  );
}

/** The caret's line for those who write, else what is read. */
function lineHere({ sheet, article, editor, preview, view }: EnterParts): number {
  const writing = view.peek() === "view" ? null : editor.peek();
  if (writing) return writing.position.peek().line - 1;
  return lineAt(article, preview.peek()?.lines.peek() ?? [], sheet.scrollTop + readPx);
}
