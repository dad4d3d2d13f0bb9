import "fake-indexeddb/auto";
import { afterEach, expect, test, vi } from "vitest";
import { forgetMe, here, hereOnDisk, remember } from "./here";

const page = {
  me: { kind: "account", author: "a-1", name: "ada", display: "Ada", peer: 3, admin: false },
  build: "1",
  secure: true,
  signup: "open",
  limits: { file_bytes: 10, import_bytes: 20 },
} as const;

afterEach(() => localStorage.clear());

test("OF30 a page without the server knows who was here last, and nothing of any document", () => {
  remember({ ...page, ...{ document: { title: "Secret" } } });
  expect(here()).toEqual(page);
  expect(localStorage.getItem("galley.here")).not.toContain("Secret");
});

test("OF30 a browser that was killed before it had written that down knows it all the same, until they sign out", async () => {
  remember(page);
  localStorage.clear();
  await vi.waitFor(async () => expect(await hereOnDisk()).toEqual(page));
  await forgetMe();
  expect(await hereOnDisk()).toBeNull();
});

test("OF30 signing out is forgetting; a page for nobody is not", async () => {
  remember(page);
  remember({ ...page, me: { kind: "nobody" } });
  expect(here()?.me.author).toBe("a-1");
  await forgetMe();
  expect(here()).toBeNull();
});

test("OF30 what cannot be read is nobody", () => {
  localStorage.setItem("galley.here", "{");
  expect(here()).toBeNull();
});
