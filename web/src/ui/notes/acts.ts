/** What can be done with a note or a reply, and by whom. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Role, Saying } from "../../session/api";
import type { Note, Passage, Reply } from "../../session/notes";
import type { Directory } from "../../session/people";
import type { Question } from "../ask";
import { canComment, canWrite } from "../roles";
import type { Attempts } from "./attempts";
import { removal } from "./questions";
import { uuid7 } from "../../session/uuid7";

export interface NoteCalls {
  create(note: Saying & Passage): Promise<void>;
  edit(note: string, body: string): Promise<void>;
  resolve(note: string, resolved: boolean): Promise<void>;
  attach(note: string, passage: Passage): Promise<void>;
  remove(note: string): Promise<void>;
  reply(note: string, reply: Saying): Promise<void>;
  editReply(note: string, reply: string, body: string): Promise<void>;
  removeReply(note: string, reply: string): Promise<void>;
  react(note: string, reply: string | null, emoji: readonly string[]): Promise<void>;
}

export interface Acts {
  mine(said: Reply): boolean;
  mayRemove(said: Reply): boolean;
  /** Resolve, reopen, attach. */
  maySettle(note: Note): boolean;
  /** Whether it was posted. */
  reply(note: string, body: string): Promise<boolean>;
  /** `reply`: null for the note's own words. Whether it was done. */
  edit(note: string, reply: string | null, body: string): Promise<boolean>;
  remove(note: Note, reply: string | null): void;
  resolve(note: Note): Promise<void>;
  reopen(note: Note): Promise<void>;
  /** Gives it, or takes it back. */
  react(note: string, said: Reply, emoji: string): Promise<boolean>;
  /** To what is selected; to what is selected next if that is nothing now. */
  attach(note: Note): Promise<void>;
  /** The note that waits for some text to be selected. */
  readonly attaching: Signal<Note | null>;
}

export interface ActParts {
  calls: NoteCalls;
  directory: Directory;
  role: ReadonlySignal<Role>;
  attempts: Attempts;
  active: Signal<string | null>;
  /** When something posted is there, or cannot come just now. */
  arrived(id: string): Promise<void>;
  /** null when no words are selected. */
  selected(): Passage | null;
  /** Opens a note whose place may be found a moment later. */
  show(id: string): void;
  ask(question: Question): void;
  say(sentence: string, undo?: () => void): void;
}

/** Where a reply is tried, among the attempts. */
export const replyAt = (note: string) => `reply:${note}`;

export function createActs(parts: ActParts): Acts {
  const { calls, directory, role, attempts } = parts;
  const mine = (said: Reply) => directory.mine(said.by);
  const writes = () => canComment(role.value);
  const remove = (note: string, reply: string | null) =>
    attempts.attempt(reply ?? note, () => (reply ? calls.removeReply(note, reply) : calls.remove(note)));

  return {
    ...settling(parts),
    mine,
    mayRemove: (said) => writes() && (mine(said) || role.value === "own"),
    maySettle: (note) => writes() && (mine(note) || canWrite(role.value)),
    reply: replying(parts),
    edit: (note, reply, body) =>
      attempts.attempt(reply ?? note, () =>
        reply ? calls.editReply(note, reply, body.trim()) : calls.edit(note, body.trim()),
      ),
    remove: (note, reply) => parts.ask(removal(note, reply, () => void remove(note.id, reply))),
    react(note, said, emoji) {
      const given = said.reactions.filter(({ by }) => by.some(directory.mine)).map((it) => it.emoji);
      const next = given.includes(emoji) ? given.filter((it) => it !== emoji) : [...given, emoji];
      return attempts.attempt(said.id, () => calls.react(note, said.id === note ? null : said.id, next));
    },
  };
}

/** A reply keeps its id until it is posted, so that a second try is no second reply. */
function replying({ calls, attempts, arrived }: ActParts): Acts["reply"] {
  const ids = new Map<string, string>();
  return async (note, body) => {
    const id = ids.get(note) ?? uuid7();
    ids.set(note, id);
    const done = await attempts.attempt(replyAt(note), async () => {
      await calls.reply(note, { id, body: body.trim() });
      await arrived(id);
    });
    if (done) ids.delete(note);
    return done;
  };
}

type Settling = Pick<Acts, "resolve" | "reopen" | "attach" | "attaching">;

function settling({ calls, attempts, active, selected, show, say }: ActParts): Settling {
  const attaching = signal<Note | null>(null);
  const reopen = async ({ id }: Note) => void (await attempts.attempt(id, () => calls.resolve(id, false)));
  return {
    reopen,
    attaching,
    async resolve(note) {
      if (!(await attempts.attempt(note.id, () => calls.resolve(note.id, true)))) return;
      if (active.peek() === note.id) active.value = null;
      say("Resolved.", () => void reopen(note));
    },
    async attach(note) {
      const passage = selected();
      attaching.value = passage ? null : note;
      if (!passage) return say("Select the text it belongs to, then press Attach.");
      if (await attempts.attempt(note.id, () => calls.attach(note.id, passage))) show(note.id);
    },
  };
}
