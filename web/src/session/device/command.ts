/**
 * What can be asked about notes, as it waits: commands, and how a new one joins those that wait already.
 *
 * Pure. Invariants: what the server may have heard of is never changed into something else, only followed by it; what it
 * has certainly not heard of is changed in its place, so that nothing is sent that nobody wants any more.
 * Next: `queue.ts`, which keeps and sends them; `queued-notes.ts`, which shows them.
 */
import type { api, Passage } from "../api";

export type NoteCommand =
  | { kind: "create"; note: string; body: string; passage: Passage }
  | { kind: "reply"; note: string; id: string; body: string }
  | { kind: "edit"; note: string; reply: string | null; body: string }
  | { kind: "resolve"; note: string; resolved: boolean }
  | { kind: "attach"; note: string; passage: Passage }
  | { kind: "remove"; note: string; reply: string | null }
  | { kind: "react"; note: string; reply: string | null; emoji: readonly string[] };

export interface QueuedCommand {
  /** Its own. */
  id: string;
  /** Wall clock, in milliseconds. */
  at: number;
  command: NoteCommand;
  /** The server may have it: it was asked, and no answer came. */
  tried: boolean;
  /** Why the server does not take it; it waits for a person. */
  refused: string | null;
  /** Another one with each change. */
  rev: number;
}

/** The note or reply it is about. */
export function targetOf(command: NoteCommand): string {
  if (command.kind === "reply") return command.id;
  return ("reply" in command ? command.reply : null) ?? command.note;
}

export interface Folded {
  /** Wait no more: nobody wants them now, and the server knows nothing of them. */
  drop: readonly QueuedCommand[];
  /** One that waits, with other words. */
  change: QueuedCommand | null;
  /** The new one is to be queued itself. */
  add: boolean;
}

export function fold(waiting: readonly QueuedCommand[], next: NoteCommand): Folded {
  const target = targetOf(next);
  const unheard = waiting.find(({ command, tried }) => makes(command) && targetOf(command) === target && !tried);
  if (next.kind === "remove" && unheard) {
    const gone = waiting.filter(({ command }) => targetOf(command) === target || command.note === target);
    return { drop: gone, change: null, add: false };
  }
  if (next.kind === "edit" && unheard && makes(unheard.command))
    return { drop: [], change: changed(unheard, { ...unheard.command, body: next.body }), add: false };
  if (next.kind === "attach" && unheard?.command.kind === "create")
    return { drop: [], change: changed(unheard, { ...unheard.command, passage: next.passage }), add: false };
  // Each of these says all of what it is about: the last one counts, whether the server heard of the one before or not.
  const last = waiting.findLast(({ command }) => command.kind === next.kind && targetOf(command) === target);
  const whole = next.kind !== "create" && next.kind !== "reply" && next.kind !== "remove";
  if (whole && last) return { drop: [], change: changed(last, next), add: false };
  return { drop: [], change: null, add: true };
}

/** Makes a note or a reply. */
export function makes(command: NoteCommand): command is NoteCommand & { kind: "create" | "reply" } {
  return command.kind === "create" || command.kind === "reply";
}

function changed(waiting: QueuedCommand, command: NoteCommand): QueuedCommand {
  return { ...waiting, command, refused: null, rev: waiting.rev + 1 };
}

/** What it is about was refused: it cannot succeed, and waits with it. */
export function isHeld(one: QueuedCommand, waiting: readonly QueuedCommand[]): boolean {
  const about = (command: NoteCommand) => [one.command.note, targetOf(one.command)].includes(targetOf(command));
  return waiting.some((other) => other !== one && other.refused !== null && makes(other.command) && about(other.command));
}

export type NotesApi = Pick<typeof api, "notes">;

export function ask({ notes }: NotesApi, document: string, command: NoteCommand): Promise<void> {
  switch (command.kind) {
    case "create":
      return notes.create(document, { id: command.note, body: command.body, ...command.passage });
    case "reply":
      return notes.reply(document, command.note, { id: command.id, body: command.body });
    case "edit":
      return command.reply === null
        ? notes.edit(document, command.note, command.body)
        : notes.editReply(document, command.note, command.reply, command.body);
    case "resolve":
      return notes.resolve(document, command.note, command.resolved);
    case "attach":
      return notes.attach(document, command.note, command.passage);
    case "remove":
      return command.reply === null
        ? notes.remove(document, command.note)
        : notes.removeReply(document, command.note, command.reply);
    case "react":
      return notes.react(document, command.note, command.reply, command.emoji);
  }
}
