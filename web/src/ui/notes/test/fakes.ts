/** A board on made-up notes: what was asked of the server is kept, and answers as told. */
import { signal } from "@preact/signals";
import { vi } from "vitest";
import type { Span } from "../../../editor/surface";
import type { Role } from "../../../session/api";
import type { Draft } from "../../../session/drafts";
import type { Note, Place } from "../../../session/notes";
import type { Directory, Known } from "../../../session/people";
import type { Question } from "../../ask";
import { createBoard } from "../board";
import type { Wait } from "../unsent";

export const me = "me";

export function note(id: string, over: Partial<Note> = {}): Note {
  return {
    id,
    by: "ama",
    at: 1_000,
    body: `Said in ${id}`,
    edited: null,
    mentions: [],
    reactions: [],
    quote: `words of ${id}`,
    before: "",
    after: "",
    heading: "",
    resolved: null,
    replies: [],
    ...over,
  };
}

export function reply(id: string, over: Partial<Note["replies"][number]> = {}): Note["replies"][number] {
  return { id, by: "ama", at: 2_000, body: `Said in ${id}`, edited: null, mentions: [], reactions: [], ...over };
}

export const place = (from: number, to = from + 5): Place => ({ from, to, changed: false });

const people: readonly Known[] = [
  { author: me, display: "Maren Holt", name: "maren", peer: 6, guest: false, role: "own" },
  { author: "ama", display: "Ama Serwaa", name: "ama", peer: 7, guest: false, role: "edit" },
  { author: "tomasz", display: "Tomasz Bielak", name: "tomasz", peer: 2, guest: false, role: "comment" },
  { author: "heron", display: "Quiet Heron", peer: 4, guest: true, role: "comment" },
];

export function fakeDirectory(): Directory {
  const known = new Map(people.map((person) => [person.author, person]));
  return {
    person: (author) => known.get(author) ?? { author, display: "Somebody", peer: 1, guest: false },
    people: signal(known),
    mine: (author) => author === me,
    refresh() {},
  };
}

export function fakeBoard(notes: readonly Note[] = [], places: Record<string, Place> = {}) {
  const all = signal<readonly Note[]>(notes);
  const where = signal<ReadonlyMap<string, Place>>(new Map(Object.entries(places)));
  const role = signal<Role>("own");
  const live = signal(true);
  const selection = signal<Span | null>(null);
  const questions: Question[] = [];
  const said: string[] = [];
  const revealed: Span[] = [];
  const kept = new Map<string, string>();
  const waits = signal<ReadonlyMap<string, Wait>>(new Map());
  const unsent = { waits, again: vi.fn(), discard: vi.fn() };
  const call = () => vi.fn((..._: unknown[]) => Promise.resolve());
  const calls = {
    create: call(),
    edit: call(),
    resolve: call(),
    attach: call(),
    remove: call(),
    reply: call(),
    editReply: call(),
    removeReply: call(),
    react: call(),
  };
  const board = createBoard({
    notes: {
      begin() {},
      ready: signal(true),
      all,
      places: where,
      passage: (from, to) => ({ anchor: [from, to], quote: from < to ? `${from} to ${to}` : "", before: "", after: "", heading: "" }),
      follow(name, passage) {
        const [from, to] = (passage?.anchor ?? []) as number[];
        const next = new Map([...where.peek()].filter(([id]) => id !== name));
        if (from !== undefined) next.set(name, place(from, to));
        where.value = next;
      },
    },
    drafts: {
      note: signal<Draft | null>(null),
      reply: (id) => kept.get(id) ?? "",
      setReply: (id, body) => void kept.set(id, body),
    },
    unsent,
    directory: fakeDirectory(),
    role,
    live,
    calls,
    selection: () => selection.value,
    reveal: (span) => void revealed.push(span),
    depth: (offset) => offset - 100,
    ask: (question) => void questions.push(question),
    say: (sentence) => void said.push(sentence),
    shown: false,
  });
  return { board, all, places: where, role, live, selection, calls, questions, said, revealed, kept, unsent };
}
