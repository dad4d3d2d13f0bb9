/** Says in one sentence what others have just noted, replied or resolved; never one's own, and never what was there before. */
import { effect, type ReadonlySignal, untracked } from "@preact/signals";
import type { Note, Notes } from "../../session/notes";
import type { Directory } from "../../session/people";
import { plainQuote } from "./plain-quote";
import { filterOf, type Thread } from "./threads";

const quoteChars = 60;

/** `announce` says a sentence to whoever listens to the page. */
export function hear(notes: Pick<Notes, "ready" | "all">, directory: Directory, announce: (sentence: string) => void): () => void {
  let known: ReadonlySet<string> | null = null;
  return effect(() => {
    const all = (notes.all as ReadonlySignal<readonly Note[]>).value;
    if (!notes.ready.value) return;
    const before = known;
    known = new Set(all.flatMap((note) => [note.id, ...note.replies.map((it) => it.id)]));
    if (before) untracked(() => news(all, before, directory).forEach(announce));
  });
}

/**
 * Says which passage with a note the caret has come into, by its words: the mark itself cannot be heard. `later` asks when
 * a moment has passed, so that nothing is said of what the caret only went through.
 */
export function hearPassages(
  caret: ReadonlySignal<number | null>,
  threads: ReadonlySignal<readonly Thread[]>,
  directory: Directory,
  later: (ask: () => string | null) => void,
): () => void {
  let inside: ReadonlySet<string> = new Set();
  return effect(() => {
    const at = caret.value;
    const around = threads.value.filter((thread) => at !== null && holds(thread, at));
    for (const { note } of around) {
      if (inside.has(note.id)) continue;
      later(() => (inside.has(note.id) ? `In a note by ${directory.person(note.by).display} on ${about(note)}.` : null));
    }
    inside = new Set(around.map(({ note }) => note.id));
  });
}

function holds(thread: Thread, at: number): boolean {
  return filterOf(thread) === "open" && thread.place !== null && thread.place.from <= at && at <= thread.place.to;
}

function news(all: readonly Note[], before: ReadonlySet<string>, directory: Directory): string[] {
  const said = all.flatMap((note) => {
    const fresh = before.has(note.id) ? [] : [{ by: note.by, mentions: note.mentions, does: `left a note on ${about(note)}` }];
    const replies = note.replies.filter((it) => !before.has(it.id));
    return [...fresh, ...replies.map(({ by, mentions }) => ({ by, mentions, does: `replied to the note on ${about(note)}` }))];
  });
  const others = said.filter(({ by }) => !directory.mine(by));
  if (others.length > 2) return [`${others.length} new notes and replies.`];
  return others.map(({ by, mentions, does }) => {
    const named = mentions.some(directory.mine) ? " and mentioned you" : "";
    return `${directory.person(by).display} ${does}${named}.`;
  });
}

function about(note: Note): string {
  const quote = plainQuote(note.quote);
  return `“${quote.length > quoteChars ? `${quote.slice(0, quoteChars - 1)}…` : quote}”`;
}
