// @vitest-environment node
import { beforeEach, expect, test } from "vitest";
import * as Y from "yjs";
import { batchMs } from "./copy";
import { type Copy, type Device, openDevice } from "./device";
import { aDocument } from "./test/fake";
import { VirtualBrowser, type VirtualTab } from "./test/place";
import { textOf } from "./texts";

let browser: VirtualBrowser;
let tab: VirtualTab;
let device: Device;

beforeEach(() => {
  browser = new VirtualBrowser();
  tab = browser.tab();
  device = openDevice("a", tab);
});

/** A text that is kept as it is typed. */
class Writer {
  readonly doc = new Y.Doc();
  #nth = 0;

  constructor(readonly copy: Copy) {
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin === "theirs") copy.theirs(update);
      else if (origin !== "load") copy.mine(update, (this.#nth += 1));
    });
  }

  get text(): string {
    return this.doc.getText("content").toString();
  }

  type(text: string): void {
    this.doc.getText("content").insert(this.text.length, text);
  }
}

const waiting = async () => (await device.card("d"))?.waiting.edits;

test("OF1: what was typed is there after the batch, in one row, and counted", async () => {
  await device.put(aDocument("d"));
  const writer = new Writer(device.copy("d"));
  "hello".split("").forEach((letter) => writer.type(letter));
  expect(writer.copy.kept.value).toEqual({ kind: "kept", pending: 5 });
  expect(await waiting()).toBe(0);
  tab.pass(batchMs);
  await writer.copy.flush();
  expect(writer.copy.kept.value).toEqual({ kind: "kept", pending: 0 });
  expect([await waiting(), await device.text("d"), browser.persisted]).toEqual([5, "hello", 1]);
  const kept = await browserCopy().load();
  expect([kept.updates.length, kept.edits, textOf(kept.updates)]).toEqual([1, 5, "hello"]);
});

function browserCopy(): Copy {
  return openDevice("a", browser.tab()).copy("d");
}

test("OF2: an ack lowers what it covers, also of a row that holds more, and of one still being written", async () => {
  await device.put(aDocument("d"));
  const writer = new Writer(device.copy("d"));
  await writer.copy.load();
  writer.type("a");
  writer.type("b");
  await writer.copy.flush();
  writer.copy.acked(1);
  await writer.copy.flush();
  expect(await waiting()).toBe(1);
  writer.type("c");
  const written = writer.copy.flush();
  writer.copy.acked(3);
  await written;
  await writer.copy.flush();
  expect(await waiting()).toBe(0);
  expect(textOf(await writer.copy.shared())).toBe("abc");
});
