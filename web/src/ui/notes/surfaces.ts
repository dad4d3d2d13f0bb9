/** What the notes need of source and text: passages marked in both, presses, what is selected, and the way to a place. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { NoteSurface, Span } from "../../editor/surface";
import type { View } from "../document/view";
import type { NoteCalls } from "./acts";
import type { Board } from "./board";

export interface Surfaces {
  /** Those a person sees now. */
  readonly seen: ReadonlySignal<readonly NoteSurface[]>;
  /** Beside which the notes stand. */
  readonly lead: ReadonlySignal<NoteSurface | null>;
  /** What was selected last, and where. */
  readonly selected: ReadonlySignal<{ surface: NoteSurface; span: Span } | null>;
  reveal(span: Span): void;
  depth(offset: number): number | null;
}

/** Everything a page has of notes. */
export interface Noting {
  board: Board;
  surfaces: Surfaces;
  /** The margin lies over the text: there is no room beside it. */
  over: ReadonlySignal<boolean>;
  /** A note that nobody wrote in the margin. */
  post: NoteCalls["create"];
}

export interface SurfaceParts {
  source: ReadonlySignal<NoteSurface | null>;
  text: ReadonlySignal<NoteSurface | null>;
  /** Which panes show. */
  view: ReadonlySignal<View>;
  phone: ReadonlySignal<boolean>;
}

/** On a phone a passage is brought so far up that the sheet leaves it in sight. */
const phonePart = 0.16;

export function createSurfaces({ source, text, view, phone }: SurfaceParts): Surfaces {
  const seen = computed(() => {
    const both = view.value === "both" && !phone.value;
    const panes = [view.value === "edit" ? null : text.value, view.value === "edit" || both ? source.value : null];
    return panes.filter((pane) => pane !== null);
  });
  const lead = computed(() => seen.value[0] ?? null);
  return {
    seen,
    lead,
    selected: lastSelected(seen),
    reveal(span) {
      for (const surface of seen.peek()) {
        if (phone.peek()) raise(surface, span);
        else surface.reveal(span.from, span.to);
      }
    },
    depth(offset) {
      const top = lead.peek()?.topOf(offset) ?? null;
      return top === null ? null : top - (lead.peek()?.scroller.scrollTop ?? 0);
    },
  };
}

/** Again in the next frames: what comes into sight may turn out higher or lower than it was thought to be. */
function raise(surface: NoteSurface, { from, to }: Span, frames = 3): void {
  if (frames === 3) surface.reveal(from, to);
  const top = surface.topOf(from);
  if (top !== null) surface.scroller.scrollTop = top - phonePart * surface.scroller.clientHeight;
  if (frames > 0) requestAnimationFrame(() => raise(surface, { from, to }, frames - 1));
}

/** Both panes may have something selected: the one where it changed last counts. */
function lastSelected(seen: Surfaces["seen"]): Surfaces["selected"] {
  const last = signal<NoteSurface | null>(null);
  effect(() => {
    const stops = seen.value.map((surface) => surface.selected.subscribe((span) => void (span && (last.value = surface))));
    return () => stops.forEach((stop) => stop());
  });
  return computed(() => {
    const surfaces = last.value && seen.value.includes(last.value) ? [last.value, ...seen.value] : seen.value;
    for (const surface of surfaces) {
      const span = surface.selected.value;
      if (span) return { surface, span };
    }
    return null;
  });
}

/** Marks the passages in whatever is seen, and opens the note whose passage is pressed. */
export function mark(board: Board, { seen }: Surfaces, phone: ReadonlySignal<boolean>): () => void {
  const stops = [
    effect(() => {
      for (const surface of seen.value) surface.show(board.marks.value, board.active.value);
    }),
    effect(() => {
      const listening = seen.value.map((surface) =>
        pressed(surface, (ids, typing) => {
          // On a phone whoever is writing puts the caret there; a sheet would take the keyboard away.
          if (!(phone.peek() && typing)) board.press(ids);
        }),
      );
      return () => listening.forEach((stop) => stop());
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

/** Presses, and whether somebody was writing here before. */
function pressed(surface: NoteSurface, run: (ids: string[], typing: boolean) => void): () => void {
  const { scroller } = surface;
  let typing = false;
  const before = () => {
    const { activeElement } = document;
    typing = activeElement instanceof HTMLElement && activeElement.isContentEditable && scroller.contains(activeElement);
  };
  scroller.addEventListener("pointerdown", before, true);
  const stop = surface.onPress((ids) => run(ids, typing));
  return () => {
    scroller.removeEventListener("pointerdown", before, true);
    stop();
  };
}
