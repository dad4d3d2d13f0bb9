/** What a phone changes about the document page: one pane, and a keyboard that takes room. For the page's entry. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Desk } from "../ui/document/desk";
import { type Typing, watchTyping } from "../ui/document/typing";
import { phoneQuery } from "../ui/document/view";
import { showFocused, trackViewport } from "../ui/document/viewport";

export function onPhone(): ReadonlySignal<boolean> {
  const query = matchMedia(phoneQuery);
  const phone = signal(query.matches);
  query.addEventListener("change", () => (phone.value = query.matches));
  return phone;
}

/** The page stays in what the keyboard leaves, and so does what is written at. */
export function watchKeyboard(desk: Desk): ReadonlySignal<Typing> {
  const { keyboard } = trackViewport(() => {
    const view = desk.editor.peek()?.view;
    if (view?.hasFocus) view.dispatch({ scrollIntoView: true });
    else showFocused();
  });
  return watchTyping(desk, keyboard);
}
