import { expect, test } from "vitest";
import type { Peer } from "../../../session/session";
import { drivenOf, lineOfPeer, Windows } from "./follow";
import type { Pane } from "./panes";

const peer = (client: number, author: string, over: Partial<Peer> = {}): Peer => ({
  client,
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

test("of somebody's windows the one that moved last is where they are", () => {
  const windows = new Windows();
  const latest = (desk: number | null, phone: number | null) =>
    windows.latest([peer(1, "ama", { line: desk }), peer(2, "ama", { line: phone }), peer(3, "zoe", { line: 9 })], "ama")?.client;
  expect(latest(1, 2)).toBe(1);
  expect(latest(1, 3)).toBe(2);
  expect(latest(1, 3)).toBe(2);
  expect(latest(4, 3)).toBe(1);
});

test("before anything moves, where they write, and where they are awake", () => {
  const choose = (...peers: Peer[]) => new Windows().latest(peers, "ama")?.client;
  expect(choose(peer(1, "ama"), peer(2, "ama", { editing: true }))).toBe(2);
  expect(choose(peer(1, "ama", { idle: true }), peer(2, "ama"))).toBe(2);
  expect(choose(peer(1, "ama", { idle: true }))).toBe(1);
  expect(choose(peer(1, "ama", { self: true }), peer(2, "zoe"))).toBeUndefined();
});

test("an editor that says no line is found by its caret", () => {
  const text = "one\ntwo\nthree";
  expect(lineOfPeer({ line: 7.5, offset: 5 }, { text })).toBe(7.5);
  expect(lineOfPeer({ line: null, offset: 5 }, { text })).toBe(1);
  expect(lineOfPeer({ line: null, offset: null }, { text })).toBeNull();
});

test("scrolling apart only the text goes along", () => {
  const panes = [{ side: "source" }, { side: "sheet" }] as Pane[];
  expect(drivenOf(panes, true)).toBe(panes);
  expect(drivenOf(panes, false).map(({ side }) => side)).toEqual(["sheet"]);
  expect(drivenOf(panes.slice(0, 1), false).map(({ side }) => side)).toEqual(["source"]);
});
