/** Where the notes are when none of them is in sight: a line that says so, and leads to the nearest. */
import { useState } from "preact/hooks";
import { ChevronDown, ChevronUp } from "../more-icons";
import type { Item } from "./stack";

export type Elsewhere = { where: "above" | "below"; count: number; nearest: string } | null;

/** Those of which nothing is seen; null as long as any is. */
export function elsewhere(items: readonly Item[], tops: ReadonlyMap<string, number>, top: number, height: number): Elsewhere {
  const at = ({ id }: Item) => tops.get(id) ?? 0;
  const above = items.filter((item) => at(item) + item.height <= top);
  const below = items.filter((item) => at(item) >= top + height);
  if (items.length === 0 || above.length + below.length < items.length) return null;
  const [where, those] = below.length > 0 ? (["below", below] as const) : (["above", above] as const);
  const nearest = those.reduce((a, b) => (at(a) < at(b) === (where === "below") ? a : b));
  return { where, count: those.length, nearest: nearest.id };
}

export function useBeyond() {
  const [notes, setNotes] = useState<Elsewhere>(null);
  return {
    notes,
    look(...now: Parameters<typeof elsewhere>) {
      const next = elsewhere(...now);
      setNotes((before) => (before?.nearest === next?.nearest && before?.count === next?.count ? before : next));
    },
  };
}

export function Beyond({ notes, onGo }: { notes: Elsewhere; onGo(id: string): void }) {
  if (!notes) return null;
  const Arrow = notes.where === "below" ? ChevronDown : ChevronUp;
  return (
    <button type="button" class={`beyond ${notes.where}`} onClick={() => onGo(notes.nearest)}>
      <Arrow size="small" />
      {notes.count} {notes.where}
    </button>
  );
}
