// @vitest-environment node
import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import type { Me } from "./api";
import { passageOf } from "./anchors";
import type { Note } from "./notes";
import { type DocumentSession, openSession } from "./session";
import { Script, VirtualWorld } from "./test/virtual";

const me: Me = { kind: "account", author: "a", name: "ada", display: "Ada", peer: 3, admin: false };
const id = (number: number) => `01890000-0000-7000-8000-${String(number).padStart(12, "0")}`;
const [ada, grace] = [id(901), id(902)];

let world: VirtualWorld;
let server: Script;
let session: DocumentSession;

beforeEach(() => {
  world = new VirtualWorld();
  server = new Script("# Head\n\nhello big world\n");
  session = openSession({ document: "d", epoch: 1, url: "ws://x/sync/d", role: "edit", me: signal(me), device: null, from: "server", born: false }, world);
  session.notes.begin();
});
afterEach(() => session.close());

/** A note about these words, as the server would store it. */
function about(words: string, over: Record<string, unknown> = {}): Record<string, unknown> {
  const from = server.text.indexOf(words);
  const passage = passageOf(server.doc.getText("content"), from, from + words.length);
  return { v: 1, by: ada, at: 1_000, body: "Why?", edited: null, resolved: null, ...passage, ...over };
}

/** The server's text is changed by somebody else. */
function others(change: (text: Y.Text) => void): void {
  const before = Y.encodeStateVector(server.doc);
  change(server.doc.getText("content"));
  world.socket.says({ kind: "update", update: Y.encodeStateAsUpdate(server.doc, before) });
}

const notes = () => session.notes.all.value;
const place = (number: number) => session.notes.places.value.get(id(number));
const words = (number: number) => {
  const at = place(number);
  return at && session.text.toString().slice(at.from, at.to);
};
const frame = () => world.pass(16);
const idle = () => world.pass(2_000);

describe("the notes document", () => {
  test("is not asked for before somebody wants it, and then over the connection there is", () => {
    const other = openSession({ document: "e", epoch: 1, url: "ws://x/sync/e", role: "view", me: signal(me), device: null, from: "server", born: false }, world);
    server.greet(world.socket, "view");
    expect(world.socket.aside("step1")).toHaveLength(0);
    other.notes.begin();
    other.notes.begin();
    expect(world.socket.aside("step1")).toHaveLength(1);
    other.close();
  });

  test("is asked for once the socket is open, and ready when it is answered", () => {
    server.notes.getMap("notes").set(`n.${id(1)}`, about("hello"));
    world.socket.open();
    world.socket.says({ kind: "grant", role: "edit", epoch: 1 });
    expect(world.socket.aside("step1")).toHaveLength(1);
    server.tellNotes(world.socket);
    expect([session.notes.ready.value, notes().length, place(1)]).toEqual([false, 1, undefined]);
    world.socket.says({ kind: "step2", update: Y.encodeStateAsUpdate(server.doc) });
    frame();
    expect([session.notes.ready.value, words(1)]).toEqual([true, "hello"]);
  });

  test("is asked for as a whole on the next connection, and what the server lost is gone", () => {
    server.greet(world.socket);
    server.note(world.socket, { [`n.${id(1)}`]: about("hello"), [`n.${id(2)}`]: about("world") });
    const [kept] = notes();
    world.socket.ends();
    expect([notes().length, session.notes.ready.value]).toEqual([2, true]);
    // Another run of the server, which has the first note from its disk and never had the second.
    const stored = server.notes.getMap("notes").get(`n.${id(1)}`);
    server.notes = new Y.Doc();
    server.notes.getMap("notes").set(`n.${id(1)}`, stored);
    world.pass(1_000);
    server.greet(world.socket);
    expect(notes()).toEqual([kept]);
    expect(notes()[0]).toBe(kept);
  });

  test("NT9 is never written to, and its edits are no edits of the text", async () => {
    server.greet(world.socket);
    const said = world.socket.said.length;
    server.note(world.socket, { [`n.${id(1)}`]: about("hello") });
    await Promise.resolve();
    expect([world.socket.said.length - said, session.saved.value.kind]).toEqual([0, "saved"]);
  });

  test("that makes no sense is asked for again, and the text goes on", () => {
    server.greet(world.socket);
    world.socket.says({ kind: "channel", channel: 1, message: Uint8Array.of(0, 2, 3, 255, 255, 255) });
    world.socket.says({ kind: "channel", channel: 1, message: Uint8Array.of(9) }, { kind: "channel", channel: 16, message: Uint8Array.of(255) });
    expect([world.sockets.length, session.status.value.kind]).toEqual([1, "live"]);
    world.pass(10_000);
    expect(world.socket.aside("step1")).toHaveLength(2);
    server.note(world.socket, { [`n.${id(1)}`]: about("hello") });
    expect(notes()).toHaveLength(1);
  });

  test("waits with the text while that is held, so that a note never comes before its words", () => {
    server.greet(world.socket);
    const held = session.hold();
    others((text) => text.insert(text.length, "late words"));
    server.note(world.socket, { [`n.${id(1)}`]: about("late words") });
    expect(notes()).toHaveLength(0);
    held.letGo();
    expect([notes().length, words(1)]).toEqual([1, "late words"]);
  });
});

describe("notes", () => {
  beforeEach(() => server.greet(world.socket));

  test("are listed oldest first with their replies and reactions", () => {
    const reply = (at: number, body: string) => ({ v: 1, note: id(1), by: grace, at, body, edited: 5, mentions: [ada] });
    server.note(world.socket, {
      [`r.${id(12)}`]: reply(20, "second"),
      [`r.${id(11)}`]: reply(10, "first"),
      [`n.${id(2)}`]: about("world", { at: 2_000, resolved: grace }),
      [`n.${id(1)}`]: about("hello"),
      [`e.${id(1)}.${grace}`]: ["👍", "🎉", "👍"],
      [`e.${id(1)}.${ada}`]: ["👍"],
      [`e.${id(11)}.${ada}`]: ["❤️"],
    });
    const said = { by: grace, edited: 5, mentions: [ada] };
    expect(notes()).toEqual([
      {
        id: id(1), by: ada, at: 1_000, body: "Why?", edited: null, mentions: [], resolved: null,
        quote: "hello", before: "# Head\n\n", after: " big world\n", heading: "Head",
        reactions: [{ emoji: "👍", by: [grace, ada] }, { emoji: "🎉", by: [grace] }],
        replies: [
          { id: id(11), at: 10, body: "first", ...said, reactions: [{ emoji: "❤️", by: [ada] }] },
          { id: id(12), at: 20, body: "second", ...said, reactions: [] },
        ],
      },
      expect.objectContaining({ id: id(2), resolved: grace, replies: [] }),
    ]);
  });

  test("that did not change stay the same objects", () => {
    server.note(world.socket, { [`n.${id(1)}`]: about("hello"), [`n.${id(2)}`]: about("world", { at: 2_000 }) });
    const [first, second] = notes() as [Note, Note];
    server.note(world.socket, { [`r.${id(11)}`]: { v: 1, note: id(2), by: grace, at: 10, body: "Yes.", edited: null } });
    const list = notes();
    expect([list[0] === first, list[1] === second, list[1]?.replies.length]).toEqual([true, false, 1]);
    server.note(world.socket, { [`n.${id(1)}`]: { ...about("hello"), anchor: null } });
    expect(notes()).toBe(list);
  });

  test("go with their keys, and come back with them", () => {
    const reply = { v: 1, note: id(1), by: grace, at: 10, body: "Yes.", edited: null };
    server.note(world.socket, { [`n.${id(1)}`]: about("hello"), [`r.${id(11)}`]: reply, [`e.${id(11)}.${ada}`]: ["👍"] });
    server.note(world.socket, { [`e.${id(11)}.${ada}`]: undefined });
    expect(notes()[0]?.replies[0]?.reactions).toEqual([]);
    server.note(world.socket, { [`r.${id(11)}`]: undefined });
    expect(notes()[0]?.replies).toEqual([]);
    server.note(world.socket, { [`n.${id(1)}`]: undefined });
    expect([notes(), place(1)]).toEqual([[], undefined]);
    server.note(world.socket, { [`n.${id(1)}`]: about("world") });
    expect([notes().length, words(1)]).toEqual([1, "world"]);
  });

  test("whose values are hostile are left out, and the others are shown", () => {
    const strange = [null, 7, "x", [], [1], {}, { v: 2, by: ada, at: 1, body: "x" }, { v: 1, by: 3, at: 1, body: "x" }, { v: 1, by: ada, at: "1", body: "x" },
      { v: 1, by: ada, at: 1, body: { toString: 1 } }, JSON.parse(`{"__proto__": {"v": 1, "by": "${ada}", "at": 1, "body": "x"}}`)];
    const entries = Object.fromEntries(strange.flatMap((value, at) => [[`n.${id(at + 50)}`, value], [`r.${id(at + 80)}`, value]]));
    const nested = { "n.__proto__": about("hello"), "n.": about("hello"), "": 1, constructor: 1, [`n.${id(1)}.${ada}`]: about("hello"), [`r.${id(2)}`]: about("hello") };
    server.note(world.socket, { ...entries, ...nested, [`n.${id(1)}`]: new Y.Map() });
    server.note(world.socket, {
      [`n.${id(3)}`]: about("hello", { anchor: { start: [], end: 1 }, mentions: [1, grace, {}], edited: "x", resolved: {}, heading: 4 }),
      [`e.${id(3)}.${ada}`]: { "👍": true },
      [`e.${id(3)}.__proto__`]: ["👍"],
      [`e.${id(3)}.${grace}`]: ["__proto__", 4, "👍"],
    });
    const reactions = [{ emoji: "__proto__", by: [grace] }, { emoji: "👍", by: [grace] }];
    expect(notes()).toEqual([expect.objectContaining({ id: id(3), mentions: [grace], edited: null, resolved: null, heading: "", reactions })]);
    expect(place(3)).toBeUndefined();
    expect(({} as Record<string, unknown>)["v"]).toBeUndefined();
  });
});

describe("places", () => {
  beforeEach(() => {
    server.greet(world.socket);
    server.note(world.socket, { [`n.${id(1)}`]: about("big"), [`n.${id(2)}`]: about("world", { at: 2_000 }) });
  });

  test("move with what is written here and elsewhere, a frame later", () => {
    expect([words(1), place(1)?.changed]).toEqual(["big", false]);
    const before = session.notes.places.value;
    session.text.insert(0, "Oh. ");
    others((text) => text.insert(0, "Ah. "));
    expect(session.notes.places.value).toBe(before);
    frame();
    expect([words(1), words(2), place(1)?.changed, place(2)?.changed]).toEqual(["big", "world", false, false]);
  });

  test("are the same map while nothing moves, and the same objects where nothing did", () => {
    const before = session.notes.places.value;
    session.text.insert(session.text.length, "after all of them");
    idle();
    expect(session.notes.places.value).toBe(before);
    session.text.insert(session.text.toString().indexOf("world"), ",");
    frame();
    expect(session.notes.places.value.get(id(1))).toBe(before.get(id(1)));
    expect(session.notes.places.value.get(id(2))).not.toBe(before.get(id(2)));
  });

  test("say when the words are not the quote any more, and when they are again", () => {
    const at = place(1)!.from + 1;
    session.text.insert(at, "!");
    frame();
    expect(place(1)).toMatchObject({ changed: true, to: place(1)!.from + 4 });
    session.text.delete(at, 1);
    frame();
    expect(place(1)?.changed).toBe(false);
    session.doc.transact(() => {
      session.text.delete(at, 1);
      session.text.insert(at, "u");
    });
    frame();
    expect([words(1), place(1)?.changed]).toEqual(["bug", true]);
  });

  test("stay where the words were when these are deleted, until the server says otherwise", () => {
    const { from } = place(1)!;
    session.text.delete(from, 4);
    frame();
    expect(place(1)).toEqual({ from, to: from, changed: true });
    server.note(world.socket, { [`n.${id(1)}`]: { ...about("hello"), quote: "big", anchor: null } });
    expect([place(1), notes().length]).toEqual([undefined, 2]);
    others((text) => text.insert(0, "big "));
    server.note(world.socket, { [`n.${id(1)}`]: about("big") });
    expect([words(1), place(1)?.changed]).toEqual(["big", false]);
  });

  test("follow another quote, too", () => {
    server.note(world.socket, { [`n.${id(1)}`]: about("big", { quote: "small" }) });
    expect(place(1)?.changed).toBe(true);
    server.note(world.socket, { [`n.${id(1)}`]: about("hello") });
    expect([words(1), place(1)?.changed]).toEqual(["hello", false]);
  });

  test("of a note that is being written move with the text, too, until it is done", () => {
    session.notes.follow("draft", session.notes.passage(14, 17));
    expect(session.notes.places.value.get("draft")).toEqual({ from: 14, to: 17, changed: false });
    session.text.insert(0, "Oh. ");
    frame();
    expect(session.notes.places.value.get("draft")).toEqual({ from: 18, to: 21, changed: false });
    session.notes.follow("draft", null);
    expect([...session.notes.places.value.keys()]).toEqual([id(1), id(2)]);
  });

  test("are exact again when the typing pauses", () => {
    const at = place(1)!.from;
    session.text.delete(at, 1);
    session.text.insert(at, "B");
    session.text.insert(at, "(");
    const anchor = session.notes.all.value[0] && server.notes.getMap<{ anchor: { start: unknown; end: unknown } }>("notes").get(`n.${id(1)}`)!.anchor;
    const exact = [anchor!.start, anchor!.end].map((end) => Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(end), session.doc)!.index);
    idle();
    expect([place(1)?.from, place(1)?.to]).toEqual(exact);
  });

  test("in text that has not come are found when it does", () => {
    const before = Y.encodeStateVector(server.doc);
    server.doc.getText("content").insert(0, "late ");
    server.note(world.socket, { [`n.${id(3)}`]: about("late", { at: 3_000 }) });
    expect([notes().length, place(3)]).toEqual([3, undefined]);
    world.socket.says({ kind: "update", update: Y.encodeStateAsUpdate(server.doc, before) });
    frame();
    expect([words(3), words(1)]).toEqual(["late", "big"]);
  });
});

test("a passage is of the text as it is now", () => {
  server.greet(world.socket);
  session.text.insert(0, "new ");
  expect(session.notes.passage(0, 4)).toMatchObject({ quote: "new", before: "", after: " # Head\n\nhello big world\n" });
});

test("a thousand notes on 100 KB cost a fraction of a millisecond a key", () => {
  server = new Script("word by word, line by line\n".repeat(4_000));
  server.greet(world.socket);
  const text = server.doc.getText("content");
  const make = (number: number) => ({ ...about("word"), ...passageOf(text, number * 100, number * 100 + 30) });
  server.note(world.socket, Object.fromEntries(Array.from({ length: 1_000 }, (_, number) => [`n.${id(number)}`, make(number)])));
  const took = Array.from({ length: 300 }, (_, key) => {
    const at = 50_000 + key;
    const typed = () => session.text.insert(at, "x");
    const before = performance.now();
    typed();
    frame();
    return performance.now() - before;
  });
  const median = took.sort((a, b) => a - b)[150]!;
  if (process.env["GALLEY_MEASURE"]) console.log(`a key with 1,000 notes: ${median.toFixed(3)} ms`);
  expect(session.notes.places.value.size).toBe(1_000);
  expect(median).toBeLessThan(5);
});
