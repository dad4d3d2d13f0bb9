/** A small button beside what is selected, in the text or in the source: a note about it. Never over the words selected. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { keycaps } from "../chord";
import { NotePlus } from "../more-icons";
import type { Span } from "../../editor/surface";
import type { Board } from "./board";
import type { Surfaces } from "./surfaces";

export interface NoteButtonProps {
  board: Board;
  surfaces: Surfaces;
}

const gap = 6;
const edge = 8;

export function NoteButton({ board, surfaces }: NoteButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const held = useHeld();
  const noted = useRef<Span | null>(null);
  const selected = surfaces.selected.value;
  const attaching = board.attaching.value;
  // Once it was pressed for a selection it has done its work there.
  if (board.draft.writing.value) noted.current = selected?.span ?? null;
  const done = attaching === null && selected !== null && same(selected.span, noted.current);
  const wanted = selected !== null && board.writes.value && !done && !held;
  const [spot, setSpot] = useState<Spot | null>(null);

  const measure = () => {
    const rect = wanted ? selected.surface.selectionRect() : null;
    const next = rect && spotBeside(rect, button.current?.offsetWidth ?? 0, button.current?.offsetHeight ?? 0);
    setSpot((before) => (before?.left === next?.left && before?.top === next?.top ? before : next));
  };
  useLayoutEffect(measure, [wanted, selected, selected?.surface.layout.value]);
  useEffect(() => {
    if (!wanted) return;
    const { scroller } = selected.surface;
    scroller.addEventListener("scroll", measure, { passive: true });
    addEventListener("resize", measure);
    return () => {
      scroller.removeEventListener("scroll", measure);
      removeEventListener("resize", measure);
    };
  }, [wanted, selected]);

  if (!wanted) return null;
  return (
    <button
      ref={button}
      type="button"
      class="note-button"
      title={attaching ? "Attach the note to this text" : `Add a note (${keycaps("Mod-Alt-m").join(" ")})`}
      style={spot ? { left: `${spot.left}px`, top: `${spot.top}px` } : { visibility: "hidden" }}
      // What is selected stays so, and on a phone the keyboard as it is.
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => (attaching ? void board.attach(attaching) : board.start())}
    >
      <NotePlus />
      {attaching ? "Attach" : "Note"}
    </button>
  );
}

function same(a: Span, b: Span | null): boolean {
  return a.from === b?.from && a.to === b.to;
}

interface Spot {
  left: number;
  top: number;
}

/** Below the end of the selection; where there is no room, behind it on the same line. */
export function spotBeside({ right, top, bottom }: DOMRect, width: number, height: number): Spot {
  const fits = bottom + gap + height + edge <= innerHeight;
  const left = fits ? right - width / 2 : right + 2 * gap;
  return {
    left: Math.round(Math.min(Math.max(left, edge), innerWidth - width - edge)),
    top: Math.round(fits ? bottom + gap : Math.min((top + bottom - height) / 2, innerHeight - height - edge)),
  };
}

/** While the pointer is down something is still being selected. */
export function useHeld(): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    const down = (event: Event) => setHeld(!(event.target as Element).closest(".note-button"));
    const up = () => setHeld(false);
    document.addEventListener("pointerdown", down, true);
    for (const name of ["pointerup", "pointercancel"] as const) document.addEventListener(name, up, true);
    return () => {
      document.removeEventListener("pointerdown", down, true);
      for (const name of ["pointerup", "pointercancel"] as const) document.removeEventListener(name, up, true);
    };
  }, []);
  return held;
}
