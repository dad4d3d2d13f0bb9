/**
 * On a phone a finger sweeps from the text to the source and back: the panes follow it. For `sweep.ts`, which decides.
 *
 * Invariant: nothing that scrolls to the side itself, nothing chosen and no caret is taken for a sweep; who wants less
 * motion has the panes change at once.
 */
import type { Desk } from "./desk";
import { placeIn, toPlace } from "./place";
import { begin, letGo, moved, type Side, type Sweep, type Touch } from "./sweep";

/** So near a caret a finger moves it. */
const caretPx = 36;

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Answers how to stop. */
export function sweepPanes(panes: HTMLElement, desk: Desk): () => void {
  let sweep: Sweep = { kind: "none" };

  const down = (event: PointerEvent) => {
    const other = event.isPrimary ? otherSide(desk, event) : null;
    if (sweep.kind === "sweeping") end("stays");
    sweep = other ? begin(touchOf(event), other, panes.clientWidth) : { kind: "none" };
  };
  const move = (event: PointerEvent) => {
    if (!event.isPrimary || sweep.kind === "none") return;
    const before: Sweep = sweep;
    sweep = moved(before, touchOf(event));
    if (sweep.kind !== "sweeping" || calm.matches) return;
    if (before.kind === "undecided") show(sweep.other, event.pointerId);
    panes.style.setProperty("--sweep", `${sweep.by}px`);
  };
  const up = (event: PointerEvent) => {
    if (!event.isPrimary || sweep.kind === "none") return;
    end(event.type === "pointerup" ? letGo(sweep) : "stays");
  };

  /** Both panes stand side by side, and the other one is where this one is. */
  function show(other: Side, pointer: number): void {
    const place = placeIn(desk, desk.shown.peek());
    panes.dataset["sweep"] = other;
    panes.setPointerCapture(pointer);
    if (place) toPlace(desk, otherView(desk), place);
  }

  function end(how: "goes" | "stays"): void {
    const was = sweep;
    sweep = { kind: "none" };
    if (was.kind !== "sweeping") return;
    if (calm.matches || panes.dataset["sweep"] === undefined) {
      if (how === "goes") desk.look(otherView(desk));
      return;
    }
    settle(panes, how === "stays" ? 0 : was.other === "left" ? was.width : -was.width, () => {
      if (how === "goes") desk.look(otherView(desk));
    });
  }

  const events = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up } as const;
  for (const [name, run] of Object.entries(events)) panes.addEventListener(name, run as EventListener);
  return () => {
    for (const [name, run] of Object.entries(events)) panes.removeEventListener(name, run as EventListener);
  };
}

/** The panes go the rest of the way by themselves. */
function settle(panes: HTMLElement, to: number, then: () => void): void {
  const done = () => {
    if (panes.dataset["settling"] === undefined) return;
    delete panes.dataset["settling"];
    delete panes.dataset["sweep"];
    panes.style.removeProperty("--sweep");
    then();
  };
  panes.dataset["settling"] = "";
  panes.style.setProperty("--sweep", `${to}px`);
  const moving = panes.querySelector(".pane")?.getAnimations() ?? [];
  void Promise.all(moving.map((it) => it.finished.catch(() => undefined))).then(done);
}

const touchOf = ({ clientX, clientY, timeStamp }: PointerEvent): Touch => ({ x: clientX, y: clientY, at: timeStamp });

/** The source is to the left of the text, as in the switch. */
function otherView(desk: Desk): "edit" | "view" {
  return desk.shown.peek() === "edit" ? "view" : "edit";
}

/** On which side the other pane is; null when this touch is about something else. */
function otherSide(desk: Desk, event: PointerEvent): Side | null {
  const target = event.target as Element;
  const able = desk.phone.peek() && desk.writes.peek() && !desk.slides.on.peek() && desk.editor.peek() && event.pointerType === "touch";
  if (!able || !target.closest(".pane") || target.closest("input, textarea, select, .cm-panels")) return null;
  if (scrollsAside(target) || !(getSelection()?.isCollapsed ?? true) || nearCaret(desk, event)) return null;
  return desk.shown.peek() === "edit" ? "right" : "left";
}

function scrollsAside(target: Element): boolean {
  for (let element: Element | null = target; element && !element.matches(".pane"); element = element.parentElement) {
    if (element.scrollWidth <= element.clientWidth + 1) continue;
    const { overflowX } = getComputedStyle(element);
    if (overflowX === "auto" || overflowX === "scroll") return true;
  }
  return false;
}

function nearCaret({ editor }: Desk, { clientX, clientY }: PointerEvent): boolean {
  const view = editor.peek()?.view;
  const at = view?.hasFocus ? view.coordsAtPos(view.state.selection.main.head) : null;
  if (!at) return false;
  return Math.abs(clientX - at.left) < caretPx && clientY > at.top - caretPx && clientY < at.bottom + caretPx;
}
