// @vitest-environment node
import { expect, test, vi } from "vitest";
import { ApiError } from "../../session/call";
import type { Card } from "../../session/device/device";
import { aCard } from "../../session/device/test/fake";
import { createSignOut, type SignOutCalls } from "./signing-out";

const away = () => Promise.reject(new ApiError("unreachable", "The server cannot be reached.", 0));

function flow(waiting: readonly (readonly Card[])[], over: Partial<SignOutCalls> = {}) {
  const did: string[] = [];
  const left = [...waiting];
  const does = (name: string) => () => (did.push(name), Promise.resolve());
  const calls: SignOutCalls = {
    waiting: () => Promise.resolve((left.length > 1 ? left.shift() : left[0]) ?? []),
    logout: does("logout"),
    send: does("send"),
    download: does("download"),
    keep: () => Promise.resolve(void did.push("keep")),
    forget: does("forget"),
    leave: () => void did.push("leave"),
    say: vi.fn(),
    ...over,
  };
  return { out: createSignOut(calls), did, calls };
}

const unsent = [aCard("a", { edits: 2 })];

test("OF57: nothing waits: the server is told, everything is removed", async () => {
  const { out, did } = flow([[]]);
  await out.begin();
  expect(did).toEqual(["logout", "forget", "leave"]);
});

test("OF57: something waits: nothing happens before an answer", async () => {
  const { out, did } = flow([unsent]);
  await out.begin();
  expect(out.state.value).toEqual({ kind: "asking", cards: unsent, problem: null });
  out.cancel();
  expect([out.state.value.kind, did]).toEqual(["no", []]);
});

test("OF57: sent first, then out", async () => {
  const { out, did } = flow([unsent, []]);
  await out.begin();
  await out.send();
  expect(did).toEqual(["send", "logout", "forget", "leave"]);
});

test("OF57: what could not be sent is asked about again", async () => {
  const { out, did } = flow([unsent]);
  await out.begin();
  await out.send();
  expect(out.state.value).toMatchObject({ kind: "asking", problem: "1 document could not be sent just now. It is safe on this device." });
  expect(did).toEqual(["send"]);
});

test("OF57: kept: the person is no longer remembered, the texts are", async () => {
  const { out, did } = flow([unsent]);
  await out.begin();
  await out.keep();
  expect(did).toEqual(["logout", "keep", "leave"]);
});

test("OF57: downloaded before anything is removed; files that cannot be made remove nothing", async () => {
  const { out, did } = flow([unsent]);
  await out.begin();
  await out.download();
  expect(did).toEqual(["download", "logout", "forget", "leave"]);
  const broken = flow([unsent], { download: () => Promise.reject(new Error("no")) });
  await broken.out.begin();
  await broken.out.download();
  expect([broken.out.state.value.kind, broken.did]).toEqual(["asking", []]);
});

test("OF58: without a server nobody is signed out, and only this device's copies can go", async () => {
  const { out, did } = flow([unsent], { logout: away });
  await out.begin();
  await out.remove();
  expect(out.state.value).toEqual({ kind: "away", cards: unsent });
  expect(did).toEqual([]);
  await out.removeHere();
  expect(did).toEqual(["forget", "leave"]);
});

test("OF58: another refusal is said, and nothing is removed", async () => {
  const { out, did, calls } = flow([[]], { logout: () => Promise.reject(new ApiError("x", "Not now.", 503)) });
  await out.begin();
  expect([out.state.value.kind, did]).toEqual(["no", []]);
  expect(calls.say).toHaveBeenCalledWith("Not now.");
});
