// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api } from "./api";
import { ApiError } from "./call";

const answer = vi.fn<typeof fetch>();
const asked = () => answer.mock.calls.map(([path, init]) => [init?.method, path, init?.body && JSON.parse(init.body as string)]);

beforeEach(() => {
  answer.mockReset().mockImplementation(async () => new Response(null, { status: 204 }));
  vi.stubGlobal("fetch", answer);
});
afterEach(() => vi.unstubAllGlobals());

test("what is asked about notes and replies", async () => {
  const passage = { anchor: { start: 1 }, quote: "q", before: "b", after: "a", heading: "h" };
  const { notes } = api;
  await notes.create("d", { id: "n", body: "Why?", ...passage });
  await notes.edit("d", "n", "So");
  await notes.resolve("d", "n", true);
  await notes.attach("d", "n", passage);
  await notes.reply("d", "n", { id: "r", body: "Yes" });
  await notes.editReply("d", "n", "r", "No");
  await notes.removeReply("d", "n", "r");
  await notes.react("d", "n", null, ["👍"]);
  await notes.react("d", "n", "r/", []);
  await notes.remove("d", "n");
  const at = "/api/documents/d/notes";
  expect(asked()).toEqual([
    ["POST", at, { id: "n", body: "Why?", ...passage }],
    ["PATCH", `${at}/n`, { body: "So" }],
    ["PATCH", `${at}/n`, { resolved: true }],
    ["PATCH", `${at}/n`, passage],
    ["POST", `${at}/n/replies`, { id: "r", body: "Yes" }],
    ["PATCH", `${at}/n/replies/r`, { body: "No" }],
    ["DELETE", `${at}/n/replies/r`, null],
    ["POST", `${at}/n/reactions`, { emoji: ["👍"] }],
    ["POST", `${at}/n/replies/r%2F/reactions`, { emoji: [] }],
    ["DELETE", `${at}/n`, null],
  ]);
});

test("a refusal is the server's sentence", async () => {
  const error = { code: "read_only", message: "Ask the owner for more." };
  answer.mockResolvedValue(new Response(JSON.stringify({ error }), { status: 403 }));
  await expect(api.notes.edit("d", "n", "x")).rejects.toEqual(new ApiError("read_only", "Ask the owner for more.", 403));
});

test("the people of a document come as a list", async () => {
  const people = [{ author: "a", display: "Ada", peer: 3, guest: false, role: "own" }];
  answer.mockResolvedValue(Response.json({ people }));
  expect(await api.people("d")).toEqual(people);
  expect(asked()).toEqual([["GET", "/api/documents/d/people", null]]);
});
