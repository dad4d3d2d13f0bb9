/**
 * Note commands as a page gives them: to the server when it answers, else to the queue; and when the queue is sent.
 *
 * Invariants: with a connection nothing goes through the device, and nothing is slower for it; what follows something
 * that waits, waits behind it. A refusal by a server that answered is the caller's to show. Next: `queue.ts`.
 */
import { effect, type ReadonlySignal, untracked } from "@preact/signals";
import type { Passage, Saying } from "../api";
import { unreachable } from "../call";
import { isPassing } from "../send";
import type { World } from "../socket";
import { ask, makes, type NoteCommand, type NotesApi, targetOf } from "./command";
import { type Heard, type Queue, QueueFull } from "./queue";

export interface CallParts {
  document: string;
  api: NotesApi;
  queue: Queue;
  /** The server can be asked. */
  live: ReadonlySignal<boolean>;
}

/** Each resolves when the server has answered, or the device keeps it. */
export function queuedCalls(parts: CallParts) {
  const give = (command: NoteCommand) => given(parts, command);
  return {
    create: ({ id, body, ...passage }: Saying & Passage) => give({ kind: "create", note: id, body, passage }),
    edit: (note: string, body: string) => give({ kind: "edit", note, reply: null, body }),
    resolve: (note: string, resolved: boolean) => give({ kind: "resolve", note, resolved }),
    attach: (note: string, passage: Passage) => give({ kind: "attach", note, passage }),
    remove: (note: string) => give({ kind: "remove", note, reply: null }),
    reply: (note: string, { id, body }: Saying) => give({ kind: "reply", note, id, body }),
    editReply: (note: string, reply: string, body: string) => give({ kind: "edit", note, reply, body }),
    removeReply: (note: string, reply: string) => give({ kind: "remove", note, reply }),
    react: (note: string, reply: string | null, emoji: readonly string[]) => give({ kind: "react", note, reply, emoji }),
  };
}

async function given({ document, api, queue, live }: CallParts, command: NoteCommand): Promise<void> {
  await queue.loaded;
  const behind = !live.peek() || waitsBehind(queue, command);
  if (behind && (await isKept(queue, command, "unheard"))) return;
  try {
    const asked = ask(api, document, command);
    await (live.peek() ? orCut(live, asked) : asked);
  } catch (error) {
    if (!isPassing(error) && error !== cut) throw error;
    if (!(await isKept(queue, command, "tried"))) throw error === cut ? unreachable() : error;
  }
}

/** false: there is no storage here, and the page does as well as it can without. */
async function isKept(queue: Queue, command: NoteCommand, heard: Heard): Promise<boolean> {
  try {
    await queue.add(command, heard);
    return true;
  } catch (error) {
    if (error instanceof QueueFull) throw error;
    return false;
  }
}

/** Something waits that comes first, or that this is about. */
function waitsBehind(queue: Queue, command: NoteCommand): boolean {
  const about = [command.note, targetOf(command)];
  return queue.waiting.peek().some((one) => one.refused === null || (makes(one.command) && about.includes(targetOf(one.command))));
}

const cut = new Error("The connection is gone.");

/** A question on a dead connection may hang for minutes; the socket knows earlier. */
function orCut(live: ReadonlySignal<boolean>, asked: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = effect(() => {
      if (!live.value) reject(cut);
    });
    asked.then(resolve, reject).finally(stop);
  });
}

/** Between two attempts while there is a connection: the server had no time, or another part of it failed. */
const pauseMs = 5_000;
const pauseMaxMs = 60_000;

/**
 * Sends what waits whenever it can be: `ready` says that the server can be asked, and has the text that new notes are about.
 */
export function keepSending(queue: Queue, ready: ReadonlySignal<boolean>, world: Pick<World, "later">): () => void {
  let failures = 0;
  let stopped = false;
  let attempts: "none" | "one" | "and another" = "none";
  let wait: (() => void) | null = null;
  const attempt = async (): Promise<void> => {
    if (attempts !== "none") return void (attempts = "and another");
    attempts = "one";
    const flushed = await queue.flush().catch(() => "later" as const);
    const more = attempts === ("and another" as typeof attempts);
    attempts = "none";
    failures = flushed === "sent" ? 0 : failures + 1;
    if (stopped || !ready.peek()) return;
    if (failures === 0) return more ? attempt() : undefined;
    wait?.();
    wait = world.later(Math.min(pauseMaxMs, pauseMs * 2 ** (failures - 1)), () => {
      wait = null;
      if (ready.peek()) void attempt();
    });
  };
  const stop = effect(() => {
    if (!ready.value) return void (wait = (wait?.(), null));
    const some = queue.waiting.value.some(({ refused }) => refused === null);
    // While the next attempt waits for its time, what is added goes with it.
    if (some && wait === null) untracked(() => void attempt());
  });
  return () => {
    stopped = true;
    wait?.();
    stop();
  };
}
