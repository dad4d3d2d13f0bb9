/** The keys of the whole page. Those of the text are the editor's own (editor/commands.ts). */
import { useLayoutEffect } from "preact/hooks";
import { matches, typing } from "../chord";
import type { Desk } from "./desk";
import { keys, toHistory } from "./more";
import { views } from "./view";

/** They work as soon as the page's own controls are seen: not a frame later. */
export function useShortcuts(desk: Desk): void {
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!event.defaultPrevented && press(desk, event)) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** Whether the event was one of the page's keys, and was acted on. */
export function press(desk: Desk, event: KeyboardEvent): boolean {
  if (matches(event, keys.save)) return (desk.saySaved(), true);
  if (matches(event, keys.print)) return (desk.print(), true);
  if (desk.overlay.value.kind !== "none") return false;
  if (event.key === "Escape" && desk.together.following.value && !inField(event)) return (desk.together.stop(), true);
  if (event.key === "Escape" && !inField(event) && goingThrough(desk, event)) return desk.since.dismiss();
  if (matches(event, keys.palette)) return (desk.open({ kind: "palette" }), true);
  if (event.key === keys.help && !event.ctrlKey && !event.metaKey && !typing(event))
    return (desk.open({ kind: "help" }), true);
  if (matches(event, keys.outline) && !desk.slides.on.value) return (desk.outline.toggle("key"), true);
  const { board } = desk.notes;
  if (matches(event, keys.note)) return (board.start(), true);
  if (matches(event, keys.nextNote)) return (board.step(1, "focus"), true);
  if (matches(event, keys.previousNote)) return (board.step(-1, "focus"), true);
  if (matches(event, keys.nextChange) && desk.since.step(1)) return true;
  if (matches(event, keys.previousChange) && desk.since.step(-1)) return true;
  if (!desk.writes.value) return false;
  if (matches(event, keys.history)) return (toHistory(desk), true);
  if (matches(event, keys.nameVersion)) return (desk.open({ kind: "name-version" }), true);
  const view = views.find((it) => matches(event, keys[it]));
  if (view) desk.show(view);
  return !!view;
}

/** Esc ends a look at changes: while they are marked, or from the row that tells of them; else it is somebody else's. */
function goingThrough({ since }: Desk, { target }: KeyboardEvent): boolean {
  const state = since.state.value;
  if (state.kind === "changes" && state.marks === "shown") return true;
  return target instanceof Element && target.closest(".since") !== null;
}

/** Esc is a field's own first; the source needs none. */
function inField({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [role='menu'], [role='dialog']") !== null;
}
