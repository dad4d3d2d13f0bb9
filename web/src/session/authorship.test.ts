// @vitest-environment node
/** PG10: whose each part of the text is. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { signal } from "@preact/signals";
import { Awareness } from "y-protocols/awareness";
import { expect, test, vi } from "vitest";
import * as Y from "yjs";
import type { Authors, Me } from "./api";
import { type Run, runsOf, sharesIn, watchAuthorship } from "./authorship";
import { VirtualWorld } from "./test/virtual";

type Patch = [position: number, deleted: number, inserted: string];
interface Trace {
  endContent: string;
  txns: { parents: number[]; agent: number; patches: Patch[] }[];
}

const name = (client: number) => `author ${client}`;

/** What a text says, author by author. */
function said(text: Y.Text, runs: readonly Run[]): [string, string | null][] {
  const all = text.toString();
  return runs.map(({ from, to, author }) => [all.slice(from, to), author]);
}

function people() {
  const [ada, tom] = [new Y.Doc(), new Y.Doc()];
  [ada.clientID, tom.clientID] = [1, 2];
  ada.on("update", (update: Uint8Array, origin: unknown) => origin !== "wire" && Y.applyUpdate(tom, update, "wire"));
  tom.on("update", (update: Uint8Array, origin: unknown) => origin !== "wire" && Y.applyUpdate(ada, update, "wire"));
  return { ada, tom, text: ada.getText("content"), toms: tom.getText("content") };
}

test("PG10 runs are by author, without gaps, whatever was deleted in between", () => {
  const { text, toms } = people();
  text.insert(0, "One two three");
  toms.insert(4, "and 🦉 ");
  text.delete(0, 1);
  toms.insert(0, "o");
  expect(said(text, runsOf(text, name))).toEqual([["o", name(2)], ["ne ", name(1)], ["and 🦉 ", name(2)], ["two three", name(1)]]);
  expect(runsOf(new Y.Doc().getText("content"), name)).toEqual([]);
});

test("PG10 who wrote a line, most first, and nobody an empty one", () => {
  const runs = [{ from: 0, to: 6, author: "a" }, { from: 6, to: 8, author: "b" }, { from: 8, to: 20, author: null }];
  expect(sharesIn(runs, 0, 8)).toEqual([{ author: "a", part: 0.75 }, { author: "b", part: 0.25 }]);
  expect(sharesIn(runs, 7, 11)).toEqual([{ author: null, part: 0.75 }, { author: "b", part: 0.25 }]);
  expect([sharesIn(runs, 6, 6), sharesIn(runs, 30, 40), sharesIn([], 0, 4)]).toEqual([[], [], []]);
});

test("PG10 authors of a recorded session are its agents", () => {
  const trace = JSON.parse(gunzipSync(readFileSync(resolve(process.cwd(), "../tests/traces/friendsforever.json.gz"))).toString()) as Trace;
  const { minds, oracle } = replay(trace);
  const text = minds[0]!.getText("content");
  expect(text.toString()).toBe(trace.endContent);
  const characters = runsOf(text, (client) => String(client)).flatMap(({ from, to, author }) => Array.from({ length: to - from }, () => author));
  expect(characters).toEqual(oracle);
  expect(new Set(characters)).toEqual(new Set(["1001", "2002"]));
});

/** Replays a trace with one document an agent, and keeps of every character that is there at the end who wrote it. */
function replay(trace: Trace): { minds: Y.Doc[]; oracle: string[] } {
  const ids = [1001, 2002];
  const minds = ids.map((id) => Object.assign(new Y.Doc(), { clientID: id }));
  const updates: Uint8Array[][] = [[], []];
  const heard = [0, 0];
  const after: number[][] = [];
  minds.forEach((mind, agent) => mind.on("update", (update: Uint8Array, origin: unknown) => origin !== "wire" && updates[agent]!.push(update)));
  const hear = (agent: number, count: number) => {
    const other = 1 - agent;
    for (; heard[agent]! < count; heard[agent]!++) Y.applyUpdate(minds[agent]!, updates[other]![heard[agent]!]!, "wire");
  };
  for (const [at, { parents, agent, patches }] of trace.txns.entries()) {
    const knows = [0, 1].map((one) => Math.max(0, ...parents.map((parent) => after[parent]?.[one] ?? 0)));
    hear(agent, knows[1 - agent]!);
    const text = minds[agent]!.getText("content");
    minds[agent]!.transact(() => {
      for (const [position, deleted, inserted] of patches) {
        if (deleted > 0) text.delete(position, deleted);
        if (inserted) text.insert(position, inserted, { by: String(ids[agent]) });
      }
    });
    knows[agent]! += 1;
    after[at] = knows;
  }
  hear(0, updates[1]!.length);
  hear(1, updates[0]!.length);
  // The formatting each insert carries tells its agent by another way than client ids.
  const delta = minds[0]!.getText("content").toDelta() as { insert: string; attributes?: { by?: string } }[];
  const oracle = delta.flatMap(({ insert, attributes }) => Array.from({ length: insert.length }, () => attributes?.by ?? ""));
  return { minds, oracle };
}

const me: Me = { kind: "account", author: "me", name: "me", display: "Me", peer: 4, admin: false };
const answer: Authors = {
  clients: { "7": "tom", "8": "heron" },
  people: [
    { author: "tom", display: "Tomasz", peer: 2, guest: false },
    { author: "heron", display: "Quiet Heron", peer: 5, guest: true, same: "ama" },
    { author: "ama", display: "Ama", peer: 7, guest: false },
  ],
};

function watched(load: () => Promise<Authors> = async () => answer) {
  const world = new VirtualWorld();
  const doc = new Y.Doc();
  const text = doc.getText("content");
  const awareness = new Awareness(doc);
  const loading = vi.fn(load);
  const authorship = watchAuthorship({ text, awareness, me: signal(me), load: loading, world });
  const write = (client: number, words: string) => {
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    // Yjs gives up an id that it hears from elsewhere.
    other.clientID = client;
    other.getText("content").insert(text.length, words);
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
  };
  const pass = async (ms: number) => {
    world.pass(ms);
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    world.pass(0);
  };
  return { text, awareness, authorship, write, pass, loading };
}

test("PG11 nothing is walked and nobody asked until somebody watches, and after", async () => {
  const { text, authorship, write, pass, loading } = watched();
  write(7, "One. ");
  await pass(5_000);
  expect([authorship.runs.value, loading.mock.calls.length]).toEqual([[], 0]);
  const stop = authorship.watch();
  expect(said(text, authorship.runs.value)).toEqual([["One. ", null]]);
  await pass(0);
  expect(said(text, authorship.runs.value)).toEqual([["One. ", "tom"]]);
  stop();
  write(8, "Two.");
  await pass(5_000);
  expect([authorship.runs.value, loading.mock.calls.length]).toEqual([[], 1]);
});

test("PG11 an unknown id is one question, a moment later; one that stays unknown is not asked for again", async () => {
  const { text, authorship, write, pass, loading } = watched();
  text.insert(0, "Mine. ");
  authorship.watch();
  await pass(0);
  write(99, "Whose? ");
  write(99, "Whose? ");
  await pass(249);
  expect(said(text, authorship.runs.value)).toEqual([["Mine. ", "me"]]);
  await pass(1);
  expect(loading).toHaveBeenCalledTimes(1);
  await pass(4_000);
  expect(loading).toHaveBeenCalledTimes(2);
  write(99, "Still.");
  await pass(20_000);
  expect(loading).toHaveBeenCalledTimes(2);
  expect(said(text, authorship.runs.value)).toEqual([["Mine. ", "me"], ["Whose? Whose? Still.", null]]);
});

test("PG11 who is here is known at once; a guest who became an account is the account", async () => {
  const { text, awareness, authorship, write, pass } = watched(() => Promise.reject(new Error("offline")));
  awareness.states.set(55, { user: { id: "grace", name: "Grace", peer: 3, guest: true } });
  write(55, "Here. ");
  authorship.watch();
  expect(said(text, authorship.runs.value)).toEqual([["Here. ", "grace"]]);
  expect(authorship.person("grace")).toMatchObject({ display: "Grace", peer: 3, guest: true });
  expect(authorship.person("nobody knows").display).toBe("Somebody");
  await pass(0);
  const known = watched();
  known.write(8, "As a guest.");
  const runs = known.authorship.settled();
  await known.pass(0);
  expect(said(known.text, await runs)).toEqual([["As a guest.", "ama"]]);
  expect([known.authorship.mine("me"), known.authorship.mine("heron")]).toEqual([true, false]);
});

test("PG11 while edits never stop the runs follow all the same", async () => {
  const { authorship, write, pass } = watched();
  authorship.watch();
  await pass(0);
  for (let step = 0; step < 10; step++) {
    write(7, "more ");
    await pass(200);
  }
  expect(authorship.runs.value.at(-1)?.to).toBeGreaterThan(20);
});
