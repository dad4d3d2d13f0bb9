/**
 * Whether somebody is typing on a phone, and how far the page makes room for it.
 *
 * The formatting bar stands while the source has the focus and the keyboard is not put away. The title and what stands
 * beside it fold as soon as one types, and come back when one scrolls up. Invariant: folding and unfolding moves no line.
 */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Desk } from "./desk";
import type { Keyboard } from "./viewport";

/** away: the source has no focus. folded: typing. unfolded: looked up from it. rested: the keyboard was put away. */
export type Typing = "away" | "folded" | "unfolded" | "rested";

export type Happening = "focus" | "blur" | "input" | "keyboard up" | "keyboard down" | "scrolled up" | "scrolled down";

export function next(now: Typing, what: Happening): Typing {
  if (what === "blur") return "away";
  if (now === "away") return what === "focus" ? "folded" : "away";
  switch (what) {
    case "focus":
    case "input":
    case "keyboard up":
      return "folded";
    case "keyboard down":
      return "rested";
    case "scrolled up":
      return now === "folded" ? "unfolded" : now;
    case "scrolled down":
      return now === "unfolded" ? "folded" : now;
  }
}

/** So far up by hand means to look around, so far down to go on. */
const upPx = 56;
const downPx = 28;

/** Scrolling by hand, as one way at a time: `run` is what has been scrolled since the last turn, down is positive. */
export function scrolled(run: number, by: number, top: number): { run: number; said: Happening | null } {
  const now = Math.sign(run) === Math.sign(by) ? run + by : by;
  if (now <= -upPx || (by < 0 && top <= 0)) return { run: 0, said: "scrolled up" };
  if (now >= downPx) return { run: 0, said: "scrolled down" };
  return { run: now, said: null };
}

/** For a phone; elsewhere it is always "away". */
export function watchTyping(desk: Desk, keyboard: ReadonlySignal<Keyboard>): ReadonlySignal<Typing> {
  const { source } = desk;
  const typing = signal<Typing>("away");
  const tell = (what: Happening) => {
    typing.value = desk.phone.peek() ? next(typing.peek(), what) : "away";
  };
  source.addEventListener("focusin", () => tell("focus"));
  // The focus may only have moved inside.
  source.addEventListener("focusout", () => setTimeout(() => source.contains(document.activeElement) || tell("blur")));
  source.addEventListener("input", () => tell("input"));

  let before = keyboard.peek();
  effect(() => {
    if (keyboard.value !== before) tell(keyboard.value === "up" ? "keyboard up" : "keyboard down");
    before = keyboard.value;
  });
  effect(() => {
    if (!desk.phone.value) typing.value = "away";
  });
  effect(() => {
    const scroller = desk.editor.value?.view.scrollDOM;
    if (scroller) watchScrolling(scroller, tell);
  });
  effect(() => sideOfCaret(desk, typing.value));
  return typing;
}

function watchScrolling(scroller: HTMLElement, tell: (what: Happening) => void): void {
  let [byHand, run, last] = [false, 0, 0];
  const quiet = { passive: true } as const;
  scroller.addEventListener("touchmove", () => (byHand = true), quiet);
  scroller.addEventListener("beforeinput", () => (byHand = false), quiet);
  scroller.addEventListener(
    "scroll",
    () => {
      const top = scroller.scrollTop;
      const by = top - last;
      last = top;
      if (!byHand || by === 0) return;
      const step = scrolled(run, by, top);
      run = step.run;
      if (step.said) tell(step.said);
    },
    quiet,
  );
}

/** Tells the styles in which half of the source the caret stands, so that what floats goes to the other. */
function sideOfCaret({ editor }: Desk, typing: Typing): void {
  const { dataset } = document.documentElement;
  const mounted = editor.value;
  // Asked for each move of the caret.
  void mounted?.position.value;
  if (!mounted || typing === "away" || typing === "rested") {
    delete dataset["caret"];
    return;
  }
  mounted.view.requestMeasure({
    key: sideOfCaret,
    read(view) {
      const at = view.coordsAtPos(view.state.selection.main.head);
      const { top, height } = view.scrollDOM.getBoundingClientRect();
      return at && at.bottom > top + height / 2 ? "low" : "high";
    },
    write: (side) => void (dataset["caret"] = side),
  });
}
