import { signal } from "@preact/signals";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { NotesServer } from "../test/notes-server";
import { newShelf } from "../test/shelf";
import { VirtualWorld } from "../test/virtual";
import { keepSending, queuedCalls } from "./calls";
import { createQueue, type Queue } from "./queue";

const document = "01890000-0000-7000-8000-0000000000dd";
const passage = { anchor: null, quote: "words", before: "", after: "", heading: "" };

let server: NotesServer;
let queue: Queue;
const live = signal(true);
const calls = () => queuedCalls({ document, api: server.api, queue, live });
const waiting = () => queue.waiting.value.map(({ command, tried }) => [command.kind, tried]);

beforeEach(async () => {
  server = new NotesServer();
  queue = createQueue((await newShelf(document)).tab(), document, server.api);
  live.value = true;
});

/** What was begun by now has come to its end. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((done) => setTimeout(done, 0));
}

describe("OF87", () => {
  test("OF87 with a connection the server is asked, and its refusal is the caller's", async () => {
    await calls().create({ id: "n1", body: "first", ...passage });
    await expect(calls().reply("gone", { id: "r1", body: "x" })).rejects.toThrow("no such note");
    expect([server.heard.length, waiting()]).toEqual([2, []]);
  });

  test("OF87 without one the device is, and is not waited for by the server", async () => {
    live.value = false;
    await calls().create({ id: "n1", body: "first", ...passage });
    await calls().edit("n1", "better");
    expect([server.heard, waiting()]).toEqual([[], [["create", false]]]);
  });

  test("OF87 an answer that cannot come any more is taken over by the device", async () => {
    const create = vi.fn(() => new Promise<void>(() => {}));
    server.api.notes.create = create;
    const posted = calls().create({ id: "n1", body: "first", ...passage });
    await vi.waitFor(() => expect(create).toHaveBeenCalled());
    live.value = false;
    await posted;
    expect(waiting()).toEqual([["create", true]]);
  });

  test("OF87 where there is no storage the server is asked as before, and nothing is pretended", async () => {
    queue.add = () => Promise.reject(new Error("This browser gives the page no storage."));
    server.weather = () => "unreachable";
    await expect(calls().create({ id: "n1", body: "first", ...passage })).rejects.toThrow("The server cannot be reached");
    live.value = false;
    await expect(calls().create({ id: "n1", body: "first", ...passage })).rejects.toThrow("cannot be reached");
    expect(waiting()).toEqual([]);
  });

  test("OF87 a server that has no time leaves it to the device, and what follows waits behind it", async () => {
    server.weather = () => "lost";
    await calls().create({ id: "n1", body: "first", ...passage });
    server.weather = () => "answered";
    await calls().reply("n1", { id: "r1", body: "answer" });
    expect(waiting()).toEqual([
      ["create", true],
      ["reply", false],
    ]);
    await queue.flush();
    expect(server.heard).toEqual(["create first", "create first", "reply answer"]);
  });
});

describe("OF80", () => {
  test("OF80 it is sent when the server has the text, later and later while it fails, at once when the connection is new", async () => {
    const [ready, world] = [signal(false), new VirtualWorld()];
    const stop = keepSending(queue, ready, world);
    await queue.add({ kind: "create", note: "n1", body: "first", passage });
    expect(server.heard).toEqual([]);
    let asked = 0;
    server.weather = () => (++asked, "unreachable");
    ready.value = true;
    await vi.waitFor(() => expect(asked).toBe(1));
    await settled();
    world.pass(4_999);
    await settled();
    expect(asked).toBe(1);
    world.pass(1);
    await vi.waitFor(() => expect(asked).toBe(2));
    await settled();
    world.pass(9_999);
    await settled();
    expect(asked).toBe(2);
    ready.value = false;
    server.weather = () => "answered";
    ready.value = true;
    await vi.waitFor(() => expect(server.heard).toEqual(["create first"]));
    stop();
  });
});
