// @vitest-environment node
import { beforeEach, expect, test } from "vitest";
import { backOff, Socket, type Status } from "./socket";
import { VirtualWorld } from "./test/virtual";

let world: VirtualWorld;
let socket: Socket;
let seen: Status[];
let probes: number;

beforeEach(() => {
  world = new VirtualWorld();
  seen = [];
  probes = 0;
  socket = new Socket("ws://x/sync/1", world, {
    status: (status) => seen.push(status),
    open() {},
    frame() {},
    probe: () => (probes += 1),
    down() {},
  });
});

const last = () => seen.at(-1);

test("asks for our subprotocol, and is live when greeted, not when open", () => {
  socket.start();
  expect([world.socket.url, world.socket.protocol, world.socket.binaryType]).toEqual(["ws://x/sync/1", "galley.v1", "arraybuffer"]);
  world.socket.open();
  expect(last()).toEqual({ kind: "connecting", attempt: 1 });
  socket.greeted();
  expect(last()).toEqual({ kind: "live" });
});

test("backs off while it fails, and starts over once it was live", () => {
  socket.start();
  const waits: number[] = [];
  for (let attempt = 2; attempt <= 12; attempt++) {
    const before = world.now();
    world.socket.ends();
    expect(last()).toEqual({ kind: "connecting", attempt });
    const sockets = world.sockets.length;
    while (world.sockets.length === sockets) world.pass(1);
    waits.push(world.now() - before);
  }
  expect(waits.slice(0, 4)).toEqual([250, 500, 1_000, 2_000]);
  expect(waits.at(-1)).toBe(15_000);
  world.socket.open();
  socket.greeted();
  world.socket.ends();
  expect(last()).toEqual({ kind: "connecting", attempt: 1 });
});

test("the delay is full jitter between a quarter of a second and thirty", () => {
  expect(backOff(1, 0.9)).toBe(250);
  expect(backOff(5, 0)).toBe(250);
  expect(backOff(5, 0.5)).toBe(2_000);
  expect(backOff(50, 1)).toBe(30_000);
});

test.each([4400, 4401, 4403, 4404, 4409, 4413])("%d is final until somebody asks again", (code) => {
  socket.start();
  world.socket.open();
  world.socket.ends(code, "because");
  expect(last()).toEqual({ kind: "refused", code, reason: "because" });
  world.wake();
  world.pass(3_600_000);
  expect(world.sockets.length).toBe(1);
  socket.retry();
  expect(world.sockets.length).toBe(2);
});

test("try later is tried later", () => {
  socket.start();
  world.socket.ends(4503, "try again in a moment");
  world.pass(60_000);
  expect(world.sockets.length).toBeGreaterThan(1);
});

test("without a network it waits, and goes at once when it is back", () => {
  world.up = false;
  socket.start();
  expect(last()).toEqual({ kind: "offline", since: world.now() });
  world.pass(600_000);
  expect(world.sockets.length).toBe(0);
  world.up = true;
  world.wake();
  expect(world.sockets.length).toBe(1);
});

test("a server that falls silent is asked, and left if it does not answer", () => {
  socket.start();
  world.socket.open();
  socket.greeted();
  world.pass(24_999);
  expect(probes).toBe(0);
  world.pass(1_001);
  expect(probes).toBe(1);
  world.socket.says({ kind: "keepalive" });
  world.pass(15_000);
  expect(last()).toEqual({ kind: "live" });
  world.pass(40_000);
  expect(seen.filter(({ kind }) => kind === "connecting").length).toBeGreaterThan(1);
});

test("a handshake that never ends is given up", () => {
  socket.start();
  world.pass(16_000);
  expect(world.sockets.length).toBe(2);
});

test("a page that wakes up asks whether the server is still there", () => {
  socket.start();
  world.socket.open();
  socket.greeted();
  world.wake();
  expect(probes).toBe(1);
  world.sleep();
  expect(probes).toBe(1);
  world.pass(5_000);
  expect(last()).toEqual({ kind: "connecting", attempt: 1 });
});

test("once closed, nothing comes back", () => {
  socket.start();
  socket.close();
  world.wake();
  world.pass(600_000);
  expect(world.sockets.length).toBe(1);
});
