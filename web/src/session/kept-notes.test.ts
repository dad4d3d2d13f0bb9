import { signal } from "@preact/signals";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { keepNotes, writeMs } from "./kept-notes";
import { NotesMirror } from "./notes";
import { encode } from "./protocol";
import { VirtualWorld } from "./test/virtual";

const id = (n: number) => `01890000-0000-7000-8000-00000000000${n}`;

function notesOf(...bodies: string[]): Uint8Array {
  const doc = new Y.Doc();
  bodies.forEach((body, at) => doc.getMap("notes").set(`n.${id(at)}`, { v: 1, by: id(9), at: 1, body, quote: "q", anchor: null }));
  return Y.encodeStateAsUpdate(doc);
}

function make(kept: Uint8Array | null) {
  const world = new VirtualWorld();
  const mirror = new NotesMirror(world);
  const shown: number[] = [];
  mirror.listen((map) => void shown.push(map.size));
  const [here, live] = [signal(false), signal(false)];
  const written: Uint8Array[] = [];
  const stop = keepNotes({ mirror, kept: Promise.resolve(kept), here, live, write: (state) => void written.push(state), world });
  const told = (update: Uint8Array) => mirror.heard(encode({ kind: "step2", update }));
  return { world, mirror, shown, here, live, written, stop, told };
}

describe("OF88", () => {
  test("OF88 they show from the device while the server cannot tell them, and what it tells replaces them", async () => {
    const { mirror, shown, here, told } = make(notesOf("a", "b"));
    await Promise.resolve();
    await Promise.resolve();
    expect(shown).toEqual([]);
    here.value = true;
    expect([shown, mirror.restored.value, mirror.answered.value]).toEqual([[2], true, false]);
    told(notesOf("a"));
    expect([shown, mirror.answered.value]).toEqual([[2, 1], true]);
  });

  test("OF88 with a connection the older ones never show in between", async () => {
    const { shown, here, live, told } = make(notesOf("a", "b"));
    live.value = true;
    here.value = true;
    await Promise.resolve();
    await Promise.resolve();
    told(notesOf("c"));
    live.value = false;
    expect(shown).toEqual([1]);
  });

  test("OF88 they are written at most once a second, and when the page goes out of sight", () => {
    const { world, written, told } = make(null);
    told(notesOf("a"));
    told(notesOf("a", "b"));
    world.pass(writeMs - 1);
    expect(written).toHaveLength(0);
    world.pass(1);
    expect(written).toHaveLength(1);
    told(notesOf("c"));
    world.hide();
    world.hide();
    expect(written).toHaveLength(2);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, written[1]!);
    expect(doc.getMap("notes").size).toBe(1);
  });

  test("OF88 what stands there and is no update is passed over", async () => {
    const { mirror, here, told } = make(new Uint8Array([9, 9, 9, 9]));
    here.value = true;
    await Promise.resolve();
    await Promise.resolve();
    expect(mirror.restored.value).toBe(false);
    told(notesOf("a"));
    expect(mirror.answered.value).toBe(true);
  });
});
