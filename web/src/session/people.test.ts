// @vitest-environment node
import { type Signal, signal } from "@preact/signals";
import { beforeEach, expect, type Mock, test, vi } from "vitest";
import type { Known, Me } from "./api";
import { createDirectory, type Directory } from "./people";
import { VirtualWorld } from "./test/virtual";

const ada: Known = { author: "a", display: "Ada", peer: 3, guest: false, name: "ada", role: "own" };
const heron: Known = { author: "g", display: "Quiet Heron", peer: 5, guest: true, same: "a" };

let world: VirtualWorld;
let me: Signal<Me>;
let load: Mock<() => Promise<Known[]>>;
let directory: Directory;

beforeEach(() => {
  world = new VirtualWorld();
  me = signal({ kind: "account", author: "a", name: "ada", display: "Ada", peer: 3, admin: false });
  load = vi.fn(async () => [ada]);
  directory = createDirectory({ me, load, world });
});

/** Time passes, and what was asked is answered. */
async function pass(ms: number): Promise<void> {
  world.pass(ms);
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

test("all the authors of a page are one question, and placeholders until it is answered", async () => {
  const met = directory.person("a");
  expect([met.display, directory.person("a") === met, directory.person("b").display]).toEqual(["Ada", true, "Somebody"]);
  expect(load).not.toHaveBeenCalled();
  await pass(20);
  expect(load).toHaveBeenCalledTimes(1);
  expect([directory.person("a"), directory.person("b").display]).toEqual([ada, "Somebody"]);
});

test("whoever is looked at again while the answer is on its way is not asked for again", async () => {
  directory.person("a");
  world.pass(20);
  directory.person("a");
  await pass(60_000);
  expect(load).toHaveBeenCalledTimes(1);
});

test("somebody the server does not know is not asked for again", async () => {
  directory.person("b");
  await pass(20);
  directory.person("b");
  await pass(60_000);
  expect(load).toHaveBeenCalledTimes(1);
});

test("another unknown one is asked for after a pause, with whoever else came meanwhile", async () => {
  directory.person("a");
  await pass(20);
  directory.person("c");
  directory.person("d");
  await pass(3_000);
  expect(load).toHaveBeenCalledTimes(1);
  await pass(1_000);
  expect(load).toHaveBeenCalledTimes(2);
  await pass(60_000);
  expect(load).toHaveBeenCalledTimes(2);
});

test("a question without an answer is asked again when somebody looks, not before", async () => {
  load.mockRejectedValueOnce(new Error("unreachable"));
  directory.person("a");
  await pass(60_000);
  expect([load.mock.calls.length, directory.people.value.size]).toEqual([1, 0]);
  directory.person("a");
  await pass(20);
  expect(directory.person("a").display).toBe("Ada");
});

test("what is refreshed while it is being asked is asked once more", async () => {
  directory.refresh();
  world.pass(20);
  directory.refresh();
  directory.refresh();
  load.mockResolvedValue([{ ...ada, role: "edit" }, heron]);
  await pass(0);
  await pass(4_000);
  expect([load.mock.calls.length, directory.person("a").role]).toEqual([2, "edit"]);
});

test("mine is what I wrote, also as the guest I was", async () => {
  load.mockResolvedValue([ada, heron]);
  expect([directory.mine("a"), directory.mine("g")]).toEqual([true, false]);
  directory.refresh();
  await pass(20);
  expect([directory.mine("a"), directory.mine("g"), directory.mine("b")]).toEqual([true, true, false]);
  me.value = { kind: "nobody" };
  expect([directory.mine("a"), directory.mine("g")]).toEqual([false, false]);
});
