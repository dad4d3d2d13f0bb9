import { signal } from "@preact/signals";
import { describe, expect, test } from "vitest";
import type { Passage } from "./api";
import type { NoteCommand, QueuedCommand } from "./device/command";
import type { Note, Place } from "./notes";
import { overlaid, withQueued } from "./queued-notes";
import { VirtualWorld } from "./test/virtual";

const passage = (quote: string): Passage => ({ anchor: quote, quote, before: "", after: "", heading: "" });
const note = (id: string, over: Partial<Note> = {}): Note => ({
  ...{ id, by: "ama", at: 1, body: `Said in ${id}`, edited: null, mentions: [], reactions: [] },
  ...{ quote: "words", before: "", after: "", heading: "", resolved: null, replies: [] },
  ...over,
});
let ids = 0;
const waits = (command: NoteCommand, refused: string | null = null): QueuedCommand => ({
  id: `c${++ids}`,
  at: 50,
  command,
  tried: false,
  refused,
  rev: 0,
});

describe("OF85", () => {
  test("OF85 what waits shows as if it were done, and what it is not about stays as it is", () => {
    const before = [note("n1"), note("n2", { reactions: [{ emoji: "👍", by: ["ama", "me"] }] })];
    const after = overlaid(
      before,
      [
        waits({ kind: "reply", note: "n2", id: "r1", body: "answer" }),
        waits({ kind: "edit", note: "n2", reply: "r1", body: "better answer" }),
        waits({ kind: "resolve", note: "n2", resolved: true }),
        waits({ kind: "react", note: "n2", reply: null, emoji: ["🎉"] }),
        waits({ kind: "create", note: "n3", body: "new", passage: passage("some words") }),
      ],
      "me",
    );
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toMatchObject({ resolved: "me", replies: [{ id: "r1", body: "better answer", by: "me" }] });
    expect(after[1]?.reactions).toEqual([
      { emoji: "👍", by: ["ama"] },
      { emoji: "🎉", by: ["me"] },
    ]);
    expect(after[2]).toMatchObject({ id: "n3", body: "new", by: "me", quote: "some words", replies: [] });
  });

  test("OF85 what is there already is not there twice", () => {
    const there = [note("n1", { body: "new", by: "me", replies: [{ ...note("r1"), body: "answer" }] })];
    const commands = [
      waits({ kind: "create", note: "n1", body: "new", passage: passage("x") }),
      waits({ kind: "reply", note: "n1", id: "r1", body: "answer" }),
    ];
    expect(overlaid(there, commands, "me")).toEqual(there);
  });

  test("OF85 a refused deletion brings the note back, refused words stay", () => {
    const refused = [
      waits({ kind: "remove", note: "n1", reply: null }, "no"),
      waits({ kind: "resolve", note: "n1", resolved: true }, "no"),
      waits({ kind: "reply", note: "n1", id: "r1", body: "answer" }, "no"),
    ];
    const [only] = overlaid([note("n1")], refused, "me");
    expect(only).toMatchObject({ id: "n1", resolved: null, replies: [{ body: "answer" }] });
  });
});

function make() {
  const all = signal<readonly Note[]>([note("n1")]);
  const places = signal<ReadonlyMap<string, Place>>(new Map());
  const [waiting, answered] = [signal<readonly QueuedCommand[]>([]), signal<readonly QueuedCommand[]>([])];
  const live = signal(false);
  const world = new VirtualWorld();
  const notes = withQueued({
    notes: {
      begin() {},
      ready: signal(true),
      all,
      places,
      passage,
      follow(name: string, followed: Passage | null) {
        const next = new Map(places.peek());
        if (followed) next.set(name, { from: 0, to: followed.quote.length, changed: false });
        else next.delete(name);
        places.value = next;
      },
    } as never,
    queue: { waiting, answered, seen: (commands) => void (answered.value = answered.peek().filter((it) => !commands.includes(it))) },
    author: "me",
    live,
    world,
  });
  return { notes, all, places, waiting, answered, live, world };
}

describe("OF86", () => {
  const create = () => waits({ kind: "create", note: "n2", body: "new", passage: passage("words") });

  test("OF86 a waiting note has its place, under its own name", () => {
    const { notes, waiting, places } = make();
    waiting.value = [create()];
    expect(notes.places.value.get("n2")).toEqual({ from: 0, to: 5, changed: false });
    waiting.value = [];
    expect(places.value.size).toBe(0);
  });

  test("OF86 from waiting to answered to told it is there once, at every step", () => {
    const { notes, all, waiting, answered, live } = make();
    const command = create();
    const seen: string[][] = [];
    notes.all.subscribe((now) => void seen.push(now.map(({ id }) => id)));
    waiting.value = [command];
    live.value = true;
    answered.value = [command];
    waiting.value = [];
    all.value = [...all.value, note("n2", { body: "new", by: "me" })];
    expect(answered.value).toEqual([]);
    expect(seen.slice(1).every((now) => now.join() === "n1,n2")).toBe(true);
    expect(notes.waits.value.size).toBe(0);
  });

  test("OF86 what was answered and never told is not pretended for ever, but kept while there is no connection", () => {
    const { notes, answered, live, world } = make();
    answered.value = [create()];
    world.pass(60_000);
    expect(notes.all.value).toHaveLength(2);
    live.value = true;
    world.pass(9_000);
    expect(notes.all.value).toHaveLength(2);
    world.pass(2_000);
    expect(notes.all.value).toHaveLength(1);
  });

  test("OF86 what waits and what was refused is said where it belongs", () => {
    const { notes, waiting } = make();
    waiting.value = [create(), waits({ kind: "edit", note: "n1", reply: null, body: "x" }, "It is somebody else's.")];
    expect(notes.waits.value.get("n2")).toEqual({ kind: "waiting" });
    expect(notes.waits.value.get("n1")).toMatchObject({ kind: "refused", sentence: "It is somebody else's." });
  });
});
