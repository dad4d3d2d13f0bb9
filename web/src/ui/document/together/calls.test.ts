import { expect, test } from "vitest";
import { answerTo, busyMs, Calls } from "./calls";

const now = 1_790_000_000_000;
const peer = (client: number, call: number | null, over = {}) => ({ client, author: `a${client}`, name: `P${client}`, self: false, call, ...over });

test("a call of somebody known is heard once, whatever their clock says", () => {
  const calls = new Calls();
  expect(calls.hear([peer(1, null)], now)).toBeNull();
  expect(calls.hear([peer(1, 5)], now)?.client).toBe(1);
  expect(calls.hear([peer(1, 5)], now)).toBeNull();
  expect(calls.hear([peer(1, 4)], now), "an older one again").toBeNull();
  expect(calls.hear([peer(1, 6)], now)?.client).toBe(1);
});

test("who joins later hears only what is seconds old", () => {
  expect(new Calls().hear([peer(1, now - 9_000)], now)?.client).toBe(1);
  expect(new Calls().hear([peer(1, now + 9_000)], now)?.client).toBe(1);
  expect(new Calls().hear([peer(1, now - 11_000)], now)).toBeNull();
});

test("after an outage nothing is heard again, and nothing old for the first time", () => {
  const calls = new Calls();
  calls.hear([peer(1, null), peer(2, null)], now);
  expect(calls.hear([peer(1, now), peer(2, null)], now)?.client).toBe(1);
  calls.hear([], now);
  expect(calls.hear([peer(1, now), peer(2, now - 60_000)], now + 1_000)).toBeNull();
});

test("a role that was lower for a while brings no old call back", () => {
  const calls = new Calls();
  calls.hear([peer(1, null)], now);
  expect(calls.hear([peer(1, 7)], now)).not.toBeNull();
  expect(calls.hear([peer(1, null)], now)).toBeNull();
  expect(calls.hear([peer(1, 7)], now)).toBeNull();
});

test("nobody calls himself, also not from another window; of two at once the later one counts", () => {
  const calls = new Calls();
  const mine = [peer(1, null, { self: true, author: "me" }), peer(2, null, { author: "me" }), peer(3, null), peer(4, null)];
  calls.hear(mine, now);
  expect(calls.hear([peer(1, 9, { self: true, author: "me" }), peer(2, 9, { author: "me" })], now)).toBeNull();
  calls.hear(mine, now);
  expect(calls.hear([peer(3, 11), peer(4, 10)], now)?.client).toBe(3);
});

test.each([
  [null, "come"],
  [0, "ask"],
  [busyMs - 1, "ask"],
  [busyMs, "come"],
])("typed %s ms ago: %s", (ago, answer) => expect(answerTo(ago === null ? null : now - ago, now)).toBe(answer));
