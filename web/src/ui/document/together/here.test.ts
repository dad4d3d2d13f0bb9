import { expect, test } from "vitest";
import type { Peer } from "../../../session/session";
import { sumOf } from "./here";

const person = (over: Partial<Peer>) => ({ self: false, idle: false, editing: false, ...over }) as Peer;

test("everybody counts once: writing, reading, or idle", () => {
  expect(sumOf([person({ self: true, editing: true }), person({ editing: true }), person({}), person({ idle: true, editing: true })])).toBe(
    "2 writing, 1 reading, 1 idle",
  );
  expect(sumOf([person({ self: true, idle: true })])).toBe("1 reading");
});
