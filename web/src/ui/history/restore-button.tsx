/** Beside what is selected of an older version: brings only that back. Never over the words selected. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { selectionIn } from "../../preview/point";
import { Restore } from "../action-icons";
import { spotBeside, useHeld } from "../notes/note-button";
import type { Changes, Selected } from "./changes";
import { isCurrent } from "./entries";
import type { History } from "./history";

interface Found {
  restore(): void;
  range: Range;
}

export function RestoreButton({ history, changes }: { history: History; changes: Changes }) {
  const button = useRef<HTMLButtonElement>(null);
  const held = useHeld();
  const surface = changes.surface.value;
  const [selected, setSelected] = useState<Found | null>(null);
  const [spot, setSpot] = useState<{ left: number; top: number } | null>(null);

  useEffect(() => {
    const look = () => {
      const range = surface && selectionIn(surface.scroller);
      const restore = range && restoring(history, surface.passage(range));
      setSelected(range && restore ? { range, restore } : null);
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
        selected.restore();
      }}
    >
      <Restore />
      Restore this passage
    </button>
  );
}

/** What is selected comes from the version looked at, or, where only struck words are, from the one before. */
function restoring({ shown, restoring: { passage: restore } }: History, selected: Selected | null): (() => void) | null {
  const now = shown.peek();
  if (!selected || now.kind !== "text") return null;
  const { entry, old, text, owner, before } = now;
  const { of, passage } = selected;
  if (of === "other") return before && old !== null ? () => void restore(before, old, passage) : null;
  if (entry.kind === "now" || isCurrent(entry)) return null;
  const own = owner === "old" ? (old ?? text) : text;
  return () => void restore(entry.version, own, passage);
}
