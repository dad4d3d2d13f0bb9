/**
 * Note commands of one document that the server has not got yet: kept on this device, sent in order, each once.
 *
 * Invariants: a command leaves the device only when the server answered it or a person discards it; asking twice is one
 * effect, as each carries the id of what it makes or says all of what it sets. A refusal stops only the command that
 * was refused, and those that rest on it. Whoever calls `flush` has seen to it that the server has the text that new
 * notes are about. Next: `command.ts` for how commands join; `rows.ts` for the transaction.
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ApiError } from "../call";
import { isPassing } from "../send";
import { uuid7 } from "../uuid7";
import { ask, fold, isHeld, makes, type NoteCommand, type NotesApi, type QueuedCommand, targetOf } from "./command";
import type { Queued } from "./database";
import { alone } from "./locks";
import { openRows, type Rows, type Storage, type Write } from "./rows";

export type { NoteCommand, QueuedCommand } from "./command";

/** `later`: the server cannot be reached, or has no time; everything that is left waits. */
export type Flushed = "sent" | "later";

/** Whether the server may have heard of it already. */
export type Heard = "unheard" | "tried";

export interface Queue {
  /** Rejects with a sentence where it cannot be kept. */
  add(command: NoteCommand, heard?: Heard): Promise<void>;
  /** In the order in which they will be sent, refused ones too. */
  readonly waiting: ReadonlySignal<readonly QueuedCommand[]>;
  /** Answered by the server; what it says about notes may not have come yet. */
  readonly answered: ReadonlySignal<readonly QueuedCommand[]>;
  /** The server's notes show them now. */
  seen(commands: readonly QueuedCommand[]): void;
  /** Sends what waits, until all is sent or nothing can be for now. */
  flush(): Promise<Flushed>;
  /** A refused one is asked again at the next `flush`. */
  again(id: string): Promise<void>;
  /** Gone, with what rests on it. */
  discard(id: string): Promise<void>;
  /** Resolves when `waiting` says what is kept. */
  readonly loaded: Promise<void>;
  stop(): void;
}

/** Commands that wait in one document. */
export const commandsMax = 200;

/** No storage will help: what waits has to be sent first. */
export class QueueFull extends Error {
  constructor() {
    super(`${commandsMax} changes of notes wait on this device already. Connect once, so that they can be sent.`);
  }
}

export function createQueue(device: Storage, document: string, api: NotesApi, rows: Rows = openRows(device, document)): Queue {
  const answered = signal<readonly QueuedCommand[]>([]);
  const waiting = computed(() => commandsOf(rows.all.value).map(({ command }) => command));
  const run = async (): Promise<Flushed> => {
    let flushed: Flushed = "sent";
    await alone(`galley-${device.author}-${document}-queue`, async () => {
      flushed = await sendAll(rows, (command) => ask(api, document, command), answered);
    });
    return flushed;
  };
  return {
    waiting,
    answered,
    loaded: rows.loaded,
    add: (command, heard = "unheard") => rows.change((all, write) => join(all, write, document, command, heard)),
    seen(commands) {
      const left = answered.peek().filter((it) => !commands.includes(it));
      if (left.length !== answered.peek().length) answered.value = left;
    },
    flush: oneAtATime(run),
    again: (id) => rows.change((all, { put }) => {
      const found = commandsOf(all).find(({ command }) => command.id === id);
      if (found) put(rowWith(found.row, { ...found.command, refused: null, rev: found.command.rev + 1 }));
    }),
    discard: (id) => rows.change((all, { drop }) => withWhatRestsOn(commandsOf(all), id).forEach(({ row }) => drop(row))),
    stop: () => rows.stop(),
  };
}

/** What was added while one ends is not passed over: it is another one's. */
function oneAtATime<T>(run: () => Promise<T>): () => Promise<T> {
  let [now, next]: (Promise<T> | null)[] = [null, null];
  const begin = (): Promise<T> => {
    if (!now) return (now = run().finally(() => (now = null)));
    return (next ??= now.catch(() => undefined).then(() => ((next = null), begin())));
  };
  return begin;
}

function join(all: readonly Queued[], { put, drop }: Write, document: string, command: NoteCommand, heard: Heard): void {
  const there = commandsOf(all);
  const folded = fold(there.map((it) => it.command), command);
  for (const { row, command: one } of there) {
    if (folded.drop.includes(one)) drop(row);
    if (folded.change?.id === one.id) put(rowWith(row, folded.change));
  }
  if (!folded.add) return;
  if (there.length >= commandsMax) throw new QueueFull();
  put(rowOfNew(document, command, heard));
}

function withWhatRestsOn(all: readonly Row[], id: string): Row[] {
  const found = all.find(({ command }) => command.id === id);
  if (!found) return [];
  const made = makes(found.command.command) ? targetOf(found.command.command) : null;
  return all.filter((it) => it === found || (made !== null && [it.command.command.note, targetOf(it.command.command)].includes(made)));
}

async function sendAll(rows: Rows, send: (command: NoteCommand) => Promise<void>, answered: Signal<readonly QueuedCommand[]>): Promise<Flushed> {
  for (;;) {
    const next = await rows.change(take);
    if (!next) return "sent";
    const refusal = await send(next.command).then(() => null, refusalOf);
    if (refusal === "later") return "later";
    // First this: what the page shows of it is never gone in between.
    if (!refusal) answered.value = [...answered.peek(), next];
    await rows.change((all, write) => settle(all, write, next, refusal));
  }
}

/** The next to be sent. From now on the server may have heard of it, also if this page ends here. */
function take(all: readonly Queued[], { put }: Write): QueuedCommand | null {
  const there = commandsOf(all);
  const commands = there.map(({ command }) => command);
  const next = there.find(({ command }) => command.refused === null && !isHeld(command, commands));
  if (!next) return null;
  const { row, command } = next;
  if (makes(command.command) && !command.tried) put(rowWith(row, { ...command, tried: true }));
  return command;
}

/** It was answered. One that says something else by now is sent again. */
function settle(all: readonly Queued[], { put, drop }: Write, sent: QueuedCommand, refusal: string | null): void {
  const found = commandsOf(all).find(({ command }) => command.id === sent.id);
  if (!found || (!refusal && found.command.rev === sent.rev)) return void (found && drop(found.row));
  if (refusal && found.command.rev === sent.rev)
    put(rowWith(found.row, { ...found.command, tried: false, refused: refusal, rev: sent.rev + 1 }));
}

/** The sentence of a refusal; `later` for what is no refusal of this command. */
function refusalOf(error: unknown): string {
  const passing = !(error instanceof ApiError) || isPassing(error) || error.status === signedOut;
  return passing ? "later" : error.message;
}

const signedOut = 401;

interface Row {
  row: Queued;
  command: QueuedCommand;
}

function commandsOf(rows: readonly Queued[]): Row[] {
  return rows.filter(({ kind }) => kind === "notes").map((row) => {
    const { command, tried, refused, rev } = row.body as Omit<QueuedCommand, "id" | "at">;
    return { row, command: { id: row.id, at: row.at, command, tried, refused, rev } };
  });
}

function rowWith(row: Queued, { command, tried, refused, rev }: QueuedCommand): Queued {
  return { ...row, body: { command, tried, refused, rev } };
}

function rowOfNew(document: string, command: NoteCommand, heard: Heard): Queued {
  const body = { command, tried: heard === "tried", refused: null, rev: 0 };
  return { document, id: uuid7(), at: Date.now(), kind: "notes", body };
}
