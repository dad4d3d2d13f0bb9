import { expect, test, vi } from "vitest";
import type { Document } from "../../session/api";
import { createList, type ListCalls } from "./list";
import { questionOf } from "./list-ask";

const document = (id: string, over: Partial<Document> = {}): Document => ({
  id,
  title: `Title ${id}`,
  role: "own",
  updated_ms: Number(id),
  created_ms: 0,
  trashed_ms: null,
  via: "own",
  opened_ms: null,
  asked: null,
  requests: 0,
  notes: 0,
  mentions: 0,
  purge_ms: null,
  epoch: 0,
  owner: { author: "a", display: "Maren Holt", peer: 6, guest: false },
  url: `/d/${id}`,
  ...over,
});

const listed = (documents: Document[], mark = "as it was") => ({ documents, mark });

function make(initial: Document[], over: Partial<ListCalls> = {}) {
  const say = vi.fn<ListCalls["say"]>();
  const calls = {
    load: vi.fn(async () => listed([document("9", { trashed_ms: 1 })])),
    create: vi.fn(async () => document("10", { title: "" })),
    rename: vi.fn(async (id: string, title: string) => document(id, { title })),
    trash: vi.fn(async () => {}),
    restore: vi.fn(async (id: string) => document(id)),
    erase: vi.fn(async () => {}),
    leave: vi.fn(async () => {}),
    open: vi.fn(),
    say,
    ...over,
  } satisfies ListCalls;
  return { list: createList(calls, listed(initial)), calls, say };
}

const ids = (rows: readonly Document[]) => rows.map((row) => row.id);

test("newest first, by tab and by search", () => {
  const { list } = make([document("1"), document("3", { role: "edit", opened_ms: 9 }), document("2")]);
  expect(ids(list.rows.value)).toEqual(["3", "2", "1"]);
  list.show("mine");
  expect(ids(list.rows.value)).toEqual(["2", "1"]);
  list.show("shared");
  expect(ids(list.rows.value)).toEqual(["3"]);
  list.search("title 2");
  expect(ids(list.rows.value)).toEqual([]);
});

test("the trash is asked for once, when it is looked at", async () => {
  const { list, calls } = make([document("1")]);
  list.show("trash");
  list.show("recent");
  list.show("trash");
  await vi.waitFor(() => expect(ids(list.rows.value)).toEqual(["9"]));
  expect(calls.load).toHaveBeenCalledExactlyOnceWith(true);
});

test("trashing shows at once and can be undone", async () => {
  const { list, say } = make([document("1"), document("2")]);
  const done = list.trash(document("1"));
  expect(ids(list.rows.value)).toEqual(["2"]);
  await done;
  say.mock.calls[0]?.[1]?.();
  await vi.waitFor(() => expect(ids(list.rows.value)).toEqual(["2", "1"]));
});

test("what the server refuses is taken back, with its sentence", async () => {
  const { list, calls } = make([document("1")], { rename: async () => Promise.reject(new Error("Not now.")) });
  await list.rename(document("1"), "Other");
  expect(list.rows.value[0]?.title).toBe("Title 1");
  expect(calls.say).toHaveBeenCalledWith("Not now.");
});

test("a list with nothing but trash is empty, and its trash can be seen", () => {
  const { list } = make([document("1", { trashed_ms: 4 })]);
  expect(list.empty.value).toBe(true);
  list.show("trash");
  expect(list.empty.value).toBe(false);
});

test("one file is opened, several are only put in the list", async () => {
  const { list, calls } = make([]);
  await list.bring([new File(["# A"], "a.md")]);
  expect(calls.create).toHaveBeenCalledWith("# A");
  expect(calls.open).toHaveBeenCalledOnce();
  await list.bring([new File(["a"], "a.md"), new File(["b"], "b.md")]);
  expect(calls.open).toHaveBeenCalledOnce();
});

test("nothing is deleted for good without being sure, and the question names what is lost", async () => {
  const { list, calls } = make([document("1", { trashed_ms: 4 })]);
  list.show("trash");
  list.askErase(document("1", { trashed_ms: 4 }));
  expect(calls.erase).not.toHaveBeenCalled();
  expect(list.question.value && questionOf(list.question.value).sentence).toContain("“Title 1”, its versions and its links are gone");
  list.question.value?.run();
  expect(calls.erase).toHaveBeenCalledExactlyOnceWith("1");
});

test("what cannot be deleted comes back, with the sentence", async () => {
  const { list, say } = make([document("1", { trashed_ms: 4 })], { erase: async () => Promise.reject(new Error("Not now.")) });
  list.show("trash");
  list.askEmpty();
  list.question.value?.run();
  await vi.waitFor(() => expect(say).toHaveBeenCalledWith("Not now."));
  expect(ids(list.rows.value)).toContain("1");
});

test("a refresh shows what the server has now, and who is in stays", async () => {
  const { list } = make([document("1")], { load: async () => listed([document("2", { requests: 1 })]) });
  list.meet("2", [{ author: "a", display: "Ada", peer: 1, guest: false }]);
  await list.refresh();
  expect(ids(list.rows.value)).toEqual(["2"]);
  expect(list.present.value.get("2")?.[0]?.display).toBe("Ada");
  list.meet("2", []);
  expect(list.present.value.size).toBe(0);
});

test("the list is asked for again only when the server has another one", async () => {
  const { list, calls } = make([document("1")], { load: vi.fn(async () => listed([document("2")], "later")) });
  await list.catchUp("as it was");
  expect(calls.load).not.toHaveBeenCalled();
  await list.catchUp("later");
  expect(ids(list.rows.value)).toEqual(["2"]);
  await list.catchUp("later");
  expect(calls.load).toHaveBeenCalledOnce();
});

test("what is in the trash is asked for again, whatever the list is", async () => {
  const { list, calls } = make([document("1")]);
  list.show("trash");
  await vi.waitFor(() => expect(ids(list.rows.value)).toEqual(["9"]));
  await list.catchUp("as it was");
  expect(calls.load).toHaveBeenCalledTimes(3);
});

test("notes and mentions are counted as they come, and nothing is loaded for them", () => {
  const { list, calls } = make([document("1"), document("2")]);
  list.counted("1", 3);
  list.mentioned("1");
  list.mentioned("1");
  list.counted("unknown", 1);
  const [one] = list.rows.value.filter((it) => it.id === "1");
  expect(one).toMatchObject({ notes: 3, mentions: 2 });
  expect(calls.load).not.toHaveBeenCalled();
});
