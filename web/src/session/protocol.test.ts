// @vitest-environment node
import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decode, decodeAwareness, deflateRaw, encode, encodeAwareness, type Message, unpack } from "./protocol";

const bytes = (...values: number[]) => Uint8Array.from(values);

const examples: [Message, number[]][] = [
  [{ kind: "step1", vector: bytes(0) }, [0, 0, 1, 0]],
  [{ kind: "step2", update: bytes(7, 8) }, [0, 1, 2, 7, 8]],
  [{ kind: "update", update: bytes(9) }, [0, 2, 1, 9]],
  [{ kind: "awareness", states: bytes(0) }, [1, 1, 0]],
  [{ kind: "denied", reason: "no" }, [2, 0, 2, 110, 111]],
  [{ kind: "query" }, [3]],
  [{ kind: "ack", upto: 300 }, [112, 0xac, 2]],
  [{ kind: "nack", nth: 2, code: 6, reason: "é" }, [113, 2, 6, 2, 0xc3, 0xa9]],
  [{ kind: "grant", role: "edit", epoch: 4 }, [114, 30, 4]],
  [{ kind: "keepalive" }, [115]],
  [{ kind: "channel", channel: 1, message: bytes(3) }, [120, 1, 3]],
  [{ kind: "packed", codec: 1, bytes: bytes(5) }, [121, 1, 1, 5]],
];

test.each(examples)("%o is these bytes, both ways", (message, wire) => {
  expect([...encode(message)]).toEqual(wire);
  expect(decode(Uint8Array.from(wire))).toEqual(message);
});

test("what is unknown is named, what is broken throws", () => {
  expect(decode(bytes(99, 1))).toEqual({ kind: "unknown", type: 99 });
  expect(() => decode(bytes())).toThrow();
  expect(() => decode(bytes(0, 3, 0))).toThrow("no sync step 3");
  expect(() => decode(bytes(0, 1, 9, 1))).toThrow();
});

test("a role between two known ones is the lower", () => {
  const role = (number: number) => decode(bytes(114, number, 0));
  expect([10, 20, 25, 30, 39, 40].map((number) => (role(number) as { role: string }).role)).toEqual([
    "view", "comment", "comment", "edit", "edit", "own",
  ]);
});

test("awareness entries keep their order and their words", () => {
  const entries = [
    { client: 2 ** 31, clock: 3, state: '{"user":{"name":"Ø"}}' },
    { client: 7, clock: 0, state: "null" },
  ];
  expect(decodeAwareness(encodeAwareness(entries))).toEqual(entries);
});

describe("a packed message", () => {
  const packed = (message: Uint8Array) => deflateRawSync(message);

  test("is the message inside", async () => {
    const update = new Uint8Array(20_000).fill(1);
    expect(await unpack(deflateRaw, packed(encode({ kind: "update", update })))).toEqual({ kind: "update", update });
  });

  test("may not grow beyond the limit, hold another, or name another codec", async () => {
    const bomb = packed(new Uint8Array(2_000_000));
    await expect(unpack(deflateRaw, bomb, 1_000_000)).rejects.toThrow("beyond the limit");
    const nested = packed(encode({ kind: "packed", codec: 1, bytes: bytes(1) }));
    await expect(unpack(deflateRaw, nested)).rejects.toThrow("contains another");
    await expect(unpack(2, packed(bytes(3)))).rejects.toThrow("no codec 2");
    await expect(unpack(deflateRaw, bytes(255, 255, 255))).rejects.toThrow();
  });
});
