import { expect, test } from "vitest";
import type { Files, StoredFile } from "../../session/api";
import { about, bytes, createFilesList, removalOf, room, textOf } from "./files-list";

const by = { author: "a", display: "Ada", peer: 1, guest: false };
const stored = (over: Partial<StoredFile> = {}): StoredFile => ({ name: "n", url: "/u/d/n", original: "a_b.png", picture: { width: 3, height: 2 }, bytes: 2_048, at_ms: 0, by, used: true, ...over });

test.each([[0, "0 bytes"], [1, "1 byte"], [999, "999 bytes"], [1_024, "1 KB"], [340_000, "332 KB"], [1_300_000, "1.2 MB"], [10 * 1024 * 1024, "10 MB"], [1024 ** 3, "1 GB"]])("%i is %s", (n, says) =>
  expect(bytes(n)).toBe(says.replace(" ", "\u00a0")));

test("a file in words, and as the text has it", () => {
  expect(about(stored(), 30_000)).toBe("3 × 2 · 2\u00a0KB · Ada, a moment ago");
  expect(textOf(stored())).toBe("![a b](/u/d/n)");
  expect(textOf(stored({ picture: null, original: "a.pdf" }))).toBe("[a.pdf](/u/d/n)");
  expect(removalOf(stored())).toContain("a gap for everybody");
  expect(removalOf(stored({ used: false }))).toContain("does not mention it");
});

test("what is removed is gone from the list and from the sums, and a refusal is a sentence", async () => {
  const known: Files = { files: [stored(), stored({ name: "m" })], bytes: 4_096, quota_bytes: 10_000, owner_bytes: 5_000 };
  let works = true;
  const list = createFilesList({ load: async () => known, remove: async () => (works ? undefined : Promise.reject(new Error("Not now."))) });
  await list.load();
  await list.remove(stored());
  expect(list.files.value).toMatchObject({ files: [{ name: "m" }], bytes: 2_048, owner_bytes: 2_952 });
  works = false;
  await list.remove(stored({ name: "m" }));
  expect([list.files.value?.files.length, list.problem.value]).toEqual([1, "Not now."]);
});

test("the space is the owner's", () => {
  const known: Files = { files: [stored()], bytes: 2_048, quota_bytes: 1024 ** 3, owner_bytes: 4_096 };
  expect(room(known, null)).toBe("1 file, 2\u00a0KB. All your documents together use 4\u00a0KB of 1\u00a0GB.");
  expect(room(known, "Ada")).toBe("1 file, 2\u00a0KB. All of Ada’s documents together use 4\u00a0KB of 1\u00a0GB.");
});
