/**
 * Who wrote this: whether it shows, and who is in the legend. Remembered on this device.
 *
 * The small part that every page has; what draws comes when it is first asked for. Next: `draw.ts`, `legend.tsx`.
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";

const storedShown = "galley-authors";
const storedTint = "galley-authors-tint";

/** Somebody in the legend. */
export interface Credit {
  author: string;
  name: string;
  /** Colour, 1 to 8; 0: not known who. */
  peer: number;
  /** Which underline, 1 to 4. */
  line: number;
  /** Of the whole text, of 1. */
  part: number;
}

/** Words are tinted, or only the bars beside the lines show. */
export type Tint = "words" | "bars";

export interface WhoWrote {
  readonly shown: ReadonlySignal<"shown" | "hidden">;
  readonly tint: ReadonlySignal<Tint>;
  /** There is nothing to choose: where there is no source words are tinted. */
  readonly fixed: ReadonlySignal<boolean>;
  /** Most first; null until it is known. */
  readonly credits: Signal<readonly Credit[] | null>;
  /** Who wrote what was pressed last. */
  readonly pointed: Signal<readonly string[]>;
  toggle(): void;
  toggleTint(): void;
  /** Says who wrote the line the caret is in. */
  sayLine(): void;
}

/** `only`: there is only the text, and no source. */
export function createWhoWrote(only: ReadonlySignal<boolean>, sayLine: () => void): WhoWrote {
  const shown = signal<"shown" | "hidden">(localStorage.getItem(storedShown) === "shown" ? "shown" : "hidden");
  const chosen = signal<Tint>(localStorage.getItem(storedTint) === "bars" ? "bars" : "words");
  const pointed = signal<readonly string[]>([]);
  return {
    shown,
    tint: computed(() => (only.value ? "words" : chosen.value)),
    fixed: only,
    credits: signal<readonly Credit[] | null>(null),
    pointed,
    sayLine,
    toggle() {
      shown.value = shown.peek() === "shown" ? "hidden" : "shown";
      pointed.value = [];
      localStorage.setItem(storedShown, shown.peek());
    },
    toggleTint() {
      chosen.value = chosen.peek() === "words" ? "bars" : "words";
      localStorage.setItem(storedTint, chosen.peek());
    },
  };
}
