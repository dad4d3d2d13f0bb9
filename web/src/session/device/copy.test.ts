// @vitest-environment node
import { beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import { batchMs, retryMs, rowsMax } from "./copy";
import { answered } from "./answered";
import { databaseName, deleteDatabase, indexes, openDatabase, type Row, stores, transact } from "./database";
import { type Card, type Copy, type Device, openDevice } from "./device";
import { aDocument } from "./test/fake";
import { VirtualBrowser, type VirtualTab } from "./test/place";
import { merge, textOf } from "./texts";

let browser: VirtualBrowser;

beforeEach(() => {
  browser = new VirtualBrowser();
});

/** A page: a text that is kept as it is typed. */
class Page {
  readonly doc = new Y.Doc();
  made = 0;
  loads = 0;
  /** So many of its edits it has said to be on the device. */
  safe = 0;

  private constructor(
    readonly tab: VirtualTab,
    readonly device: Device,
    readonly copy: Copy,
  ) {
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin === "theirs") copy.theirs(update);
      else if (origin !== "load") copy.mine(update, (this.made += 1));
    });
  }

  static async open(tab: VirtualTab = browser.tab()): Promise<Page> {
    const device = openDevice("a", tab);
    await device.put(aDocument("d"));
    const page = new Page(tab, device, device.copy("d"));
    const { updates } = await page.copy.load();
    updates.forEach((update) => Y.applyUpdate(page.doc, update, "load"));
    return page;
  }

  get text(): string {
    return this.doc.getText("content").toString();
  }

  type(text: string, at = this.text.length): void {
    for (const [index, letter] of [...text].entries()) this.doc.getText("content").insert(at + index, letter);
  }

  async batch(): Promise<void> {
    this.tab.pass(batchMs);
    await quiet();
    const { kept } = this.copy;
    if (kept.value.kind === "kept" && kept.value.pending === 0) this.safe = this.made;
  }

  /** The server takes everything, and tells what it has; the answer is the ack. */
  sync(server: Y.Doc): () => void {
    const { made, loads } = this;
    Y.applyUpdate(server, Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(server)));
    this.hear(server);
    // As the ledger has it: what was loaded since was in no answer yet.
    return () => void (loads === this.loads && this.copy.acked(made));
  }

  more(): Promise<void> {
    return this.copy.more(({ updates }) => {
      this.loads += 1;
      updates.forEach((update) => Y.applyUpdate(this.doc, update, "load"));
    });
  }

  hear(server: Y.Doc): void {
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(server, Y.encodeStateVector(this.doc)), "theirs");
  }
}

const quiet = () => browser.quiet();

/** What is in the storage, past everything. */
async function stored(): Promise<{ rows: Row[]; card: Card | undefined }> {
  const database = await openDatabase("a", browser.factory);
  const found = await transact(database, [stores.rows, stores.cards], "readonly", async (store) => ({
    rows: await answered<Row[]>(store(stores.rows).index(indexes.document).getAll("d")),
    card: await answered<Card | undefined>(store(stores.cards).get("d")),
  }));
  database.close();
  return found;
}

const waiting = async (page: Page) => (await page.device.card("d"))?.waiting.edits;
const sizes = async () => (await stored()).rows.map(({ edits }) => edits);

describe("one tab", () => {
  test("OF1: what was typed is there after the batch, in one row, and counted", async () => {
    const page = await Page.open();
    page.type("hello");
    expect(page.copy.kept.value).toEqual({ kind: "kept", pending: 5 });
    expect(await waiting(page)).toBe(0);
    await page.batch();
    expect(page.copy.kept.value).toEqual({ kind: "kept", pending: 0 });
    expect([await waiting(page), await page.device.text("d"), browser.persisted]).toEqual([5, "hello", 1]);
    expect(await sizes()).toEqual([5]);
  });

  test("OF1: a page that is hidden has begun to write before the turn is over", async () => {
    const page = await Page.open();
    page.type("bye");
    page.tab.hide();
    page.tab.die("done");
    await quiet();
    expect((await Page.open()).text).toBe("bye");
  });

  test("OF2: an ack lowers what it covers, also of a row that holds more, and of one still being written", async () => {
    const page = await Page.open();
    page.type("ab");
    await page.batch();
    page.copy.acked(1);
    await page.batch();
    expect(await waiting(page)).toBe(1);
    page.type("c");
    page.tab.hide();
    page.copy.acked(3);
    await page.batch();
    await page.batch();
    expect(await waiting(page)).toBe(0);
    expect(textOf(await page.copy.shared())).toBe("abc");
  });

  test("OF2: what is acked before it is written is written as the server's", async () => {
    const page = await Page.open();
    page.type("ab");
    page.copy.acked(2);
    expect(page.copy.kept.value).toEqual({ kind: "kept", pending: 0 });
    await page.batch();
    expect(await sizes()).toEqual([0]);
  });

  test("OF2: what an earlier page left is lowered by the first ack, not before", async () => {
    const first = await Page.open();
    first.type("left");
    await first.batch();
    first.tab.die("done");
    const next = await Page.open();
    expect(await waiting(next)).toBe(4);
    next.type("!");
    await next.batch();
    expect(await waiting(next)).toBe(5);
    next.copy.acked(0);
    await next.batch();
    expect(await waiting(next)).toBe(1);
  });

  test("OF3: rows are merged, sent with sent and unsent with unsent", async () => {
    const page = await Page.open();
    const server = new Y.Doc();
    for (let row = 0; row < rowsMax; row++) {
      page.type(String(row % 10));
      if (row % 5 === 0) page.sync(server)();
      await page.copy.flush();
    }
    const { text } = page;
    await page.batch();
    expect(await sizes()).toEqual([0, 4]);
    expect(textOf((await stored()).rows.map(({ update }) => update))).toBe(text);
    expect(textOf(await page.copy.shared())).toBe(text.slice(0, -4));
    page.sync(server)();
    await page.batch();
    expect(await waiting(page)).toBe(0);
  });
});

describe("a storage that fails", () => {
  const none = { kind: "none", reason: expect.stringMatching(/^[A-Z].*\.$/) as unknown };

  test("OF5: a full disk is said, nothing is dropped, and it is tried again", async () => {
    const page = await Page.open();
    page.tab.refusal = new DOMException("full", "QuotaExceededError");
    page.type("much");
    await page.batch();
    expect(page.copy.kept.value).toEqual({ kind: "none", reason: "This device has no room left for it." });
    page.type(" more");
    await page.batch();
    page.tab.refusal = null;
    page.tab.pass(retryMs);
    await quiet();
    expect(page.copy.kept.value).toEqual({ kind: "kept", pending: 0 });
    expect([await page.device.text("d"), await waiting(page)]).toEqual(["much more", 9]);
  });

  test.each([
    ["none", null],
    ["one that throws", { open: () => { throw new DOMException("no", "SecurityError"); } }],
    ["one that fails", { open: failing }],
  ])("OF5: with %s the page says so, and nothing waits for ever", async (_, factory) => {
    const device = openDevice("a", browser.tab(factory as IDBFactory | null));
    const copy = device.copy("d");
    await expect(device.put(aDocument("d"))).rejects.toThrow("storage");
    await expect(copy.load()).rejects.toThrow("storage");
    for (let nth = 1; nth < 3; nth++) copy.mine(new Uint8Array([0, 0]), nth);
    await copy.flush();
    expect(copy.kept.value).toEqual(none);
    expect(device.trouble.value).toEqual(none.reason);
    await expect(device.cards()).rejects.toThrow("storage");
  });

  test("OF5: one that never answers is said to, and keeps everything should it answer after all", async () => {
    let answer = () => {};
    const slow = {
      open(...how: [string, number]) {
        const request = {} as IDBOpenDBRequest;
        answer = () => {
          const real = browser.factory.open(...how);
          Object.assign(real, { onupgradeneeded: () => request.onupgradeneeded?.call(request, {} as IDBVersionChangeEvent) });
          real.onsuccess = () => request.onsuccess?.call(request, new Event("success"));
          Object.defineProperty(request, "result", { get: () => real.result as unknown });
        };
        return request;
      },
    } as unknown as IDBFactory;
    const tab = browser.tab();
    Object.assign(tab, { factory: slow });
    const device = openDevice("a", tab);
    const copy = device.copy("d");
    copy.mine(merge([update("x")]), 1);
    tab.pass(5_000);
    expect(copy.kept.value).toEqual({ kind: "none", reason: "This browser’s storage does not answer." });
    answer();
    await quiet();
    await copy.flush();
    expect(copy.kept.value).toEqual({ kind: "kept", pending: 0 });
  });

  test("OF6: signing out in another tab ends it with a sentence, and nothing is made anew", async () => {
    const page = await Page.open();
    page.type("gone");
    await page.batch();
    await deleteDatabase("a", browser.factory);
    page.type("more");
    await page.batch();
    expect(page.copy.kept.value).toEqual(none);
    expect((await browser.factory.databases()).map(({ name }) => name)).not.toContain(databaseName("a"));
  });

  test("OF6: a document forgotten in another tab is not begun in the middle", async () => {
    const page = await Page.open();
    page.type("base");
    await page.batch();
    await openDevice("a", browser.tab()).forget("d");
    page.type("more");
    await page.batch();
    expect(page.copy.kept.value).toEqual(none);
    expect((await stored()).rows).toEqual([]);
  });
});

function failing(): IDBOpenDBRequest {
  const request = { error: new DOMException("no", "UnknownError") } as unknown as IDBOpenDBRequest;
  queueMicrotask(() => request.onerror?.call(request, new Event("error")));
  return request;
}

function update(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText("content").insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}

describe("two tabs", () => {
  test("OF4: each keeps its own, the server's is kept once, and both are there", async () => {
    const server = new Y.Doc();
    server.getText("content").insert(0, "base ");
    const [one, two] = [await Page.open(), await Page.open()];
    one.hear(server);
    two.hear(server);
    await one.batch();
    await two.batch();
    expect(await sizes()).toEqual([0]);
    one.type("one ");
    await one.batch();
    two.type("two ");
    await two.batch();
    expect(await waiting(one)).toBe(8);
    const text = (await Page.open()).text;
    expect([text.includes("one "), text.includes("two "), text.startsWith("base ")]).toEqual([true, true, true]);
  });

  test("OF4: edits of a tab without the lock never rest on what is not kept", async () => {
    const server = new Y.Doc();
    const [frozen, alive] = [await Page.open(), await Page.open()];
    frozen.tab.state = "frozen";
    server.getText("content").insert(0, "base ");
    alive.hear(server);
    alive.type("on it");
    await alive.batch();
    alive.tab.die("done");
    expect((await Page.open()).text).toBe("base on it");
  });

  test("OF4: the next tab writes what the dead one no longer could", async () => {
    const server = new Y.Doc();
    const [dying, next] = [await Page.open(), await Page.open()];
    server.getText("content").insert(0, "late");
    next.hear(server);
    dying.tab.die("undone");
    await next.batch();
    expect(await next.device.text("d")).toBe("late");
  });

  test("OF2: an ack of one tab lowers nothing of the other's", async () => {
    const [one, two] = [await Page.open(), await Page.open()];
    one.type("one");
    await one.batch();
    two.type("two");
    await two.batch();
    two.copy.acked(3);
    await two.batch();
    expect(await waiting(one)).toBe(3);
  });
});

describe("whatever happens", () => {
  test.each(Array.from({ length: 25 }, (_, seed) => seed))("OF2: seed %i: nothing is lost, and the count is never less than the truth", async (seed) => {
    const random = seeded(seed);
    const server = new Y.Doc();
    let pages = [await Page.open()];
    const everybody = [...pages];
    const any = () => pages[Math.floor(random() * pages.length)]!;
    for (let step = 0; step < 60; step++) {
      const dice = random();
      const page = any();
      if (dice < 0.4) page.type("abcdef".slice(0, 1 + Math.floor(random() * 5)), Math.floor(random() * (page.text.length + 1)));
      else if (dice < 0.58) await page.batch();
      else if (dice < 0.66) page.hear(server);
      else if (dice < 0.7) await page.more();
      else if (dice < 0.8) {
        const ack = page.sync(server);
        if (random() < 0.3) await page.more();
        if (random() < 0.7) ack();
      } else if (dice < 0.88 && pages.length < 3) everybody.push(...(pages = [...pages, await Page.open()]).slice(-1));
      else if (dice < 0.95) {
        if (random() < 0.5) page.tab.pass(batchMs);
        page.tab.die(random() < 0.5 ? "undone" : "done");
        pages = pages.filter((one) => one !== page);
        if (pages.length === 0) everybody.push(...(pages = [await Page.open()]));
      } else page.tab.state = page.tab.state === "frozen" ? "alive" : "frozen";
      await quiet();
      await holds(everybody, server);
    }
    pages.forEach(({ tab }) => tab.die("done"));
    await comesToRest(server);
  });
});

/** The promises, at any moment. */
async function holds(pages: readonly Page[], server: Y.Doc): Promise<void> {
  const { rows } = await stored();
  const doc = new Y.Doc();
  rows.forEach(({ update }) => Y.applyUpdate(doc, update));
  expect(doc.store.pendingStructs).toBeNull();
  const [there, sent] = [clocks(doc), clocks(server)];
  let truth = 0;
  for (const [client, clock] of there) truth += Math.max(0, clock - (sent.get(client) ?? 0));
  expect(rows.reduce((sum, { edits }) => sum + edits, 0)).toBeGreaterThanOrEqual(truth);
  for (const { doc: { clientID: client }, safe } of pages) {
    expect(Math.max(there.get(client) ?? 0, sent.get(client) ?? 0)).toBeGreaterThanOrEqual(safe);
  }
}

const clocks = (doc: Y.Doc) => Y.decodeStateVector(Y.encodeStateVector(doc));

/** One more page, and a server that answers. */
async function comesToRest(server: Y.Doc): Promise<void> {
  const last = await Page.open();
  last.sync(server)();
  await last.batch();
  await last.batch();
  expect(await waiting(last)).toBe(0);
  expect(await last.device.text("d")).toBe(server.getText("content").toString());
}

function seeded(seed: number): () => number {
  let state = seed * 2_654_435_769 + 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
