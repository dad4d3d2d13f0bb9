/** Long made-up stories of a person, a network and tabs that end, told by a seed: in the end the server has what was meant. */
import { expect, test } from "vitest";
import { NotesServer } from "../test/notes-server";
import { newShelf } from "../test/shelf";
import { createQueue, type NoteCommand } from "./queue";

const document = "01890000-0000-7000-8000-0000000000dd";
const stories = 16;
const steps = 60;
const passage = { anchor: null, quote: "words", before: "", after: "", heading: "" };
const emoji = ["👍", "🎉", "👀"];

interface Meant {
  body: string;
  resolved: boolean;
  emoji: string;
  replies: Map<string, { body: string; emoji: string }>;
}

/** What a person wants, as they see it. */
class Person {
  readonly notes = new Map<string, Meant>();
  #made = 0;

  constructor(private readonly random: () => number) {}

  /** The next thing they do; it is meant from now on. */
  next(): NoteCommand {
    const note = this.#pick([...this.notes.keys()]);
    const meant = note === undefined ? undefined : this.notes.get(note);
    const roll = this.random();
    if (note === undefined || !meant || roll < 0.2) return this.#create();
    const reply = this.random() < 0.5 ? (this.#pick([...meant.replies.keys()]) ?? null) : null;
    const said = reply === null ? meant : meant.replies.get(reply)!;
    const body = `words ${++this.#made}`;
    if (roll < 0.4) {
      const id = `r${this.#made}`;
      meant.replies.set(id, { body, emoji: "" });
      return { kind: "reply", note, id, body };
    }
    if (roll < 0.6) {
      said.body = body;
      return { kind: "edit", note, reply, body };
    }
    if (roll < 0.75) {
      meant.resolved = !meant.resolved;
      return { kind: "resolve", note, resolved: meant.resolved };
    }
    if (roll < 0.9) {
      const given = emoji.filter(() => this.random() < 0.5);
      said.emoji = given.join("");
      return { kind: "react", note, reply, emoji: given };
    }
    if (reply === null) this.notes.delete(note);
    else meant.replies.delete(reply);
    return { kind: "remove", note, reply };
  }

  #create(): NoteCommand {
    const note = `n${++this.#made}`;
    const body = `words ${this.#made}`;
    this.notes.set(note, { body, resolved: false, emoji: "", replies: new Map() });
    return { kind: "create", note, body, passage };
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.random() * from.length)];
  }
}

/** mulberry32 */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function story(seed: number): Promise<{ meant: Person; server: NotesServer; waiting: number; refused: (string | null)[] }> {
  const random = seeded(seed);
  const [shelf, server, meant] = [await newShelf(document), new NotesServer(), new Person(random)];
  const open = () => createQueue(shelf.tab(), document, server.api);
  let queue = open();
  for (let step = 0; step < steps; step++) {
    const command = meant.next();
    // Now and then the page had asked the server first, and lost the answer.
    server.weather = () => (random() < 0.5 ? "lost" : "unreachable");
    const asked = random() < 0.3 && queue.waiting.peek().length === 0;
    if (asked) await askFirst(server, command);
    await queue.add(command, asked ? "tried" : "unheard");
    server.weather = () => (["answered", "unreachable", "lost"] as const)[Math.floor(random() * 3)]!;
    if (random() < 0.3) await queue.flush();
    if (random() < 0.15) {
      // The tab ends, perhaps between the answer and what follows from it.
      queue.stop();
      queue = open();
      await queue.loaded;
    }
  }
  server.weather = () => "answered";
  await queue.flush();
  const left = queue.waiting.value;
  return { meant, server, waiting: left.length, refused: left.map(({ refused }) => refused) };
}

async function askFirst({ api: { notes } }: NotesServer, command: NoteCommand): Promise<void> {
  const asked =
    command.kind === "create"
      ? notes.create(document, { id: command.note, body: command.body, ...command.passage })
      : command.kind === "reply"
        ? notes.reply(document, command.note, { id: command.id, body: command.body })
        : Promise.resolve();
  await asked.catch(() => undefined);
}

/** Both, in the same words. */
function told({ notes }: Person): unknown {
  const said = (it: { body: string; emoji: string }) => `${it.body} ${it.emoji}`;
  return [...notes].sort().map(([id, note]) => [id, said(note), note.resolved, [...note.replies].sort().map(([reply, it]) => [reply, said(it)])]);
}

function kept({ notes }: NotesServer): unknown {
  return [...notes].sort().map(([id, note]) => {
    const said = (of: string, body: string) => `${body} ${(note.emoji.get(of) ?? []).join("")}`;
    return [id, said(id, note.body), note.resolved, [...note.replies].sort().map(([reply, { body }]) => [reply, said(reply, body)])];
  });
}

test(`OF81 in ${stories} stories of ${steps} steps the server has in the end what was meant, once`, { timeout: 60_000 }, async () => {
  for (let seed = 1; seed <= stories; seed++) {
    const { meant, server, waiting, refused } = await story(seed);
    expect({ seed, waiting, refused }).toEqual({ seed, waiting: 0, refused: [] });
    expect({ seed, notes: kept(server) }).toEqual({ seed, notes: told(meant) });
  }
});
