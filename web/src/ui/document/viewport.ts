/**
 * Keeps the page inside what the keyboard leaves: iOS does not resize the page for its keyboard, so its height and
 * offset are read from visualViewport and handed to the styles (phone.css, touch.css), with whether the keyboard is up.
 *
 * Invariant: a page that is zoomed in keeps its size; only a keyboard makes the shell smaller.
 */
import { type ReadonlySignal, signal } from "@preact/signals";

export type Keyboard = "up" | "down";

/** What visualViewport says. */
export interface Seen {
  width: number;
  height: number;
  offsetTop: number;
  scale: number;
}

export interface Shell {
  top: number;
  height: number;
  keyboard: Keyboard;
  /** strip: wide and so low that one row has to be both bars. */
  room: "strip" | "enough";
}

export interface Viewport {
  readonly keyboard: ReadonlySignal<Keyboard>;
  stop(): void;
}

/** No browser's own bars are as high, and no keyboard is lower. */
const keyboardPx = 130;

/** So low and so wide is what the keyboard leaves of a phone held sideways. */
const strip = { height: 300, width: 560 };

/** From here on a page counts as zoomed in; browsers round. */
const zoomed = 1.02;

/** `tallest`: the greatest height at this width so far. */
export function shellOf({ width, height, offsetTop, scale }: Seen, tallest: number): Shell {
  const whole = Math.round(height * scale);
  return {
    top: scale < zoomed ? offsetTop : 0,
    height: whole,
    keyboard: tallest - whole > keyboardPx ? "up" : "down",
    room: whole < strip.height && width * scale >= strip.width ? "strip" : "enough",
  };
}

/** Calls `onLess` when there is less room than before or it is another shape: a caret in it may have to be shown again. */
export function trackViewport(onLess: () => void): Viewport {
  const keyboard = signal<Keyboard>("down");
  const viewport = window.visualViewport;
  if (!viewport) return { keyboard, stop: () => {} };
  const { style, dataset } = document.documentElement;
  const tallest = new Map<number, number>();
  let last = { width: 0, height: 0 };

  const measure = () => {
    const width = Math.round(viewport.width * viewport.scale);
    const height = Math.round(viewport.height * viewport.scale);
    tallest.set(width, Math.max(height, tallest.get(width) ?? 0));
    const shell = shellOf(viewport, tallest.get(width) ?? 0);
    // Everything inherits them: set where they say what the styles assume, they would have the whole page styled anew.
    const whole = shell.top === 0 && height === tallest.get(width);
    for (const [name, px] of Object.entries({ "--shell": shell.height, "--shell-top": shell.top })) {
      if (whole) style.removeProperty(name);
      else style.setProperty(name, `${px}px`);
    }
    dataset["keyboard"] = shell.keyboard;
    dataset["room"] = shell.room;
    keyboard.value = shell.keyboard;
    if (last.height > 0 && (height < last.height || width !== last.width)) requestAnimationFrame(onLess);
    last = { width, height };
  };
  measure();
  viewport.addEventListener("resize", measure);
  viewport.addEventListener("scroll", measure);
  return {
    keyboard,
    stop() {
      viewport.removeEventListener("resize", measure);
      viewport.removeEventListener("scroll", measure);
    },
  };
}

/** What is typed in stays in sight, in a dialog too: browsers do this when it takes the focus, and not again. */
export function showFocused(): void {
  const focused = document.activeElement;
  if (focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement) focused.scrollIntoView({ block: "nearest" });
}
