/**
 * The notes as they will be once everything that waits on this device has been sent.
 *
 * Invariants: nothing the server said is changed, only shown with what waits on top of it; what was answered stays shown
 * until the server's notes say it too, so nothing flickers and nothing is there twice. Next: `device/queue.ts`.
 */
import { computed, effect, type ReadonlySignal } from "@preact/signals";
import type { Passage } from "./api";
import { makes, type NoteCommand, type QueuedCommand, targetOf } from "./device/command";
import type { Queue } from "./device/queue";
import type { Note, Notes, Place, Reaction, Reply } from "./notes";
import type { World } from "./socket";

/** How something that was said or done here stands with the server. */
export type Wait = { kind: "waiting" } | ({ kind: "refused"; sentence: string } & Pick<QueuedCommand, "id" | "command">);

/** Until the server's notes show what it answered; longer only while there is no connection. */
const echoMs = 10_000;

export interface QueuedNotes extends Notes {
  /** By note or reply. */
  readonly waits: ReadonlySignal<ReadonlyMap<string, Wait>>;
  stop(): void;
}

export interface QueuedNotesSources {
  notes: Notes;
  queue: Pick<Queue, "waiting" | "answered" | "seen">;
  /** Who writes here. */
  author: string;
  live: ReadonlySignal<boolean>;
  world: Pick<World, "later">;
}

export function withQueued({ notes, queue, author, live, world }: QueuedNotesSources): QueuedNotes {
  const commands = computed(() => {
    const waiting = queue.waiting.value;
    const answered = queue.answered.value.filter(({ id }) => !waiting.some((one) => one.id === id));
    return answered.length > 0 ? [...answered, ...waiting] : waiting;
  });
  const passages = computed(() => passagesOf(commands.value));
  const stops = [
    followed(notes, passages),
    effect(() => {
      const shown = queue.answered.value.filter((one) => says(notes.all.value, one.command, author));
      if (shown.length > 0) queue.seen(shown);
    }),
    unechoed(queue, live, world),
  ];
  return {
    ...notes,
    all: computed(() => overlaid(notes.all.value, commands.value, author)),
    places: computed(() => placed(notes.places.value, passages.value)),
    waits: computed(() => waitsOf(queue.waiting.value)),
    stop: () => stops.forEach((stop) => stop()),
  };
}

/** What was answered and never shows, for whatever reason, is not pretended for ever. */
function unechoed(queue: QueuedNotesSources["queue"], live: ReadonlySignal<boolean>, world: Pick<World, "later">): () => void {
  return effect(() => {
    const answered = queue.answered.value;
    if (answered.length === 0 || !live.value) return;
    return world.later(echoMs, () => queue.seen(answered));
  });
}

/** Under a name of their own: the server's notes have the ids. */
const waitingName = (note: string) => `waiting:${note}`;

function passagesOf(commands: readonly QueuedCommand[]): ReadonlyMap<string, Passage> {
  return new Map(
    commands.flatMap(({ command, refused }) => {
      const shown = command.kind === "create" || (command.kind === "attach" && refused === null);
      return shown ? [[command.note, command.passage] as const] : [];
    }),
  );
}

function followed(notes: Notes, passages: ReadonlySignal<ReadonlyMap<string, Passage>>): () => void {
  let before: ReadonlyMap<string, Passage> = new Map();
  return effect(() => {
    const now = passages.value;
    for (const note of before.keys()) if (!now.has(note)) notes.follow(waitingName(note), null);
    for (const [note, passage] of now) if (before.get(note) !== passage) notes.follow(waitingName(note), passage);
    before = now;
  });
}

function placed(places: ReadonlyMap<string, Place>, passages: ReadonlyMap<string, Passage>): ReadonlyMap<string, Place> {
  if (passages.size === 0) return places;
  const next = new Map(places);
  for (const note of passages.keys()) {
    const place = places.get(waitingName(note));
    next.delete(waitingName(note));
    if (place && place.from < place.to) next.set(note, place);
  }
  return next;
}

function waitsOf(waiting: readonly QueuedCommand[]): ReadonlyMap<string, Wait> {
  const waits = new Map<string, Wait>();
  for (const { id, command, refused } of waiting) {
    const target = targetOf(command);
    if (refused !== null) waits.set(target, { kind: "refused", id, command, sentence: refused });
    else if (!waits.has(target)) waits.set(target, { kind: "waiting" });
  }
  return waits;
}

/** The server's notes with these commands on top. Those they are not about stay the same objects. */
export function overlaid(all: readonly Note[], commands: readonly QueuedCommand[], author: string): readonly Note[] {
  if (commands.length === 0) return all;
  const notes = new Map(all.map((note) => [note.id, note]));
  for (const one of commands) {
    // A refused change is taken back; refused words stay where they were written.
    if (one.refused !== null && !makes(one.command) && one.command.kind !== "edit") continue;
    const before = notes.get(one.command.note);
    const after = applied(before, one, author);
    if (after) notes.set(after.id, after);
    else notes.delete(one.command.note);
  }
  return [...notes.values()];
}

function applied(note: Note | undefined, { command, at }: QueuedCommand, author: string): Note | undefined {
  if (command.kind === "create") return note ?? newNote(command, at, author);
  if (!note) return undefined;
  switch (command.kind) {
    case "reply":
      if (note.replies.some(({ id }) => id === command.id)) return note;
      return { ...note, replies: [...note.replies, { ...said(command.id, author, at, command.body) }] };
    case "edit":
      return changed(note, command.reply, (it) => (it.body === command.body ? it : { ...it, body: command.body, edited: at }));
    case "resolve":
      return (note.resolved !== null) === command.resolved ? note : { ...note, resolved: command.resolved ? author : null };
    case "attach": {
      const { quote, before, after, heading } = command.passage;
      return { ...note, quote, before, after, heading };
    }
    case "remove":
      return command.reply === null ? undefined : { ...note, replies: note.replies.filter(({ id }) => id !== command.reply) };
    case "react":
      return changed(note, command.reply, (it) => ({ ...it, reactions: reacted(it.reactions, command.emoji, author) }));
  }
}

function newNote({ note, body, passage }: NoteCommand & { kind: "create" }, at: number, author: string): Note {
  const { quote, before, after, heading } = passage;
  return { ...said(note, author, at, body), quote, before, after, heading, resolved: null, replies: [] };
}

function said(id: string, by: string, at: number, body: string): Reply {
  return { id, by, at, body, edited: null, mentions: [], reactions: [] };
}

/** Its own words, or those of one of its replies. */
function changed(note: Note, reply: string | null, by: <T extends Reply>(it: T) => T): Note {
  if (reply === null) return by(note);
  return { ...note, replies: note.replies.map((it) => (it.id === reply ? by(it) : it)) };
}

function reacted(before: readonly Reaction[], emoji: readonly string[], author: string): Reaction[] {
  const others = before.map((it) => ({ emoji: it.emoji, by: it.by.filter((by) => by !== author || emoji.includes(it.emoji)) }));
  const mine = emoji.map((it) => others.find((other) => other.emoji === it) ?? { emoji: it, by: [] });
  const given = mine.map((it) => ({ ...it, by: it.by.includes(author) ? it.by : [...it.by, author] }));
  const kept = others.map((it) => given.find((mine) => mine.emoji === it.emoji) ?? it);
  return [...kept, ...given.filter((it) => !kept.includes(it))].filter(({ by }) => by.length > 0);
}

/** Whether the server's notes show what was asked for. */
function says(all: readonly Note[], command: NoteCommand, author: string): boolean {
  const note = all.find(({ id }) => id === command.note);
  const target = targetOf(command);
  const it = note?.id === target ? note : note?.replies.find(({ id }) => id === target);
  switch (command.kind) {
    case "create":
    case "reply":
      return it !== undefined;
    case "remove":
      return it === undefined;
    case "edit":
      return it === undefined || it.body === command.body;
    case "resolve":
      return !note || (note.resolved !== null) === command.resolved;
    case "attach":
      return !note || note.quote === command.passage.quote;
    case "react": {
      const given = it?.reactions.filter(({ by }) => by.includes(author)).map(({ emoji }) => emoji) ?? [];
      return it === undefined || [...given].sort().join() === [...command.emoji].sort().join();
    }
  }
}
