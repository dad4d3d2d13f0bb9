// @vitest-environment node
import { deflateRawSync } from "node:zlib";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as Y from "yjs";
import type { Me, Role } from "./api";
import { encode, encodeAwareness } from "./protocol";
import { type DocumentSession, openSession } from "./session";
import { Script, VirtualWorld } from "./test/virtual";

const ada: Me = { kind: "account", author: "a", name: "ada", display: "Ada", peer: 3, admin: false };

let world: VirtualWorld;
let server: Script;
let session: DocumentSession;

beforeEach(() => {
  world = new VirtualWorld();
  server = new Script("hello");
  session = opened("edit");
});
afterEach(() => session.close());

function opened(role: Role): DocumentSession {
  return openSession({ document: "d", epoch: 1, url: "ws://x/sync/d", role, me: signal(ada), device: null, from: "server", born: false }, world);
}

/** The end of this turn: what was typed in it goes out. */
const settled = () => Promise.resolve();
const type = (text: string, at = session.text.length) => session.text.insert(at, text);

test("arrives: asks, answers, shows the text, and everything is saved", async () => {
  expect(world.socket.url).toBe("ws://x/sync/d?epoch=1");
  server.greet(world.socket);
  expect(session.text.toString()).toBe("hello");
  expect([session.synced.value, session.status.value.kind, session.saved.value.kind]).toEqual([true, "live", "saved"]);
  expect(world.socket.said.map(({ kind }) => kind)).toEqual(["step1", "awareness", "step2"]);
});

test("edits of one turn are one write, and saved when it is acked", async () => {
  server.greet(world.socket);
  world.socket.says({ kind: "ack", upto: 1 });
  type(" w");
  type("orld");
  expect(session.saved.value).toEqual({ kind: "saving", n: 2 });
  await settled();
  expect(world.socket.all("update").length).toBe(1);
  server.take(world.socket);
  expect(server.text).toBe("hello world");
  world.socket.says({ kind: "ack", upto: 2 });
  expect(session.saved.value).toEqual({ kind: "saved" });
});

test("what others write is neither counted nor sent back", async () => {
  server.greet(world.socket);
  server.doc.getText("content").insert(0, "oh ");
  world.socket.says({ kind: "update", update: Y.encodeStateAsUpdate(server.doc) });
  await settled();
  expect(session.text.toString()).toBe("oh hello");
  expect([session.saved.value.kind, world.socket.all("update").length]).toEqual(["saved", 0]);
});

test("edits without an ack survive the connection and are in the first answer on the next", async () => {
  server.greet(world.socket);
  type("!");
  await settled();
  world.socket.ends();
  type("?");
  expect(session.saved.value).toEqual({ kind: "offline", n: 2, place: "page" });
  world.pass(1_000);
  server.greet(world.socket);
  expect(world.socket.writes).toBe(1);
  expect(session.saved.value).toEqual({ kind: "saving", n: 2 });
  server.take(world.socket);
  expect(server.text).toBe("hello!?");
  world.socket.says({ kind: "ack", upto: 1 });
  expect(session.saved.value).toEqual({ kind: "saved" });
});

test("nothing is written before the server has asked what we have", async () => {
  type("early");
  world.socket.open();
  world.socket.says({ kind: "grant", role: "edit", epoch: 1 });
  await settled();
  expect(world.socket.writes).toBe(0);
  expect(session.saved.value).toEqual({ kind: "saving", n: 1 });
  world.socket.says({ kind: "step1", vector: Y.encodeStateVector(server.doc) });
  expect(world.socket.writes).toBe(1);
});

test("a passing refusal is said, the text is written on and kept, and it is tried again", async () => {
  server.greet(world.socket);
  world.socket.says({ kind: "ack", upto: 1 });
  type("!");
  await settled();
  world.socket.says({ kind: "nack", nth: 2, code: 6, reason: "the server could not save this change" }, { kind: "ack", upto: 2 });
  expect(session.saved.value).toEqual({ kind: "unsaved", reason: "the server could not save this change", n: 1, place: "page" });
  expect([session.writable.value, session.role.value, session.text.toString()]).toEqual([true, "edit", "hello!"]);
  world.pass(10_000);
  expect(world.sockets.length).toBe(2);
  server.greet(world.socket);
  world.socket.says({ kind: "ack", upto: 1 });
  expect([session.saved.value, session.writable.value]).toEqual([{ kind: "saved" }, true]);
});

test("a lasting refusal is not tried again by itself", async () => {
  server.greet(world.socket);
  type("!");
  await settled();
  world.socket.says({ kind: "nack", nth: 2, code: 2, reason: "the text would be too long" });
  for (let passed = 0; passed < 60_000; passed += 5_000) {
    world.socket.says({ kind: "keepalive" });
    world.pass(5_000);
  }
  expect(world.sockets.length).toBe(1);
  session.retry();
  world.pass(1_000);
  expect(world.sockets.length).toBe(2);
});

test("a role taken away locks the text and says what is not saved", async () => {
  server.greet(world.socket);
  world.socket.says({ kind: "ack", upto: 1 });
  type("!");
  world.socket.says({ kind: "grant", role: "view", epoch: 1 });
  expect([session.role.value, session.writable.value]).toEqual(["view", false]);
  expect(session.saved.value).toMatchObject({ kind: "unsaved", n: 1 });
});

test("a closed door keeps the edits and says why", () => {
  server.greet(world.socket);
  type("!");
  world.socket.ends(4403, "you no longer have access");
  expect(session.status.value).toEqual({ kind: "refused", code: 4403, reason: "you no longer have access" });
  expect(session.saved.value).toEqual({ kind: "unsaved", reason: "you no longer have access", n: 1, place: "page" });
  expect(session.text.toString()).toBe("hello!");
});

test("a packed message keeps its place among the others", async () => {
  server.greet(world.socket);
  const before = Y.encodeStateVector(server.doc);
  const text = server.doc.getText("content");
  text.insert(5, " big".repeat(3_000));
  const big = encode({ kind: "update", update: Y.encodeStateAsUpdate(server.doc, before) });
  const between = Y.encodeStateVector(server.doc);
  text.delete(0, 5);
  const small = Y.encodeStateAsUpdate(server.doc, between);
  type("!", 0);
  await settled();
  world.socket.says(
    { kind: "packed", codec: 1, bytes: deflateRawSync(big) },
    { kind: "update", update: small },
    { kind: "ack", upto: 2 },
  );
  expect(session.saved.value.kind).toBe("saving");
  await expect.poll(() => session.saved.value.kind).toBe("saved");
  expect(session.text.toString() === `!${server.text}`).toBe(true);
});

test("nonsense from the server ends the connection, not the text", async () => {
  server.greet(world.socket);
  world.socket.says({ kind: "packed", codec: 1, bytes: Uint8Array.of(255, 255) });
  await expect.poll(() => session.status.value.kind).toBe("connecting");
  world.pass(1_000);
  expect(world.sockets.length).toBe(2);
  expect(session.text.toString()).toBe("hello");
});

test("what others write waits while it is held, and comes as one change", () => {
  server.greet(world.socket);
  const held = session.hold();
  let changes = 0;
  session.text.observe(() => (changes += 1));
  for (const letter of "abc") {
    const before = Y.encodeStateVector(server.doc);
    server.doc.getText("content").insert(0, letter);
    world.socket.says({ kind: "update", update: Y.encodeStateAsUpdate(server.doc, before) });
  }
  expect(session.text.toString()).toBe("hello");
  held.letGo();
  expect([session.text.toString(), changes]).toEqual(["cbahello", 1]);
});

test("peers are listed with their carets, oneself by the session's own name", () => {
  server.greet(world.socket);
  const cursor = (at: number) => Y.createRelativePositionFromTypeIndex(server.doc.getText("content"), at);
  const state = { user: { id: "g", name: "Grace", peer: 5, guest: true }, cursor: { anchor: cursor(1), head: cursor(3) }, idle: true };
  world.socket.says({ kind: "awareness", states: encodeAwareness([{ client: 77, clock: 1, state: JSON.stringify(state) }]) });
  world.pass(200);
  const own = { client: session.doc.clientID, author: "a", name: "Ada", peer: 3, guest: false, self: true, idle: false, editing: false, offset: null, line: null, call: null };
  const grace = { client: 77, author: "g", name: "Grace", peer: 5, guest: true, self: false, idle: true, editing: true, offset: 3, line: null, call: null };
  expect(session.peers.value).toHaveLength(2);
  expect(session.peers.value).toEqual(expect.arrayContaining([own, grace]));
  world.socket.ends();
  world.pass(200);
  expect(session.peers.value).toEqual([own]);
});

test("a caret in text that has not come yet, or nowhere, is no caret", () => {
  server.greet(world.socket);
  const place = { type: null, tname: null, item: { client: 5, clock: 9 }, assoc: 0 };
  const user = { id: "g", name: "Grace" };
  for (const [clock, cursor] of [{ anchor: place, head: place }, { anchor: 1, head: "x" }, "there"].entries()) {
    const state = JSON.stringify({ user, cursor });
    world.socket.says({ kind: "awareness", states: encodeAwareness([{ client: 77, clock: clock + 1, state }]) });
    world.pass(200);
    expect(session.peers.value.find(({ client }) => client === 77)).toMatchObject({ name: "Grace", peer: 1, offset: null });
  }
});

test("after five minutes without a touch the others are told, and again at the first one", () => {
  server.greet(world.socket);
  const idle = () => session.awareness.getLocalState()?.["idle"];
  world.pass(4 * 60_000);
  world.act();
  world.pass(4 * 60_000);
  expect(idle()).toBeUndefined();
  world.pass(60_001);
  expect(idle()).toBe(true);
  world.act();
  expect(idle()).toBe(false);
});
