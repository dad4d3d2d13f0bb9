import { expect, test } from "vitest";
import type { Peer } from "../../session/session";
import { gather } from "./people";

const peer = (author: string, over: Partial<Peer> = {}): Peer => ({
  client: 1,
  author,
  name: author,
  peer: 1,
  guest: false,
  self: false,
  idle: false,
  editing: false,
  offset: null,
  line: null,
  call: null,
  ...over,
});

test("yourself first, one face a person, awake when one window is", () => {
  const people = gather([
    peer("zoe", { idle: true }),
    peer("ama"),
    peer("me", { self: true }),
    peer("zoe", { editing: true }),
  ]);
  expect(people.map((it) => it.author)).toEqual(["me", "ama", "zoe"]);
  expect(people[2]).toMatchObject({ idle: false, editing: true });
});
