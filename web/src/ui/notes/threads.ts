/** Notes with the places of their passages: which filter each is under, in which order, and what is marked in the text. */
import type { NoteMark } from "../../editor/surface";
import type { Note, Place } from "../../session/notes";

export type Filter = "open" | "resolved" | "detached";
export type Order = "position" | "newest";

export interface Thread {
  note: Note;
  /** null: detached. */
  place: Place | null;
}

export const filters: readonly { filter: Filter; label: string }[] = [
  { filter: "open", label: "Open" },
  { filter: "resolved", label: "Resolved" },
  { filter: "detached", label: "Detached" },
];

export function joined(notes: readonly Note[], places: ReadonlyMap<string, Place>): Thread[] {
  return notes.map((note) => ({ note, place: places.get(note.id) ?? null }));
}

export function filterOf({ note, place }: Thread): Filter {
  if (note.resolved !== null) return "resolved";
  return place ? "open" : "detached";
}

export function counted(threads: readonly Thread[]): Record<Filter, number> {
  const counts = { open: 0, resolved: 0, detached: 0 };
  for (const thread of threads) counts[filterOf(thread)]++;
  return counts;
}

/** By position: in the order of the text, those without a place at the end. Newest: what was said last comes first. */
export function ordered(threads: readonly Thread[], order: Order): Thread[] {
  const from = ({ place }: Thread) => place?.from ?? Number.POSITIVE_INFINITY;
  const compare = (a: Thread, b: Thread) =>
    order === "newest" ? saidLast(b) - saidLast(a) : from(a) === from(b) ? a.note.at - b.note.at : from(a) - from(b);
  return [...threads].sort(compare);
}

function saidLast({ note }: Thread): number {
  return note.replies.at(-1)?.at ?? note.at;
}

export function marked(threads: readonly Thread[]): NoteMark[] {
  return threads.flatMap(({ note, place }) =>
    place ? [{ id: note.id, from: place.from, to: place.to, resolved: note.resolved !== null }] : [],
  );
}

/** Whether there are other notes, or other words in them; not whether they stand elsewhere. */
export function otherNotes(before: readonly Thread[], now: readonly Thread[]): boolean {
  const said = new Set(before.map(({ note }) => note));
  return before.length !== now.length || now.some(({ note }) => !said.has(note));
}
