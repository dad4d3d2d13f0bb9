/**
 * What a person does to the panes with their own hands. A program that scrolls is never taken for one: it makes scroll
 * events only, and those are not looked at here.
 */
import type { Side } from "./panes";

/** Keys that scroll the text, and those that move the caret, which takes the source along. */
const keys: Record<Side, readonly string[]> = {
  source: ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"],
  sheet: ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "],
};

/** Calls back with the pane somebody scrolls. Returns how to stop listening. */
export function watchHands(source: HTMLElement, sheet: HTMLElement, scrolls: (side: Side) => void): () => void {
  const sideOf = (target: EventTarget | null): Side | null => {
    if (!(target instanceof Node)) return null;
    if (source.contains(target)) return "source";
    return sheet.contains(target) ? "sheet" : null;
  };
  const heard: { [name in "wheel" | "touchmove" | "pointerdown" | "keydown" | "click"]: (event: never) => boolean } = {
    wheel: wheelScrolls,
    touchmove: touchScrolls,
    pointerdown: pressScrolls,
    keydown: (event: KeyboardEvent) => keyScrolls(event, sideOf(event.target) ?? "sheet"),
    click: ({ target }: MouseEvent) => target instanceof Element && target.closest("a[href^='#']") !== null,
  };
  const hear = (event: Event) => {
    const side = event.target === document.body && event.type === "keydown" ? "sheet" : sideOf(event.target);
    if (side && heard[event.type as keyof typeof heard](event as never)) scrolls(side);
  };
  const names = Object.keys(heard);
  for (const name of names) document.addEventListener(name, hear, { capture: true, passive: true });
  return () => {
    for (const name of names) document.removeEventListener(name, hear, { capture: true });
  };
}

/** Sideways is another matter, and with Ctrl it is a zoom. */
export function wheelScrolls({ deltaY, ctrlKey }: Pick<WheelEvent, "deltaY" | "ctrlKey">): boolean {
  return deltaY !== 0 && !ctrlKey;
}

/** Two fingers zoom. */
export function touchScrolls({ touches }: { touches: { length: number } }): boolean {
  return touches.length === 1;
}

/** A press on a scrollbar, or with the wheel itself. */
export function pressScrolls({ button, target, clientX }: Pick<PointerEvent, "button" | "target" | "clientX">): boolean {
  if (button === 1) return true;
  if (!(target instanceof Element) || target.scrollHeight <= target.clientHeight) return false;
  const inside = clientX - target.getBoundingClientRect().left - target.clientLeft;
  return inside < 0 || inside >= target.clientWidth;
}

export function keyScrolls({ key, altKey, target }: Pick<KeyboardEvent, "key" | "altKey" | "target">, on: Side): boolean {
  if (altKey || !keys[on].includes(key)) return false;
  const taken = key === " " ? "a, button, summary, input, textarea, select" : "input, textarea, select";
  return !(target instanceof Element && target.closest(taken));
}
