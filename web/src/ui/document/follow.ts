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

/**
 * From when the text is here the preview shows it. Until then what the server rendered stays. The first change of a frame
 * is rendered at once, beside the frame that shows its letter; those that follow in the same frame go together after it.
 */
function followText(desk: Desk, empty: Signal<boolean>): void {
  let frame: "new" | "told" | "changed" = "new";
  const show = () => {
    const text = desk.text();
    empty.value = !/\S/.test(text);
    desk.preview.peek()?.update(text);
  };
  const next = () => {
    const changed = frame === "changed";
    frame = changed ? "told" : "new";
    if (!changed) return;
    requestAnimationFrame(next);
    show();
  };
  desk.session.text.observe(() => {
    if (!desk.session.here.peek()) return;
    if (frame !== "new") return void (frame = "changed");
    frame = "told";
    requestAnimationFrame(next);
    // When the editor is done with the change.
    queueMicrotask(show);
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
