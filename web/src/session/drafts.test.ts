// @vitest-environment node
import { beforeEach, expect, test } from "vitest";
import { ageMaxMs, createDrafts, documentsMax, type Draft, repliesMax } from "./drafts";

/** As much of `localStorage` as is used. */
class Memory implements Storage {
  readonly items = new Map<string, string>();
  full = false;
  get length() {
    return this.items.size;
  }
  clear = () => this.items.clear();
  key = (index: number) => [...this.items.keys()][index] ?? null;
  getItem = (key: string) => this.items.get(key) ?? null;
  removeItem = (key: string) => void this.items.delete(key);
  setItem(key: string, value: string) {
    if (this.full) throw new DOMException("full", "QuotaExceededError");
    this.items.set(key, value);
  }
}

let storage: Memory;
let clock: number;
const draft: Draft = { passage: { anchor: { start: 1 }, quote: "q", before: "b", after: "a", heading: "h" }, body: "So" };
const open = (document = "d", author = "ada") => createDrafts({ document, author, storage, now: () => clock });

beforeEach(() => {
  storage = new Memory();
  clock = 1_800_000_000_000;
});

test("what was begun is there after the tab was closed, for that document and person only", () => {
  const drafts = open();
  drafts.note.value = draft;
  drafts.setReply("n1", "Yes, ");
  drafts.setReply("n1", "Yes, but");
  const again = open();
  expect([again.note.value, again.reply("n1"), again.reply("n2")]).toEqual([draft, "Yes, but", ""]);
  expect([open("d", "grace").note.value, open("e").reply("n1")]).toEqual([null, ""]);
});

test("what was posted or emptied leaves nothing behind", () => {
  const drafts = open();
  drafts.note.value = draft;
  drafts.setReply("n1", "Yes");
  drafts.note.value = null;
  drafts.setReply("n1", "");
  expect([drafts.reply("n1"), storage.length]).toEqual(["", 0]);
});

test("two tabs do not undo each other", () => {
  const [first, second] = [open(), open()];
  first.note.value = draft;
  second.setReply("n1", "Here");
  first.setReply("n2", "There");
  expect([open().note.value, open().reply("n1"), open().reply("n2")]).toEqual([draft, "Here", "There"]);
});

test("the oldest replies give way, and so do old drafts and old documents", () => {
  const drafts = open();
  for (let reply = 0; reply <= repliesMax; reply++) drafts.setReply(`n${reply}`, "x");
  expect([open().reply("n0"), open().reply("n1")]).toEqual(["", "x"]);
  for (let document = 0; document < documentsMax + 5; document++) {
    clock += 1;
    open(`d${document}`).setReply("n", "x");
  }
  open();
  expect([storage.length, open("d4").reply("n"), open("d104").reply("n")]).toEqual([documentsMax, "", "x"]);
  clock += ageMaxMs;
  expect([open("d104").reply("n"), storage.length]).toEqual(["", 0]);
});

test("without storage, or room in it, drafts live as long as the page", () => {
  storage.full = true;
  for (const drafts of [open(), createDrafts({ document: "d", author: "a", storage: null })]) {
    drafts.note.value = draft;
    drafts.setReply("n1", "Yes");
    expect([drafts.note.value, drafts.reply("n1")]).toEqual([draft, "Yes"]);
  }
});

test("what somebody else wrote into the storage is no draft", () => {
  const key = "galley.drafts.d.ada";
  for (const strange of ["{", "7", "null", `{"v":1}`, `{"v":1,"at":${clock},"note":{"body":1},"replies":[1,{"note":2},{"__proto__":{}}]}`, `{"v":2,"at":${clock}}`]) {
    storage.items.set(key, strange);
    const drafts = open();
    drafts.setReply("n1", "Yes");
    expect([drafts.note.value, open().reply("n1")]).toEqual([null, "Yes"]);
  }
});
