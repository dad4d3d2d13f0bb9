import { expect, test, vi } from "vitest";
import type { Holding, Invite, User } from "../../session/api";
import { type AdminCalls, createAdmin } from "./admin";

const user: User = {
  author: "b",
  name: "bob",
  display: "Bob",
  peer: 2,
  admin: false,
  suspended_ms: null,
  created_ms: 0,
  documents: 3,
};
const invite: Invite = { id: "i", label: "", url: "https://h/#invite=x", created_ms: 0, expires_ms: 1, used_by: null };

const holding: Holding = {
  id: "d",
  owner: { author: "b", display: "Bob", peer: 2, guest: false, name: "bob" },
  created_ms: 0,
  updated_ms: 0,
  trashed_ms: null,
};

const calls: AdminCalls = {
  users: async () => [user],
  patchUser: vi.fn(async (_author, change) => {
    if (change.admin === false) throw new Error("A server needs somebody who administers it.");
    return { ...user, suspended_ms: 5 };
  }),
  resetUser: async () => ({ url: "https://h/#reset=x", expires_ms: 1 }),
  invites: async () => [],
  invite: async (label) => ({ ...invite, label }),
  removeInvite: async () => {},
  documents: async () => [holding],
  patchDocument: vi.fn(async (_id, { owner = "" }) => {
    if (owner === "nobody") throw new Error("There is no such account.");
    return { ...holding, owner: { ...holding.owner, name: owner } };
  }),
};

test("what the server makes of somebody is what is shown", async () => {
  const admin = createAdmin(calls);
  await admin.users.load();
  admin.changeUser(user, { suspended: true });
  await vi.waitFor(() => expect(admin.users.items.value?.[0]?.suspended_ms).toBe(5));
  admin.changeUser(user, { admin: false });
  await vi.waitFor(() => expect(admin.users.problem.value).toBe("A server needs somebody who administers it."));
  expect(admin.users.items.value).toHaveLength(1);
});

test("an address for a new password names whose it is", async () => {
  const admin = createAdmin(calls);
  admin.resetUser(user);
  await vi.waitFor(() => expect(admin.reset.value).toEqual({ name: "Bob", url: "https://h/#reset=x" }));
});

test("invitations come and go", async () => {
  const admin = createAdmin(calls);
  expect(await admin.invite("Carol")).toBe(true);
  expect(admin.invites.items.value?.[0]?.label).toBe("Carol");
  admin.withdraw(invite);
  await vi.waitFor(() => expect(admin.invites.items.value).toEqual([]));
});

test("a document goes to its new owner, and a refusal is for its own row", async () => {
  const admin = createAdmin(calls);
  await admin.documents.load();
  expect(await admin.handOver(holding, "nobody")).toBe("There is no such account.");
  expect(admin.documents.problem.value).toBeNull();
  expect(await admin.handOver(holding, "carol")).toBeNull();
  expect(admin.documents.items.value?.[0]?.owner.name).toBe("carol");
});
