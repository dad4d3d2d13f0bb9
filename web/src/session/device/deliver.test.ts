import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import type { Document } from "../api";
import { ApiError } from "../call";
import { deliver, type DeliveryCalls, type LineState } from "./deliver";
import { pause, startDeliverer } from "./deliverer";
import { aCard, FakeDevice } from "./test/fake";

/** A server that answers every line as it is told. */
function server(answers: Partial<Record<string, LineState>> = {}, refuse: Partial<Record<string, number>> = {}) {
  const said: string[] = [];
  const timers: (() => void)[] = [];
  const calls: DeliveryCalls = {
    who: () => Promise.resolve(who),
    create(id) {
      said.push(`create ${id}`);
      const status = refuse[id];
      if (status !== undefined) return Promise.reject(new ApiError("x", "No.", status));
      return Promise.resolve({ ...aCard(id).document, title: "" } satisfies Document);
    },
    connect(card, _kept, copy) {
      said.push(`connect ${card.id}`);
      const state = signal<LineState>({ kind: "sending", n: card.waiting.edits });
      const end = card.id in answers ? answers[card.id] : { kind: "taken" as const };
      if (end)
        queueMicrotask(() => {
          if (end.kind === "taken") copy.acked(0);
          state.value = end;
        });
      return Promise.resolve({ state, close: () => void said.push(`close ${card.id}`) });
    },
    files: (id) => (said.push(`files ${id}`), device?.drained(id, "files"), Promise.resolve()),
    notes: (id) => (said.push(`notes ${id}`), device?.drained(id, "notes"), Promise.resolve()),
    later(_ms, run) {
      timers.push(run);
      return () => void timers.splice(timers.indexOf(run), 1);
    },
  };
  let device: FakeDevice | null = null;
  let who: string | null = "a";
  return { said, timers, calls, become: (author: string | null) => (who = author), on: (it: FakeDevice) => (device = it) };
}

test("OF53: a document that was born here is made first, then come files, its text, and notes", async () => {
  const device = new FakeDevice(aCard("a", { born: true, edits: 3, notes: 1, files: 1 }));
  const there = server();
  there.on(device);
  expect(await deliver(device, "a", there.calls)).toEqual({ kind: "sent" });
  expect(there.said).toEqual(["create a", "files a", "connect a", "close a", "notes a"]);
  expect(await device.card("a")).toMatchObject({ born: false, waiting: { edits: 0, notes: 0, files: 0 } });
});

test("OF53: what a document is called here outlives the empty one the server has just made", async () => {
  const device = new FakeDevice(aCard("a", { born: true, edits: 1 }));
  await deliver(device, "a", server().calls);
  expect((await device.card("a"))?.document.title).toBe("Title of a");
});

test("OF53: nothing waits, nothing is sent", async () => {
  const there = server();
  expect(await deliver(new FakeDevice(aCard("a")), "a", there.calls)).toEqual({ kind: "sent" });
  expect(there.said).toEqual([]);
});

for (const [code, why] of [
  [4403, "access"],
  [4404, "gone"],
  [4410, "gone"],
  [4409, "replaced"],
] as const)
  test(`OF54: closed with ${code}: it stays, marked as ${why}`, async () => {
    const device = new FakeDevice(aCard("a", { edits: 2 }));
    expect(await deliver(device, "a", server({ a: { kind: "refused", code } }).calls)).toEqual({ kind: "stranded", why });
    expect(await device.card("a")).toMatchObject({ stranded: why, waiting: { edits: 2 } });
  });

for (const [status, outcome] of [
  [409, { kind: "stranded", why: "access" }],
  [410, { kind: "stranded", why: "gone" }],
  [401, { kind: "signed-out" }],
  [503, { kind: "later", why: "busy" }],
  [0, { kind: "later", why: "away" }],
] as const)
  test(`OF54: making it is answered with ${status}: ${outcome.kind}, and its edits stay`, async () => {
    const device = new FakeDevice(aCard("a", { born: true, edits: 2 }));
    expect(await deliver(device, "a", server({}, { a: status }).calls)).toEqual(outcome);
    expect((await device.card("a"))?.waiting.edits).toBe(2);
  });

test("OF54: signed out is no reason to give up anything", async () => {
  const device = new FakeDevice(aCard("a", { edits: 2 }));
  expect(await deliver(device, "a", server({ a: { kind: "refused", code: 4401 } }).calls)).toEqual({ kind: "signed-out" });
  expect(await device.card("a")).toMatchObject({ stranded: null, waiting: { edits: 2 } });
});

test("OF54: a server that stays silent is tried again later", async () => {
  const device = new FakeDevice(aCard("a", { edits: 2 }));
  const there = server({ a: undefined });
  const outcome = deliver(device, "a", there.calls);
  await expect.poll(() => there.timers.length).toBe(1);
  there.timers[0]?.();
  expect(await outcome).toEqual({ kind: "later", why: "away" });
  expect((await device.card("a"))?.waiting.edits).toBe(2);
});

/** A browser with one tab, where time moves by hand. */
function browser(open: string[] = []) {
  const timers: { ms: number; run: () => void }[] = [];
  let wake = () => {};
  let taken = false;
  return {
    timers,
    wake: () => wake(),
    take: (by: boolean) => void (taken = by),
    world: {
      async alone(_name: string, work: () => Promise<void>) {
        if (taken) return false;
        await work();
        return true;
      },
      open: () => Promise.resolve(new Set(open)),
      onWake: (listener: () => void) => ((wake = listener), () => {}),
      later(ms: number, run: () => void) {
        const timer = { ms, run };
        timers.push(timer);
        return () => void (timers.includes(timer) && timers.splice(timers.indexOf(timer), 1));
      },
      random: () => 1,
    },
  };
}

test("OF55: everything that waits is sent, but what a page has open, and what is stranded", async () => {
  const device = new FakeDevice(aCard("a", { edits: 1 }), aCard("b"), aCard("c", { edits: 1 }), aCard("d", { edits: 1, stranded: "gone" }));
  const there = server();
  const deliverer = startDeliverer(device, there.calls, browser(["c"]).world);
  await deliverer.now();
  expect(there.said).toEqual(["connect a", "close a"]);
  expect(deliverer.state.value).toEqual({ kind: "idle" });
});

test("OF55: a refused document does not hold up the others", async () => {
  const device = new FakeDevice(aCard("a", { edits: 1 }), aCard("b", { edits: 1 }));
  const there = server({ a: { kind: "refused", code: 4403 } });
  const deliverer = startDeliverer(device, there.calls, browser().world);
  await deliverer.now();
  expect(there.said).toEqual(["connect a", "close a", "connect b", "close b"]);
  expect(deliverer.state.value).toEqual({ kind: "idle" });
});

test("OF55: without a server it waits, longer each time, and tries at once when the page wakes", async () => {
  const device = new FakeDevice(aCard("a", { born: true }), aCard("b", { edits: 1 }));
  const there = server({}, { a: 0 });
  const { world, timers, wake } = browser();
  const deliverer = startDeliverer(device, there.calls, world);
  await deliverer.now();
  expect(there.said).toEqual(["create a"]);
  expect(deliverer.state.value).toEqual({ kind: "waiting" });
  const first = timers.at(-1)?.ms ?? 0;
  await deliverer.now();
  expect(timers.at(-1)?.ms).toBe(first * 2);
  wake();
  expect(timers.at(-1)?.ms).toBe(0);
  expect(pause(50, 1)).toBe(5 * 60_000);
});

test("OF55: one tab at a time: the other one looks again later", async () => {
  const device = new FakeDevice(aCard("a", { edits: 1 }));
  const there = server();
  const { world, timers, take } = browser();
  take(true);
  const deliverer = startDeliverer(device, there.calls, world);
  await deliverer.now();
  expect(there.said).toEqual([]);
  expect(timers.length).toBe(1);
});

test("OF56: signed out: nothing more is tried", async () => {
  const device = new FakeDevice(aCard("a", { edits: 1 }), aCard("b", { edits: 1 }));
  const there = server({ a: { kind: "refused", code: 4401 } });
  const { world, timers } = browser();
  const deliverer = startDeliverer(device, there.calls, world);
  await deliverer.now();
  expect(there.said).toEqual(["connect a", "close a"]);
  expect(deliverer.state.value).toEqual({ kind: "signed-out" });
  expect(timers.length).toBe(0);
});

test("OF56: somebody else is signed in: nothing goes out in their name", async () => {
  const device = new FakeDevice(aCard("a", { born: true }));
  const there = server();
  there.become("b");
  const deliverer = startDeliverer(device, there.calls, browser().world);
  await deliverer.now();
  expect([there.said, deliverer.state.value.kind]).toEqual([[], "signed-out"]);
});
