// @vitest-environment node
import { beforeEach, expect, test } from "vitest";
import * as Y from "yjs";
import { openDevice, strandedId } from "./device";
import { stores, transact } from "./database";
import { aDocument } from "./test/fake";
import { VirtualBrowser } from "./test/place";

let browser: VirtualBrowser;

beforeEach(() => {
  browser = new VirtualBrowser();
});

const here = () => openDevice("a", browser.tab());

async function write(device: ReturnType<typeof here>, id: string, text: string): Promise<void> {
  const copy = device.copy(id);
  const doc = new Y.Doc();
  doc.getText("content").insert(0, text);
  copy.mine(Y.encodeStateAsUpdate(doc), 1);
  await copy.flush();
  copy.close();
}

test("cards say what waits, whoever put it there, and come last opened first", async () => {
  const device = here();
  await device.put(aDocument("old"), { openedMs: 1 });
  await device.put(aDocument("new"), { openedMs: 2, born: true });
  await write(device, "old", "x");
  const database = await device.database();
  await transact(database, [stores.queue], "readwrite", (store) => {
    for (const kind of ["notes", "notes", "file"]) store(stores.queue).add({ document: "old", id: kind, at: 0, kind, body: null });
  });
  const cards = await device.cards();
  expect(cards.map(({ id, born, waiting }) => ({ id, born, waiting }))).toEqual([
    { id: "new", born: true, waiting: { edits: 0, notes: 0, files: 0 } },
    { id: "old", born: false, waiting: { edits: 1, notes: 2, files: 1 } },
  ]);
  await device.put(aDocument("old", { title: "Renamed" }));
  expect(await device.card("old")).toMatchObject({ document: { title: "Renamed" }, openedMs: 1, waiting: { edits: 1 } });
});

test("forgotten is gone; what a tab still wrote that had not heard of it is not lost", async () => {
  const device = here();
  await device.put(aDocument("d"));
  await write(device, "d", "text");
  await device.forget("d");
  expect([await device.card("d"), await device.text("d"), await device.cards()]).toEqual([null, null, []]);
  await write(openDevice("a", browser.tab()), "d", "in between");
  await device.put(aDocument("d"));
  expect(await device.text("d")).toBe("in between");
});

test("another tab is told of what changed", async () => {
  const [one, two] = [here(), here()];
  let told = 0;
  two.onChange(() => (told += 1));
  await one.put(aDocument("d"));
  await write(one, "d", "x");
  await one.forget("d");
  expect(told).toBe(3);
});

test("OF7: a copy of another history with nothing waiting gives way", async () => {
  const device = here();
  await device.put(aDocument("d"));
  const copy = device.copy("d");
  copy.theirs(Y.encodeStateAsUpdate(new Y.Doc()));
  await copy.flush();
  await device.put(aDocument("d", { epoch: 2 }));
  expect((await device.cards()).map(({ id, document: { epoch } }) => [id, epoch])).toEqual([["d", 2]]);
});

test("OF7: with edits waiting it is kept aside and not poured into the new one", async () => {
  const device = here();
  await device.put(aDocument("d"));
  await write(device, "d", "of before");
  await device.put(aDocument("d", { epoch: 2 }), { stranded: null });
  const aside = strandedId("d", 1);
  expect([await device.text("d"), await device.text(aside)]).toEqual(["", "of before"]);
  expect(await device.card(aside)).toMatchObject({ id: aside, document: { id: "d" }, stranded: "replaced", waiting: { edits: 1 } });
  expect(await device.card("d")).toMatchObject({ stranded: null, waiting: { edits: 0 } });
});

test("OF7: what was made here is the same once the server knows it", async () => {
  const device = here();
  await device.put(aDocument("d", { epoch: 0 }), { born: true });
  await write(device, "d", "new");
  await device.put(aDocument("d", { epoch: 1 }), { born: false });
  expect([await device.text("d"), (await device.cards()).length]).toEqual(["new", 1]);
});

test("OF13: what the server will not take is kept, marked; nothing waiting is nothing kept", async () => {
  const device = here();
  for (const id of ["waits", "read"]) await device.put(aDocument(id));
  await write(device, "waits", "mine");
  await device.strand("waits", "access");
  await device.strand("read", "gone");
  expect((await device.cards()).map(({ id, stranded }) => [id, stranded])).toEqual([["waits", "access"]]);
  expect(await device.text("waits")).toBe("mine");
});
