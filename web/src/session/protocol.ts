/**
 * The wire: y-websocket's messages and what `galley.v1` adds, as values.
 *
 * Pure. One message a frame; integers are lib0 varuints, strings varstrings. Next: `provider.ts`, which acts on them.
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import type { Role } from "./api";

export const subprotocol = "galley.v1";

/** What an inflated message may have at most; the server's own limit is the same. */
export const messageBytesMax = 8 * 1024 * 1024;

/** deflate-raw, the only codec so far. */
export const deflateRaw = 1;

export type Message =
  | { kind: "step1"; vector: Uint8Array }
  | { kind: "step2"; update: Uint8Array }
  | { kind: "update"; update: Uint8Array }
  | { kind: "awareness"; states: Uint8Array }
  | { kind: "denied"; reason: string }
  | { kind: "query" }
  | { kind: "ack"; upto: number }
  | { kind: "nack"; nth: number; code: number; reason: string }
  | { kind: "grant"; role: Role; epoch: number }
  | { kind: "keepalive" }
  | { kind: "channel"; channel: number; message: Uint8Array }
  | { kind: "packed"; codec: number; bytes: Uint8Array }
  | { kind: "unknown"; type: number };

const types = {
  sync: 0,
  awareness: 1,
  auth: 2,
  query: 3,
  ack: 112,
  nack: 113,
  grant: 114,
  keepalive: 115,
  channel: 120,
  packed: 121,
} as const;

export function encode(message: Message): Uint8Array {
  return encoding.encode((out) => {
    const numbers = (...values: number[]) => values.forEach((value) => encoding.writeVarUint(out, value));
    const bytes = (value: Uint8Array) => encoding.writeVarUint8Array(out, value);
    const text = (value: string) => encoding.writeVarString(out, value);
    switch (message.kind) {
      case "step1":
        return numbers(types.sync, 0), bytes(message.vector);
      case "step2":
        return numbers(types.sync, 1), bytes(message.update);
      case "update":
        return numbers(types.sync, 2), bytes(message.update);
      case "awareness":
        return numbers(types.awareness), bytes(message.states);
      case "denied":
        return numbers(types.auth, 0), text(message.reason);
      case "ack":
        return numbers(types.ack, message.upto);
      case "nack":
        return numbers(types.nack, message.nth, message.code), text(message.reason);
      case "grant":
        return numbers(types.grant, roleNumbers[message.role], message.epoch);
      case "channel":
        return numbers(types.channel, message.channel), encoding.writeUint8Array(out, message.message);
      case "packed":
        return numbers(types.packed, message.codec), bytes(message.bytes);
      case "query":
      case "keepalive":
        return numbers(types[message.kind]);
      case "unknown":
        return numbers(message.type);
    }
  });
}

/** Throws on bytes that are no message. */
export function decode(frame: Uint8Array): Message {
  const input = decoding.createDecoder(frame);
  const number = () => decoding.readVarUint(input);
  const bytes = () => decoding.readVarUint8Array(input);
  const text = () => decoding.readVarString(input);
  const type = number();
  switch (type) {
    case types.sync:
      return sync(number(), bytes());
    case types.awareness:
      return { kind: "awareness", states: bytes() };
    case types.auth:
      return number(), { kind: "denied", reason: text() };
    case types.query:
      return { kind: "query" };
    case types.ack:
      return { kind: "ack", upto: number() };
    case types.nack:
      return { kind: "nack", nth: number(), code: number(), reason: text() };
    case types.grant:
      return { kind: "grant", role: roleOf(number()), epoch: number() };
    case types.keepalive:
      return { kind: "keepalive" };
    case types.channel:
      return { kind: "channel", channel: number(), message: decoding.readTailAsUint8Array(input) };
    case types.packed:
      return { kind: "packed", codec: number(), bytes: bytes() };
    default:
      return { kind: "unknown", type };
  }
}

function sync(step: number, payload: Uint8Array): Message {
  switch (step) {
    case 0:
      return { kind: "step1", vector: payload };
    case 1:
      return { kind: "step2", update: payload };
    case 2:
      return { kind: "update", update: payload };
    default:
      throw new Error(`no sync step ${step}`);
  }
}

const roleNumbers: Record<Role, number> = { view: 10, comment: 20, edit: 30, own: 40 };

/** Numbers leave gaps for roles to come; an unknown one grants what the next lower one does. */
function roleOf(number: number): Role {
  if (number >= roleNumbers.own) return "own";
  if (number >= roleNumbers.edit) return "edit";
  return number >= roleNumbers.comment ? "comment" : "view";
}

/** One tab's state in an awareness message. */
export interface AwarenessEntry {
  client: number;
  clock: number;
  /** JSON; null says that the tab left. */
  state: string;
}

export function decodeAwareness(states: Uint8Array): AwarenessEntry[] {
  const input = decoding.createDecoder(states);
  const entries: AwarenessEntry[] = [];
  for (let left = decoding.readVarUint(input); left > 0; left--) {
    const client = decoding.readVarUint(input);
    const clock = decoding.readVarUint(input);
    entries.push({ client, clock, state: decoding.readVarString(input) });
  }
  return entries;
}

export function encodeAwareness(entries: readonly AwarenessEntry[]): Uint8Array {
  return encoding.encode((out) => {
    encoding.writeVarUint(out, entries.length);
    for (const { client, clock, state } of entries) {
      encoding.writeVarUint(out, client);
      encoding.writeVarUint(out, clock);
      encoding.writeVarString(out, state);
    }
  });
}

/** Inflates a packed message; stops with an error as soon as it grows beyond `max`. */
export async function unpack(codec: number, bytes: Uint8Array, max = messageBytesMax): Promise<Message> {
  if (codec !== deflateRaw) throw new Error(`no codec ${codec}`);
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const reader = packed.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    parts.push(next.value);
    if (size <= max) continue;
    await reader.cancel();
    throw new Error("a packed message inflates beyond the limit");
  }
  const message = decode(joined(parts, size));
  if (message.kind === "packed") throw new Error("a packed message contains another");
  return message;
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
