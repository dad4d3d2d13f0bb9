/** Beside what is selected of an older version: brings only that back. Never over the words selected. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { selectionIn } from "../../preview/point";
import { Restore } from "../icons";
import { spotBeside, useHeld } from "../notes/note-button";
import type { Changes } from "./changes";
import type { Passage } from "./restoring";

interface Selected {
  passage: Passage;
  range: Range;
}

export function RestoreButton({ changes, onRestore }: { changes: Changes; onRestore(passage: Passage): void }) {
  const button = useRef<HTMLButtonElement>(null);
  const held = useHeld();
  const surface = changes.surface.value;
  const [selected, setSelected] = useState<Selected | null>(null);
  const [spot, setSpot] = useState<{ left: number; top: number } | null>(null);

  useEffect(() => {
    const look = () => {
      const range = surface && selectionIn(surface.scroller);
      const passage = range && surface.passage(range);
      setSelected(range && passage ? { range, passage } : null);
    };
    look();
    document.addEventListener("selectionchange", look);
    return () => document.removeEventListener("selectionchange", look);
  }, [surface]);

  const wanted = selected !== null && !held;
  const place = () => {
    const rects = wanted ? [...selected.range.getClientRects()].filter(({ width }) => width > 0) : [];
    const rect = rects.at(-1);
    setSpot(rect ? spotBeside(rect, button.current?.offsetWidth ?? 0, button.current?.offsetHeight ?? 0) : null);
  };
  useLayoutEffect(place, [wanted, selected]);
  useEffect(() => {
    surface?.scroller.addEventListener("scroll", place, { passive: true });
    return () => surface?.scroller.removeEventListener("scroll", place);
  }, [wanted, selected, surface]);

  if (!wanted) return null;
  return (
    <button
      ref={button}
      type="button"
      class="note-button passage-button"
      style={spot ? { left: `${spot.left}px`, top: `${spot.top}px` } : { visibility: "hidden" }}
      // What is selected stays so.
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => {
        document.getSelection()?.removeAllRanges();
        onRestore(selected.passage);
      }}
    >
      <Restore />
      Restore this passage
    </button>
  );
}
