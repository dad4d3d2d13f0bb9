import { signal } from "@preact/signals";
import { beforeEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import type { StoredFile } from "../api";
import { ApiError } from "../call";
import type { Send } from "../send";
import { FakeLocks } from "../test/locks";
import { newShelf, type Shelf } from "../test/shelf";
import { VirtualWorld } from "../test/virtual";
import { createUploads, type Upload } from "../uploads";
import type { Device } from "./device";
import { keepUploads, type Spot } from "./kept-uploads";
import { bytesMax, createFileQueue, filesMax } from "./queued-files";
import { openRows } from "./rows";
import { sendFiles } from "./send-files";

const document = "01890000-0000-7000-8000-0000000000dd";
const url = "/u/d/engine.png";
const stored: StoredFile = {
  ...{ name: "engine.png", url, original: "engine.png", picture: { width: 2, height: 1 }, bytes: 3, at_ms: 0, used: true },
  by: { author: "a", display: "Ada", peer: 1, guest: false },
};
const bytes = () => new Blob([new Uint8Array([1, 2, 3])]);

let shelf: Shelf;
beforeEach(async () => {
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
  shelf = await newShelf(document);
});

/** What a tab has of a document. */
function page(text: Y.Text, reached = signal(false), send: Send = () => ({ done: Promise.resolve(stored) as never, abort() {} })) {
  const device = shelf.tab();
  const rows = openRows(device, document);
  const files = createFileQueue(document, rows);
  const uploads = createUploads("d", bytesMax, new VirtualWorld(), send, reached);
  const said: string[] = [];
  const kept = keepUploads({
    ...{ author: device.author, document, files, uploads, text },
    settled: () => Promise.resolve(),
    say: (sentence) => void said.push(sentence),
  });
  const brought: { upload: Upload; spot: Spot }[] = [];
  return { files, uploads, kept, said, brought, reached, rows, resume: () => kept.resume((upload, spot) => void brought.push({ upload, spot })) };
}

function newText(words: string): Y.Text {
  const text = new Y.Doc().getText("content");
  text.insert(0, words);
  return text;
}

const until = (holds: () => boolean) => vi.waitFor(() => expect(holds()).toBe(true));
const spot = (at: number): Spot => ({ at, between: "\n\n", row: {} });

describe("OF90", () => {
  test("OF90 what waits for the network is on the device, at a place that moves with the text", async () => {
    const text = newText("One. Two.");
    const first = page(text);
    const upload = first.uploads.add(bytes(), "engine.png");
    first.kept.watch(upload, spot(4));
    await until(() => upload.kept.value);
    expect(first.uploads.busy.value).toBe(false);
    text.insert(0, "Before. ");
    const next = page(text);
    // The page before has it until it ends.
    next.resume();
    await next.files.loaded;
    expect(next.brought).toEqual([]);
    const file = next.files.waiting.value[0]!;
    expect([file.name, file.place.between]).toEqual(["engine.png", "\n\n"]);
    upload.cancel();
    await until(() => next.files.waiting.value.length === 0);
    expect(next.brought).toEqual([]);
  });

  test("OF90 back in the next page it is sent, and gone from the device once the text has it", async () => {
    const text = newText("One. Two.");
    await waits(text, 4);
    const next = page(text);
    next.resume();
    await until(() => next.brought.length === 1);
    const { upload, spot: at } = next.brought[0]!;
    expect([at.at, upload.name, upload.state.value.kind]).toEqual([4, "engine.png", "pausing"]);
    next.reached.value = true;
    await until(() => upload.state.value.kind === "stored");
    expect(next.files.waiting.value[0]?.stored).toMatchObject({ before: 0 });
    text.insert(at.at, `![engine](${url})`);
    next.kept.landed(upload);
    await until(() => next.files.waiting.value.length === 0);
  });

  test("OF90 a page that ended after the text had it does not bring it again", async () => {
    const text = newText(`One. ![engine](${url})`);
    const id = await waits(text, 4);
    const before = page(text);
    await before.files.loaded;
    await before.files.stored(id, { file: stored, before: 0 });
    const next = page(text);
    next.resume();
    await until(() => next.files.waiting.value.length === 0);
    expect(next.brought).toEqual([]);
  });
});

/** One that a page kept before it ended. */
async function waits(text: Y.Text, at: number): Promise<string> {
  const { files, rows } = page(text);
  const position = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, at, -1));
  await files.add({ id: "f1", name: "engine.png", blob: bytes(), place: { position, between: "\n\n", row: "1" } });
  rows.stop();
  return "f1";
}

test("OF92 when the page that has it ends, another takes over", async () => {
  const text = newText("One. Two.");
  const id = await waits(text, 4);
  let end = () => {};
  void navigator.locks.request(`galley-${shelf.tab().author}-${document}-file-${id}`, () => new Promise<void>((done) => (end = done)));
  const other = page(text);
  other.resume();
  await other.files.loaded;
  expect(other.brought).toEqual([]);
  end();
  await until(() => other.brought.length === 1);
});

describe("OF84", () => {
  test("OF84 more than the device takes stays in the page, and is told", async () => {
    const text = newText("One.");
    const { files, kept, uploads, said } = page(text);
    const place = { position: null, between: "\n\n", row: "1" } as const;
    for (let at = 0; at < filesMax; at++) await files.add({ id: `f${at}`, name: "a.png", blob: bytes(), place });
    const upload = uploads.add(bytes(), "more.png");
    kept.watch(upload, spot(0));
    await until(() => said.length === 1);
    expect(said[0]).toContain("as long as this page is open");
    expect([upload.kept.value, upload.state.value.kind, uploads.busy.value]).toEqual([false, "pausing", true]);
  });
});

describe("OF93", () => {
  const answer: Send = () => ({ done: Promise.resolve(stored) as never, abort() {} });

  /** A text that is kept on the device. */
  async function kept(words: string): Promise<{ device: Device; text: Y.Text }> {
    const device = shelf.tab();
    const text = new Y.Doc().getText("content");
    const copy = device.copy(document);
    text.doc!.on("update", (update: Uint8Array) => copy.theirs(update));
    text.insert(0, words);
    copy.notes(new Uint8Array());
    await copy.flush();
    copy.close();
    return { device, text };
  }

  test("OF93 without a page it is written into the text as it is kept, once", async () => {
    const { device, text } = await kept("One. Two.");
    const id = await waits(text, 4);
    const send = () => sendFiles({ device, document, rows: openRows(device, document), send: answer });
    await send();
    expect(await device.text(document)).toBe(`One.\n\n![engine](${url}) Two.`);
    expect((await device.card(document))?.waiting).toMatchObject({ edits: 1, files: 0 });
    // As if it had ended before the bytes were dropped.
    await waits(text, 4);
    await createFileQueue(document, openRows(device, document)).stored(id, { file: stored, before: 0 });
    await send();
    expect(await device.text(document)).toBe(`One.\n\n![engine](${url}) Two.`);
    expect((await device.card(document))?.waiting.files).toBe(0);
  });

  test("OF93 what cannot be sent now waits, and what is refused waits for a page", async () => {
    const { device, text } = await kept("One.");
    await waits(text, 4);
    const rows = openRows(device, document);
    const failing = (status: number): Send => () => ({ done: Promise.reject(new ApiError("x", "A sentence.", status)), abort() {} });
    await expect(sendFiles({ device, document, rows, send: failing(0) })).rejects.toThrow("A sentence.");
    await sendFiles({ device, document, rows, send: failing(413) });
    expect(createFileQueue(document, rows).waiting.value).toMatchObject([{ refused: "A sentence." }]);
    await sendFiles({ device, document, rows, send: failing(0) });
    expect(await device.text(document)).toBe("One.");
  });
});
