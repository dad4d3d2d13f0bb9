// @vitest-environment node
import { signal } from "@preact/signals";
import { expect, test, vi } from "vitest";
import { ApiError } from "../../session/call";
import { aCard, aDocument, FakeDevice } from "../../session/device/test/fake";
import type { Reach } from "../../session/reach";
import { amount } from "../kept/words";
import { createList, type ListCalls } from "./list";
import { canOpen, markOf } from "./marks";
import { createShelf } from "./shelf";
import { fillShelf } from "./shelving";

const settled = () => new Promise((done) => setTimeout(done));

async function shelved(device: FakeDevice, first: Reach = "here") {
  const reach = signal<Reach>(first);
  const shelf = createShelf(reach);
  const { heard } = fillShelf(shelf, device, () => 1_000_000);
  await settled();
  return { shelf, heard, reach };
}

const ids = (documents: readonly { id: string }[]) => documents.map(({ id }) => id);

test("OF50: offline the list is what the server said last, and what is on the device", async () => {
  const device = new FakeDevice(aCard("a"), aCard("b"));
  const { shelf, reach } = await shelved(device);
  const known = [aDocument("a"), aDocument("c")];
  expect(ids(shelf.with(known))).toEqual(["a", "c"]);
  reach.value = "away";
  expect(ids(shelf.with(known))).toEqual(["a", "c", "b"]);
  const opens = (id: string) => canOpen(shelf.cards.value.get(id), reach.value);
  expect([opens("a"), opens("b"), opens("c")]).toEqual([true, true, false]);
});

test("OF51: what waits is in the list, whether the server lists it or not", async () => {
  const device = new FakeDevice(aCard("a", { born: true }), aCard("b", { edits: 1, stranded: "gone" }), aCard("c"));
  const { shelf } = await shelved(device);
  expect(ids(shelf.with([]))).toEqual(["a", "b"]);
});

test("OF51: marks say what waits, in one word where it is one kind", () => {
  const mark = (card: ReturnType<typeof aCard>, reach: Reach = "away", role: "own" | "view" = "own") => markOf(aDocument("a", { role }), card, reach);
  expect(mark(aCard("a"))).toEqual({ kind: "none" });
  expect(mark(aCard("a", { edits: 3 }))).toEqual({ kind: "waiting", words: "3 edits waiting", calm: false });
  expect(mark(aCard("a", { edits: 3 }), "here")).toMatchObject({ calm: true });
  expect(mark(aCard("a", { born: true }))).toMatchObject({ words: "Not on the server yet" });
  expect(mark(aCard("a", { born: true, edits: 1 }))).toMatchObject({ words: "Not on the server yet: 1 edit" });
  expect(mark(aCard("a", { edits: 2, stranded: "access" }))).toEqual({ kind: "stranded", words: "You no longer have access: 2 edits not sent" });
  expect(mark(aCard("a", { edits: 2 }), "here", "view")).toEqual({ kind: "stranded", words: "You can no longer edit: 2 edits not sent" });
  expect(amount({ edits: 2, notes: 1, files: 1 })).toBe("2 edits, 1 note and 1 file");
});

test("OF52: a copy nothing waits in goes when the server lists its document no more, unless a page has it open or it is new", async () => {
  const [fresh, old] = [aCard("fresh"), aCard("old")];
  const device = new FakeDevice(old, { ...fresh, openedMs: 999_000 }, aCard("open"), aCard("kept", { edits: 1 }), aCard("born", { born: true }));
  const { heard } = await shelved(device);
  await heard([], new Set(["open"]));
  expect(ids(await device.cards())).toEqual(["fresh", "open", "kept", "born"]);
});

test("OF52: access that came back makes a stranded document try again", async () => {
  const device = new FakeDevice(aCard("a", { edits: 1, stranded: "access" }));
  const { heard } = await shelved(device);
  await heard([aDocument("a", { title: "" })], new Set());
  // What it is called here is newer than what the server knows.
  expect(await device.card("a")).toMatchObject({ stranded: null, document: { title: "Title of a" } });
});

test("OF59: a document made here is called by its text, also if its page ended while its title was typed", async () => {
  const device = new FakeDevice(aCard("a", { born: true, edits: 9 }), aCard("b", { born: true, edits: 9 }), aCard("c", { edits: 9 }));
  const titled = (id: string, title: string) => device.put(aDocument(id, { title }));
  await Promise.all([titled("a", "Second on the tra"), titled("b", "Drawn bold"), titled("c", "Sec")]);
  for (const [id, text] of Object.entries({ a: "# Second on the train", b: "# Drawn *bold*", c: "# Second" })) device.texts.set(id, { text, shared: "" });
  const { shelf } = await shelved(device, "away");
  const titles = () => shelf.with([]).map(({ title }) => title);
  // What the server named is not read again whenever it is listed.
  await vi.waitFor(() => expect(titles()).toEqual(["Second on the train", "Drawn bold", "Sec"]));
  // On its way the server knows it, and not yet by its whole name.
  await device.put(aDocument("a", { title: "Second on the tra" }), { born: false });
  await vi.waitFor(() => expect(shelf.cards.value.get("a")?.born).toBe(false));
  expect(titles()[0]).toBe("Second on the train");
});

function listed(reach: Reach, over: Partial<ListCalls> = {}) {
  const shelf = createShelf(signal(reach));
  const calls = {
    load: vi.fn(async () => ({ documents: [], mark: "" })),
    create: vi.fn(async () => aDocument("server")),
    bear: vi.fn(async () => aDocument("device")),
    rename: vi.fn(),
    trash: vi.fn(),
    restore: vi.fn(),
    erase: vi.fn(),
    leave: vi.fn(),
    open: vi.fn(),
    say: vi.fn(),
    ...over,
  } satisfies ListCalls;
  return { list: createList(calls, { documents: [], mark: "" }, shelf), calls };
}

test("OF59: without a server a new document is made on this device and opened", async () => {
  const { list, calls } = listed("away");
  await list.create();
  expect(calls.create).not.toHaveBeenCalled();
  expect(calls.open).toHaveBeenCalledWith(expect.objectContaining({ id: "device" }));
});

test("OF59: a server that turns out to be away makes it here; one that refuses does not", async () => {
  const away = listed("here", { create: vi.fn(() => Promise.reject(new ApiError("unreachable", "No.", 0))) });
  await away.list.create();
  expect(away.calls.bear).toHaveBeenCalledOnce();
  const full = listed("here", { create: vi.fn(() => Promise.reject(new ApiError("quota", "Too many documents.", 403))) });
  await full.list.create();
  expect(full.calls.bear).not.toHaveBeenCalled();
  expect(full.calls.say).toHaveBeenCalledWith("Too many documents.");
});
