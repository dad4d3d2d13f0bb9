/** Frames as bytes: every way to say "write this" that a reader could try. */
import { deflateRawSync } from "node:zlib";
import * as Y from "yjs";

const SYNC = 0;
const AWARENESS = 1;
const QUERY_AWARENESS = 3;
const CHANNEL = 120;
const PACKED = 121;
const [STEP1, STEP2, UPDATE] = [0, 1, 2];

/** Asks for everybody's awareness: answered in order, so it tells that what came before has been dealt with. */
export function queryAwareness(): Uint8Array {
  return Uint8Array.of(QUERY_AWARENESS);
}

/** Each by name. */
export function hostile(): [string, Uint8Array][] {
  const doc = new Y.Doc();
  doc.getText("content").insert(0, "changed by a reader ");
  const update = Y.encodeStateAsUpdate(doc);
  const step1 = sync(STEP1, Y.encodeStateVector(new Y.Doc()));
  const write = sync(UPDATE, update);
  const answer = sync(STEP2, update);
  const awareness = bytes([AWARENESS], sized(bytes([1], varint(doc.clientID), varint(1), text('{"user":{"name":"x"}}'))));
  return [
    ["an update", write],
    ["a step 2", answer],
    ["an update behind a step 1", bytes(step1, write)],
    ["a step 2 behind a step 1", bytes(step1, answer)],
    ["an update behind an awareness", bytes(awareness, write)],
    ["an update behind a question", bytes(queryAwareness(), write)],
    ["an update before a step 1", bytes(write, step1)],
    ["an update to channel 0", bytes(varint(CHANNEL), [0], write)],
    ["an update to channel 1", bytes(varint(CHANNEL), [1], write)],
    ["a packed update", packed(write)],
    ["a packed update behind a step 1", packed(bytes(step1, write))],
    ["a packed update in a packed one", packed(packed(write))],
    ["a packed update to channel 0", packed(bytes(varint(CHANNEL), [0], write))],
    ["deletions of everything", sync(UPDATE, deletions())],
    ["half an update", write.slice(0, write.length - 3)],
    ["an update and something more", bytes(write, [0, 2])],
    ["an unknown message before an update", bytes([99], write)],
    ["an auth message before an update", bytes([2, 0], text("let me"), write)],
  ];
}

/** A delete set over the low clocks of many client ids, whoever they are. */
function deletions(): Uint8Array {
  const clients = Array.from({ length: 64 }, (_, id) => bytes(varint(id + 1), [1, 0], varint(1000)));
  return bytes([0], varint(clients.length), ...clients);
}

function sync(kind: number | undefined, payload: Uint8Array): Uint8Array {
  return bytes([SYNC, kind ?? 0], sized(payload));
}

function packed(message: Uint8Array): Uint8Array {
  return bytes(varint(PACKED), [1], sized(new Uint8Array(deflateRawSync(message))));
}

function text(words: string): Uint8Array {
  return sized(new TextEncoder().encode(words));
}

function sized(payload: Uint8Array): Uint8Array {
  return bytes(varint(payload.length), payload);
}

function varint(value: number): number[] {
  const digits: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) digits.push((rest % 128) + 128);
  return [...digits, rest];
}

function bytes(...parts: (Uint8Array | number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
