/** The server's rules for notes, as far as a queue can tell: `server/room/src/notes/wish.rs` has them in full. */
import { ApiError } from "../call";
import type { NotesApi } from "../device/command";

export interface ServerNote {
  body: string;
  quote: string;
  edited: boolean;
  resolved: boolean;
  replies: Map<string, { body: string; edited: boolean }>;
  /** By what they are to. */
  emoji: Map<string, string[]>;
}

/** What becomes of a question: `lost` has its effect, and no answer. */
export type Weather = () => "answered" | "unreachable" | "lost";

export class NotesServer {
  readonly notes = new Map<string, ServerNote>();
  readonly heard: string[] = [];
  weather: Weather = () => "answered";

  readonly api: NotesApi = {
    notes: {
      create: (_, note) => this.#take(`create ${note.body}`, () => {
        const there = this.notes.get(note.id);
        if (there && !there.edited && there.body !== note.body) throw new ApiError("note_taken", "another note has this id", 409);
        if (note.body.length > 100) throw new ApiError("note_body", "A note has 1 to 10,000 visible characters.", 400);
        if (!there) this.notes.set(note.id, { body: note.body, quote: note.quote, edited: false, resolved: false, replies: new Map(), emoji: new Map() });
      }),
      reply: (_, id, reply) => this.#take(`reply ${reply.body}`, () => {
        const there = this.#note(id).replies.get(reply.id);
        if (there && !there.edited && there.body !== reply.body) throw new ApiError("note_taken", "another note has this id", 409);
        if (!there) this.#note(id).replies.set(reply.id, { body: reply.body, edited: false });
      }),
      edit: (_, id, body) => this.#take(`edit ${body}`, () => void Object.assign(this.#note(id), { body, edited: true })),
      editReply: (_, id, reply, body) => this.#take(`edit ${body}`, () => {
        const there = this.#note(id).replies.get(reply);
        if (!there) throw missing();
        Object.assign(there, { body, edited: true });
      }),
      resolve: (_, id, resolved) => this.#take(`resolve ${resolved}`, () => void (this.#note(id).resolved = resolved)),
      attach: (_, id, { quote }) => this.#take(`attach ${quote}`, () => void (this.#note(id).quote = quote)),
      remove: (_, id) => this.#take("remove", () => void this.notes.delete(id)),
      removeReply: (_, id, reply) => this.#take("remove reply", () => void this.notes.get(id)?.replies.delete(reply)),
      react: (_, id, reply, emoji) => this.#take(`react ${emoji.join("")}`, () => {
        const note = this.#note(id);
        if (reply !== null && !note.replies.has(reply)) throw missing();
        note.emoji.set(reply ?? id, [...emoji]);
      }),
    },
  };

  #note(id: string): ServerNote {
    const note = this.notes.get(id);
    if (!note) throw missing();
    return note;
  }

  async #take(what: string, effect: () => void): Promise<void> {
    const weather = this.weather();
    await Promise.resolve();
    if (weather === "unreachable") throw new ApiError("unreachable", "The server cannot be reached.", 0);
    this.heard.push(what);
    effect();
    if (weather === "lost") throw new ApiError("unreachable", "The server cannot be reached.", 0);
  }
}

export function missing(): ApiError {
  return new ApiError("note_missing", "There is no such note any more; it was deleted.", 404);
}
