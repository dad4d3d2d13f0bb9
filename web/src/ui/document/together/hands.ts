/**
 * What a person does to the panes with their own hands. A program that scrolls is never taken for one: it makes scroll
 * events only, and those are not looked at here.
 */
import type { Side } from "./panes";

/** The margin with the notes takes the text along. */
export type Place = Side | "margin";

/** Keys that scroll the text, and those that move the caret, which takes the source along. */
const textKeys = ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "];
const keys: Record<Place, readonly string[]> = {
  source: ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"],
  sheet: textKeys,
  margin: textKeys,
};

/** Calls back with what somebody scrolls. Returns how to stop listening. */
export function watchHands(source: HTMLElement, sheet: HTMLElement, scrolls: (place: Place) => void): () => void {
  const placeOf = (target: EventTarget | null): Place | null => {
    if (!(target instanceof Element)) return null;
    if (source.contains(target)) return "source";
    if (sheet.contains(target)) return "sheet";
    return target.closest(".rail") ? "margin" : null;
  };
  const heard: { [name in "wheel" | "touchmove" | "pointerdown" | "keydown" | "click"]: (event: never) => boolean } = {
    wheel: wheelScrolls,
    touchmove: touchScrolls,
    pointerdown: pressScrolls,
    keydown: (event: KeyboardEvent) => keyScrolls(event, placeOf(event.target) ?? "sheet"),
    click: ({ target }: MouseEvent) => target instanceof Element && target.closest("a[href^='#']") !== null,
  };
  const hear = (event: Event) => {
    const place = event.target === document.body && event.type === "keydown" ? "sheet" : placeOf(event.target);
    if (place && heard[event.type as keyof typeof heard](event as never)) scrolls(place);
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

export function keyScrolls({ key, altKey, target }: Pick<KeyboardEvent, "key" | "altKey" | "target">, on: Place): boolean {
  if (altKey || !keys[on].includes(key)) return false;
  const taken = key === " " ? "a, button, summary, input, textarea, select" : "input, textarea, select";
  return !(target instanceof Element && target.closest(taken));
}
