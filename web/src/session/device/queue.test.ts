import { beforeEach, describe, expect, test } from "vitest";
import { NotesServer } from "../test/notes-server";
import { newShelf, type Shelf } from "../test/shelf";
import { commandsMax, createQueue, type NoteCommand } from "./queue";

const document = "01890000-0000-7000-8000-0000000000dd";
const passage = { anchor: null, quote: "words", before: "", after: "", heading: "" };
const create = (note: string, body: string): NoteCommand => ({ kind: "create", note, body, passage });
const reply = (note: string, id: string, body: string): NoteCommand => ({ kind: "reply", note, id, body });
const edit = (note: string, body: string, reply: string | null = null): NoteCommand => ({ kind: "edit", note, reply, body });
const resolve = (note: string, resolved = true): NoteCommand => ({ kind: "resolve", note, resolved });
const react = (note: string, ...emoji: string[]): NoteCommand => ({ kind: "react", note, reply: null, emoji });
const remove = (note: string, reply: string | null = null): NoteCommand => ({ kind: "remove", note, reply });

let shelf: Shelf;
let server: NotesServer;
const open = () => createQueue(shelf.tab(), document, server.api);

beforeEach(async () => {
  shelf = await newShelf(document);
  server = new NotesServer();
});

describe("OF80", () => {
  test("OF80 what waits outlives the page and is sent in order", async () => {
    const before = open();
    for (const command of [create("n1", "first"), reply("n1", "r1", "second"), resolve("n1")]) await before.add(command);
    before.stop();
    const after = open();
    await after.loaded;
    expect(after.waiting.value.map(({ command }) => command.kind)).toEqual(["create", "reply", "resolve"]);
    expect(await after.flush()).toBe("sent");
    expect(server.heard).toEqual(["create first", "reply second", "resolve true"]);
    expect(after.waiting.value).toEqual([]);
  });

  test("OF80 an unreachable server leaves everything waiting", async () => {
    const queue = open();
    await queue.add(create("n1", "first"));
    await queue.add(create("n2", "second"));
    server.weather = () => "unreachable";
    expect(await queue.flush()).toBe("later");
    expect(queue.waiting.value).toHaveLength(2);
    server.weather = () => "answered";
    expect(await queue.flush()).toBe("sent");
    expect([...server.notes.values()].map(({ body }) => body)).toEqual(["first", "second"]);
  });

  test("OF80 how many wait is told to every page", async () => {
    const queue = open();
    await queue.add(create("n1", "first"));
    expect(await shelf.waiting()).toEqual({ notes: 1, files: 0 });
    await queue.flush();
    expect(await shelf.waiting()).toEqual({ notes: 0, files: 0 });
  });
});

describe("OF81", () => {
  test("OF81 an answer that was lost is asked for again, and the effect is one", async () => {
    const before = open();
    await before.add(create("n1", "first"));
    await before.add(reply("n1", "r1", "second"));
    let asked = 0;
    server.weather = () => (++asked === 1 ? "lost" : "answered");
    await before.flush();
    before.stop();
    expect(await open().flush()).toBe("sent");
    expect(server.heard).toEqual(["create first", "create first", "reply second"]);
    expect(server.notes.get("n1")?.replies.size).toBe(1);
  });

  test("OF81 what the server may have heard of is not changed but followed", async () => {
    const queue = open();
    await queue.add(create("n1", "first"), "tried");
    await queue.add(edit("n1", "better"));
    await queue.add(edit("n1", "best"));
    expect(queue.waiting.value.map(({ command }) => command.kind)).toEqual(["create", "edit"]);
    await queue.flush();
    expect(server.heard).toEqual(["create first", "edit best"]);
  });

  test("OF81 two tabs send what waits once", async () => {
    const [one, other] = [open(), open()];
    await one.add(create("n1", "first"));
    await one.add(reply("n1", "r1", "second"));
    await Promise.all([one.flush(), other.flush()]);
    expect(server.notes.get("n1")?.replies.size).toBe(1);
    expect(other.waiting.value).toEqual([]);
  });
});

describe("OF82", () => {
  test("OF82 changing what was never sent sends it once, as it is meant now", async () => {
    const queue = open();
    await queue.add(create("n1", "first"));
    await queue.add(edit("n1", "better"));
    await queue.add(reply("n1", "r1", "answer"));
    await queue.add(edit("n1", "better answer", "r1"));
    await queue.add(react("n1", "👍"));
    await queue.add(react("n1", "👍", "🎉"));
    await queue.flush();
    expect(server.heard).toEqual(["create better", "reply better answer", "react 👍🎉"]);
  });

  test("OF82 deleting what was never sent sends nothing at all", async () => {
    const queue = open();
    await queue.add(create("n1", "first"));
    await queue.add(reply("n1", "r1", "answer"));
    await queue.add(react("n1", "👍"));
    await queue.add(remove("n1"));
    await queue.add(create("n2", "stays"));
    await queue.add(reply("n2", "r2", "goes"));
    await queue.add(remove("n2", "r2"));
    await queue.flush();
    expect(server.heard).toEqual(["create stays"]);
  });

  test("OF82 a change made while the one before it is on its way is sent after it", async () => {
    const queue = open();
    server.notes.set("n1", { body: "b", quote: "q", edited: false, resolved: false, replies: new Map(), emoji: new Map() });
    await queue.add(resolve("n1"));
    let changed: Promise<void> | null = null;
    server.weather = () => {
      changed ??= queue.add(resolve("n1", false));
      return "answered";
    };
    await queue.flush();
    await changed;
    await queue.flush();
    expect(server.notes.get("n1")?.resolved).toBe(false);
    expect(queue.waiting.value).toEqual([]);
  });
});

describe("OF83", () => {
  test("OF83 a refusal stops what was refused and what rests on it, nothing else", async () => {
    const queue = open();
    await queue.add(create("n1", "x".repeat(101)));
    await queue.add(reply("n1", "r1", "answer"));
    await queue.add(create("n2", "fine"));
    expect(await queue.flush()).toBe("sent");
    expect(server.notes.get("n2")?.body).toBe("fine");
    const [refused, held] = queue.waiting.value;
    expect([refused?.refused, held?.refused]).toEqual(["A note has 1 to 10,000 visible characters.", null]);
    await queue.add(edit("n1", "short"));
    await queue.flush();
    expect(server.heard.slice(-2)).toEqual(["create short", "reply answer"]);
  });

  test("OF83 a refused one is asked again, or discarded with what rests on it", async () => {
    const queue = open();
    await queue.add(reply("gone", "r1", "answer"));
    await queue.flush();
    const [refused] = queue.waiting.value;
    await queue.again(refused!.id);
    expect(queue.waiting.value[0]?.refused).toBeNull();
    await queue.flush();
    expect(queue.waiting.value[0]?.refused).toContain("no such note");
    await queue.discard(refused!.id);
    expect(queue.waiting.value).toEqual([]);
    expect((await shelf.waiting()).notes).toBe(0);
  });
});

test("OF84 a document holds a bounded number of what waits, and says so", async () => {
  const queue = open();
  for (let at = 0; at < commandsMax; at++) await queue.add(create(`n${at}`, "one"));
  await expect(queue.add(create("more", "one"))).rejects.toThrow("Connect once");
  await queue.add(edit("n0", "still changed"));
  expect(queue.waiting.value).toHaveLength(commandsMax);
});
