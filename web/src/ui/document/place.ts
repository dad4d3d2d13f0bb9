/**
 * Where one is in the text, kept when another pane comes: what stood at some height stands there again, in the source as
 * in the text. From reading one comes to the source with the caret there, or at what was selected.
 *
 * So far from the top edge, not at such a part of the height: between the two the keyboard comes or goes.
 * Invariant: the top stays the top, whatever the source has above its first line of text.
 */
import { untracked } from "@preact/signals";
import type { Desk } from "./desk";
import type { View } from "./view";

/** What stands so far below the top edge; at the top there is nothing to keep. */
export type Place = { kind: "top" } | { kind: "at"; offset: number; px: number; chosen: boolean };

/** Where the eye is: above the middle, for the lower part will be the keyboard's. */
const eye = 0.25;
/** Nothing that is kept ends up lower than this part of the other pane. */
const lowest = 0.6;
const topPx = 4;

/** Changes what is shown, and keeps the place. */
export function keepingPlace(desk: Desk, before: View | null, after: View, change: () => void): void {
  untracked(() => {
    const moves = before !== null && before !== after && before !== "both" && !desk.together.following.peek();
    const place = moves ? placeIn(desk, before) : null;
    change();
    if (place) toPlace(desk, after, place);
  });
}

export function placeIn(desk: Desk, view: View): Place | null {
  return view === "edit" ? placeInSource(desk) : placeInText(desk);
}

/** Both panes of a view that shows both come to the place. */
export function toPlace(desk: Desk, view: View, place: Place): void {
  if (view !== "edit") toPlaceInText(desk, place);
  if (view !== "view") toPlaceInSource(desk, view, place);
}

function placeInText({ preview, sheet }: Desk): Place | null {
  const pane = preview.peek();
  if (!pane || sheet.clientHeight === 0) return null;
  const chosen = pane.notes.selected.peek();
  const box = sheet.getBoundingClientRect();
  if (chosen && chosen.to > chosen.from) {
    const top = pane.notes.topOf(chosen.from);
    const px = top === null ? eye * box.height : top - sheet.scrollTop;
    return { kind: "at", offset: chosen.from, px: Math.min(Math.max(px, 0), box.height * lowest), chosen: true };
  }
  if (sheet.scrollTop <= topPx) return { kind: "top" };
  const offset = pane.offsetAtPoint(box.left + box.width / 3, box.top + box.height * eye);
  return offset === null ? null : { kind: "at", offset, px: box.height * eye, chosen: false };
}

function placeInSource({ editor }: Desk): Place | null {
  const view = editor.peek()?.view;
  if (!view || view.scrollDOM.clientHeight === 0) return null;
  if (view.scrollDOM.scrollTop <= topPx) return { kind: "top" };
  const box = view.scrollDOM.getBoundingClientRect();
  const caret = view.coordsAtPos(view.state.selection.main.head);
  if (caret && caret.top >= box.top && caret.bottom <= box.bottom)
    return { kind: "at", offset: view.state.selection.main.head, px: caret.top - box.top, chosen: false };
  const height = view.scrollDOM.scrollTop + box.height * eye - view.documentPadding.top;
  return { kind: "at", offset: view.lineBlockAtHeight(height).from, px: box.height * eye, chosen: false };
}

function toPlaceInText({ preview, sheet }: Desk, place: Place): void {
  if (place.kind === "top") sheet.scrollTop = 0;
  else preview.peek()?.toOffset(place.offset, (height) => Math.min(place.px, height * lowest));
}

function toPlaceInSource(desk: Desk, view: View, place: Place): void {
  const mounted = desk.editor.peek();
  if (!mounted) return;
  if (place.kind === "top") {
    mounted.view.scrollDOM.scrollTop = 0;
    return;
  }
  const { state, scrollDOM } = mounted.view;
  const offset = Math.min(place.offset, state.doc.length);
  const block = mounted.view.lineBlockAt(offset);
  const away = Math.abs(mounted.view.lineBlockAt(state.selection.main.head).top - block.top);
  // Who comes from reading goes on where they read; beside the text the caret stays where it is.
  const moves = view === "edit" && desk.phone.peek() && (place.chosen || away > scrollDOM.clientHeight / 2);
  mounted.bringTo(offset, Math.min(place.px, scrollDOM.clientHeight * lowest), moves ? (place.chosen ? offset : block.from) : null);
}
