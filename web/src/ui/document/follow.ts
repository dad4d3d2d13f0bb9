/**
 * What follows the document while it is open: the preview its text, the address its view, the tab its title. And what
 * ends going along with somebody: opening a note, which is somewhere of one's own. Links that lead nowhere are not followed.
 */
import { effect, type Signal, untracked } from "@preact/signals";
import { stayFromNowhere } from "../nowhere";
import type { Desk } from "./desk";
import { withSlides, withView } from "./view";

export function follow(desk: Desk, empty: Signal<boolean>): void {
  followText(desk, empty);
  followView(desk);
  stayFromNowhere();
  const { active } = desk.notes.board;
  effect(() => {
    if (active.value !== null) untracked(desk.together.stop);
  });
  effect(() => void (document.title = `${desk.title.value || "Untitled"} · Galley`));
}

/** From when the text is here the preview shows it, drawn once a frame at most. Until then what the server rendered stays. */
function followText(desk: Desk, empty: Signal<boolean>): void {
  let waiting = false;
  const show = () => {
    waiting = false;
    const text = desk.text();
    empty.value = text.trim() === "";
    desk.preview.peek()?.update(text);
  };
  desk.session.text.observe(() => {
    if (!desk.session.here.peek() || waiting) return;
    waiting = true;
    requestAnimationFrame(show);
  });
  effect(() => {
    if (desk.session.here.value) untracked(show);
  });
}

/** The address says which panes show, so that a reload and a bookmark keep them. */
function followView(desk: Desk): void {
  let first = true;
  effect(() => {
    const address = withView(location.href, desk.view.value);
    const slides = desk.slides.on.value;
    if (!first) history.replaceState(history.state, "", withSlides(new URL(address, location.href).href, slides));
    first = false;
  });
}
