// @vitest-environment node
import { expect, test } from "vitest";
import type { Me } from "./api";
import { ApiError } from "./call";
import { watchReach } from "./reach";
import { VirtualWorld } from "./test/virtual";

const ada: Me = { kind: "account", author: "a", name: "ada", display: "Ada", peer: 1, admin: false };

function watched(first: "here" | "away", answers: (Me | null)[]) {
  const world = new VirtualWorld();
  let asked = 0;
  const me = () => {
    const answer = answers[Math.min(asked++, answers.length - 1)];
    return answer ? Promise.resolve(answer) : Promise.reject(new ApiError("unreachable", "No.", 0));
  };
  const reach = watchReach("a", first, { me, onWake: world.onWake, onSleep: world.onSleep, later: (ms, run) => world.later(ms, run) });
  return { reach, world, asked: () => asked };
}

const settled = () => new Promise((done) => setTimeout(done));

test("OF50: a page that came from the device asks until the server answers", async () => {
  const { reach, world, asked } = watched("away", [null, null, ada]);
  await settled();
  expect([reach.state.value, asked()]).toEqual(["away", 1]);
  world.pass(1_000);
  await settled();
  world.pass(1_999);
  await settled();
  expect([reach.state.value, asked()]).toEqual(["away", 2]);
  world.pass(1);
  await settled();
  expect(reach.state.value).toBe("here");
});

test("OF50: a doubt that the server disperses changes nothing", async () => {
  const { reach } = watched("here", [ada]);
  await reach.doubt();
  expect(reach.state.value).toBe("here");
});

test("OF56: somebody else, or nobody, is signed out", async () => {
  const { reach } = watched("here", [{ kind: "nobody" }, { ...ada, author: "b" }, ada]);
  await reach.doubt();
  expect(reach.state.value).toBe("signed-out");
  await reach.doubt();
  expect(reach.state.value).toBe("signed-out");
  await reach.doubt();
  expect(reach.state.value).toBe("here");
});

test("OF50: waking asks at once", async () => {
  const { reach, world, asked } = watched("away", [null, ada]);
  await settled();
  world.wake();
  await settled();
  expect([reach.state.value, asked()]).toEqual(["here", 2]);
});
