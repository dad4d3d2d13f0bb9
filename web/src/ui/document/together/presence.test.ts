import { expect, test } from "vitest";
import { Presence } from "./presence";

const people = (...names: string[]) => names.map((name) => ({ author: name.toLowerCase(), name, self: false }));

test("at first nobody has joined; then who has, and who has left, in one sentence each", () => {
  const presence = new Presence();
  expect(presence.look(people("Zoe"))).toBeNull();
  expect(presence.look(people("Zoe"))).toBeNull();
  expect(presence.look(people("Zoe", "Ama"))).toBe("Ama joined.");
  expect(presence.look(people("Zoe", "Ama", "Tomasz", "Ines"))).toBe("Tomasz and Ines joined.");
  expect(presence.look(people("Zoe"))).toBe("3 people left.");
  expect(presence.look(people("Ama"))).toBe("Ama joined. Zoe left.");
});

test("a second window, a new name and oneself are no news", () => {
  const presence = new Presence();
  presence.look(people("Ama"));
  const renamed = { author: "ama", name: "Ama Serwaa", self: false };
  expect(presence.look([renamed, renamed, { author: "me", name: "Me", self: true }, { author: "me", name: "Me", self: false }])).toBeNull();
});

test("after an outage one looks around first", () => {
  const presence = new Presence();
  presence.look(people("Ama"));
  presence.forget();
  expect(presence.look(people("Zoe"))).toBeNull();
  expect(presence.look([])).toBe("Zoe left.");
});
