import { expect, test, vi } from "vitest";
import type { AccessRequest, LinkRole, Member } from "../../session/api";
import { type AccessCalls, createAccess } from "./access";

const person = (name: string) => ({ author: `id-${name}`, display: name, peer: 1, guest: false, name });
const member = (name: string, role: LinkRole, added_ms = 0): Member => ({ ...person(name), role, added_ms });
const request: AccessRequest = { ...person("eve"), role: "edit", message: "please", at_ms: 0 };

const calls: AccessCalls = {
  members: vi.fn(async () => ({ owner: person("ada"), members: [member("bob", "edit", 1)] })),
  requests: vi.fn(async () => [request]),
  add: vi.fn(async (name, role) => {
    if (name === "nobody") throw new Error("Nobody here has this account name.");
    return member(name, role, 2);
  }),
  change: vi.fn(async (_author, role) => member("bob", role, 1)),
  remove: vi.fn(async () => {}),
  handOver: vi.fn(async () => {}),
  allow: vi.fn(async (_author, role) => member("eve", role, 3)),
  decline: vi.fn(async () => {}),
};

const settled = () => new Promise((done) => setTimeout(done));

test("somebody added is shown, and why not is said", async () => {
  const access = createAccess(calls);
  access.load("own");
  await settled();
  expect(await access.add("carol", "view")).toBe(true);
  expect(access.members.value?.map((it) => it.display)).toEqual(["bob", "carol"]);
  expect(await access.add("nobody", "view")).toBe(false);
  expect(access.problem.value).toEqual({ at: "add", sentence: "Nobody here has this account name." });
});

test("a request that is answered is gone, and its person is a member", async () => {
  const access = createAccess(calls);
  access.load("own");
  await settled();
  access.allow(request, "comment");
  await settled();
  expect(access.requests.value).toEqual([]);
  expect(access.members.value?.find((it) => it.display === "eve")?.role).toBe("comment");
});

test("nobody asks for what he may not know", async () => {
  vi.clearAllMocks();
  createAccess(calls).load("edit");
  createAccess(calls).load("comment");
  await settled();
  expect(calls.requests).not.toHaveBeenCalled();
  expect(calls.members).toHaveBeenCalledTimes(1);
});

test("after handing over one is a member, and the requests are somebody else’s", async () => {
  const access = createAccess(calls);
  access.load("own");
  await settled();
  access.handOver(member("bob", "edit", 1));
  await settled();
  expect(calls.handOver).toHaveBeenCalledWith("bob");
  expect(access.requests.value).toBeNull();
});
