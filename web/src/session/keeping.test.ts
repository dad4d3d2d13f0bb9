// @vitest-environment node
import { signal } from "@preact/signals";
import { beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import type { Document, Me } from "./api";
import { ApiError } from "./call";
import { batchMs } from "./device/copy";
import { type Device, openDevice } from "./device/device";
import { aDocument } from "./device/test/fake";
import { VirtualBrowser, type VirtualTab } from "./device/test/place";
import { loadPatience, serverPatience } from "./keeping";
import { type CatchUp, type DocumentSession, openSession, type SessionOptions } from "./session";
import { Script, VirtualWorld } from "./test/virtual";

const ada: Me = { kind: "account", author: "a", name: "ada", display: "Ada", peer: 3, admin: false };

let browser: VirtualBrowser;
let server: Script;

beforeEach(() => {
  browser = new VirtualBrowser();
  server = new Script("hello");
});

/** A page in a tab, with its device and its connection in the hand. */
interface Page {
  tab: VirtualTab;
  device: Device;
  world: VirtualWorld;
  session: DocumentSession;
}

async function open(more: Partial<SessionOptions> = {}): Promise<Page> {
  const page = begin(more);
  await quiet();
  return page;
}

function begin(more: Partial<SessionOptions> = {}, hold?: Promise<void>): Page {
  const tab = browser.tab();
  const device = openDevice("a", tab);
  void device.put(aDocument("d"));
  const world = new VirtualWorld();
  const from = "server" as const;
  const options = { document: "d", epoch: 1, url: "ws://x/sync/d", role: "own" as const, me: signal(ada), from, born: false };
  return { tab, device, world, session: openSession({ ...options, device: hold ? late(device, hold) : device, ...more }, world) };
}

/** Its copies are not loaded before. */
function late(device: Device, until: Promise<void>): Device {
  const slow = Object.create(device) as Device;
  slow.copy = (id) => {
    const copy = device.copy(id);
    const load = copy.load.bind(copy);
    copy.load = () => until.then(load);
    return copy;
  };
  slow.strand = (...how) => device.strand(...how);
  return slow;
}

const quiet = () => browser.quiet();

async function kept({ tab }: Page): Promise<void> {
  tab.pass(batchMs);
  await quiet();
  tab.pass(batchMs);
  await quiet();
}

const type = ({ session: { text } }: Page, words: string) => {
  for (const letter of words) text.insert(text.length, letter);
};
const waiting = async ({ device }: Page) => (await device.card("d"))?.waiting.edits;
const says = ({ session }: Page) => [session.here.value, session.saved.value];

/** A page that was online, typed three letters on the train, and was closed. */
async function left(): Promise<void> {
  const page = await open();
  server.greet(page.world.socket);
  await Promise.resolve();
  page.world.socket.says({ kind: "ack", upto: 1 });
  page.world.socket.ends();
  type(page, " ok");
  await kept(page);
  page.tab.die("done");
}

describe("what was kept comes back", () => {
  test("OF12: it counts as unsaved, is in the first answer, and is saved once acked", async () => {
    await left();
    const page = await open();
    server.greet(page.world.socket);
    expect(says(page)).toEqual([true, { kind: "saving", n: 3 }]);
    server.take(page.world.socket);
    expect([server.text, page.session.text.toString()]).toEqual(["hello ok", "hello ok"]);
    page.world.socket.says({ kind: "ack", upto: 1 });
    expect(page.session.saved.value).toEqual({ kind: "saved" });
    await kept(page);
    expect(await waiting(page)).toBe(0);
  });

  test("OF103: nothing is called saved before it is counted, and it is not waited for", async () => {
    await left();
    const slow = begin({ from: "device" }, new Promise(() => {}));
    await quiet();
    expect(says(slow)).toEqual([false, { kind: "opening", n: 0 }]);
    slow.world.pass(loadPatience);
    await quiet();
    expect(slow.session.saved.value.kind).not.toBe("opening");
    const page = begin({ from: "device" });
    const said: string[] = [];
    page.session.saved.subscribe(({ kind, n = 0 }: { kind: string; n?: number }) => void said.push(`${kind} ${n}`));
    await quiet();
    page.world.socket.ends();
    expect(said.filter((it, at) => it !== said[at - 1])).toEqual(["opening 0", "saving 3", "offline 3"]);
  });

  test("OF12: with what is typed since, each counted once", async () => {
    await left();
    const page = await open({ from: "device" });
    type(page, "!!");
    await kept(page);
    page.world.socket.ends();
    expect(page.session.saved.value).toEqual({ kind: "offline", n: 5, place: "device" });
    expect(await waiting(page)).toBe(5);
    page.world.pass(1_000);
    server.greet(page.world.socket);
    page.world.socket.says({ kind: "ack", upto: 1 });
    await kept(page);
    expect([page.session.saved.value.kind, await waiting(page)]).toEqual(["saved", 0]);
  });

  test("OF12: refused, it still waits", async () => {
    await left();
    const page = await open();
    server.greet(page.world.socket);
    page.world.socket.says({ kind: "nack", nth: 1, code: 2, reason: "too long" }, { kind: "ack", upto: 1 });
    await kept(page);
    expect(page.session.saved.value).toEqual({ kind: "unsaved", reason: "too long", n: 3, place: "device", lasting: true });
    expect(await waiting(page)).toBe(3);
  });

  test("OF10: nothing is asked before it is there, and what came meanwhile is heard then", async () => {
    await left();
    const page = begin();
    server.greet(page.world.socket);
    expect([page.world.socket.said, page.session.synced.value]).toEqual([[], false]);
    await quiet();
    const [step1] = page.world.socket.all("step1");
    expect(Y.decodeStateVector(step1!.vector).size).toBe(2);
    expect(page.session.text.toString()).toBe("hello ok");
  });

  test("OF10: after a second the server is asked without it; late, it is brought in and sent on a fresh connection", async () => {
    await left();
    let arrive = () => {};
    const page = begin({}, new Promise<void>((resolve) => (arrive = resolve)));
    page.world.pass(loadPatience);
    await Promise.resolve();
    server.greet(page.world.socket);
    await quiet();
    server.greet(page.world.socket);
    expect(page.session.text.toString()).toBe("hello");
    page.world.socket.says({ kind: "ack", upto: 1 });
    type(page, "!");
    arrive();
    await quiet();
    expect(page.session.text.toString()).toContain(" ok");
    expect(await waiting(page)).toBe(3);
    page.world.pass(1_000);
    server.greet(page.world.socket);
    server.take(page.world.socket);
    expect(server.text).toContain(" ok");
    page.world.socket.says({ kind: "ack", upto: 1 });
    await kept(page);
    expect([page.session.saved.value.kind, await waiting(page)]).toEqual(["saved", 0]);
  });

  test("OF10: a reader's copy is kept too", async () => {
    const page = await open({ role: "view" });
    server.greet(page.world.socket, "view");
    await kept(page);
    expect([await page.device.text("d"), await waiting(page)]).toEqual(["hello", 0]);
  });
});

describe("two tabs on the train", () => {
  async function two(): Promise<[Page, Page]> {
    const pages: [Page, Page] = [await open(), await open()];
    for (const { world: { socket } } of pages) {
      server.greet(socket);
      socket.says({ kind: "ack", upto: 1 });
    }
    for (const page of pages) await kept(page);
    for (const { world: { socket } } of pages) socket.ends();
    return pages;
  }

  test("OF4: without the server they see each other's edits, and count all that wait", async () => {
    const [one, two_] = await two();
    type(one, " one");
    await kept(one);
    type(two_, " two");
    await kept(two_);
    for (const { session } of [one, two_]) {
      expect(session.text.toString()).toBe("hello one two");
      expect(session.saved.value).toEqual({ kind: "offline", n: 8, place: "device" });
    }
    expect(await waiting(one)).toBe(8);
  });

  test("OF4: the one that is left sends for the other", async () => {
    const [one, two_] = await two();
    type(one, " one");
    await kept(one);
    one.tab.die("done");
    two_.world.pass(1_000);
    server.greet(two_.world.socket);
    server.take(two_.world.socket);
    two_.world.socket.says({ kind: "ack", upto: 1 });
    await kept(two_);
    expect([server.text, two_.session.saved.value.kind, await waiting(two_)]).toEqual(["hello one", "saved", 0]);
  });

  test("OF2: an ack of before covers nothing that came since", async () => {
    const [one, two_] = await two();
    type(two_, "!");
    await kept(two_);
    type(one, " one");
    await kept(one);
    await kept(two_);
    expect(await waiting(one)).toBe(5);
  });
});

describe("what is shown", () => {
  test("OF11: a page of the server waits for the server", async () => {
    await left();
    const page = await open();
    expect(page.session.here.value).toBe(false);
    page.world.pass(serverPatience - 1);
    expect(page.session.here.value).toBe(false);
    page.world.pass(1);
    expect(page.session.here.value).toBe(true);
  });

  test("OF11: or until it cannot be reached", async () => {
    await left();
    const page = await open();
    page.world.socket.ends();
    expect(says(page)).toEqual([true, { kind: "offline", n: 3, place: "device" }]);
  });

  test("OF11: a page of the device shows its text at once", async () => {
    await left();
    const page = await open({ from: "device" });
    expect([page.session.here.value, page.session.synced.value, page.session.text.toString()]).toEqual([true, false, "hello ok"]);
  });

  test("OF11: an empty copy is no text", async () => {
    const page = await open({ from: "device" });
    page.world.socket.ends();
    expect(page.session.here.value).toBe(false);
  });
});

describe("coming together", () => {
  const told = (page: Page) => {
    const all: CatchUp[] = [];
    page.session.caughtUp((catchUp) => all.push(catchUp));
    return all;
  };

  test("OF15: nothing is told of a first connection that began from nothing", async () => {
    const page = await open();
    const all = told(page);
    server.greet(page.world.socket);
    await quiet();
    expect(all).toEqual([]);
  });

  test("OF15: after a tunnel both texts are told, what waited, and how long it was", async () => {
    const page = await open();
    const all = told(page);
    server.greet(page.world.socket);
    page.world.socket.says({ kind: "ack", upto: 1 });
    page.world.socket.ends();
    type(page, "!");
    server.doc.getText("content").insert(0, "oh ");
    page.world.up = false;
    page.world.pass(60_000);
    page.world.up = true;
    page.world.wake();
    page.world.pass(30_000);
    server.greet(page.world.socket);
    await quiet();
    expect(all).toMatchObject([{ before: "hello!", after: "oh hello!", edits: 1, fromDevice: false }]);
    expect(all[0]!.since).toBeGreaterThanOrEqual(60_000);
  });

  test("OF15: a page opened from the device knows since when from the card", async () => {
    await left();
    server.doc.getText("content").insert(0, "oh ");
    browser.now += 5 * 60_000;
    const page = begin({ from: "device" });
    page.world.wall = () => browser.now;
    await quiet();
    const all = told(page);
    server.greet(page.world.socket);
    await quiet();
    expect(all).toMatchObject([{ before: "hello ok", after: "oh hello ok", edits: 3, fromDevice: true }]);
    expect(all[0]!.since).toBeGreaterThanOrEqual(5 * 60_000);
    expect(all[0]!.since).toBeLessThan(6 * 60_000);
  });

  test("OF15: while somebody composes it is told once the text is let in", async () => {
    const page = await open();
    const all = told(page);
    server.greet(page.world.socket);
    page.world.socket.ends();
    const { letGo } = page.session.hold();
    server.doc.getText("content").insert(0, "oh ");
    page.world.pass(1_000);
    server.greet(page.world.socket);
    await quiet();
    expect(all).toEqual([]);
    letGo();
    await quiet();
    expect(all).toMatchObject([{ before: "hello", after: "oh hello" }]);
  });
});

describe("closed doors and births", () => {
  test.each([
    [4403, "access"],
    [4404, "gone"],
    [4409, "replaced"],
    [4410, "gone"],
  ])("OF13: after %i what waits is kept as %s, and what does not is forgotten", async (code, stranded) => {
    const page = await open();
    server.greet(page.world.socket);
    type(page, "!");
    page.world.socket.ends(code, "closed");
    await quiet();
    expect(await page.device.card("d")).toMatchObject({ stranded, waiting: { edits: 1 } });
    expect(page.session.saved.value).toEqual({ kind: "unsaved", reason: "closed", n: 1, place: "device" });

    browser = new VirtualBrowser();
    const reader = await open();
    server.greet(reader.world.socket);
    await kept(reader);
    reader.world.socket.says({ kind: "ack", upto: 1 });
    await kept(reader);
    reader.world.socket.ends(code, "closed");
    await quiet();
    expect(await reader.device.cards()).toEqual([]);
  });

  test("OF13: signed out is no closed door", async () => {
    const page = await open();
    server.greet(page.world.socket);
    await kept(page);
    page.world.socket.ends(4401, "signed out");
    await quiet();
    expect(await page.device.card("d")).toMatchObject({ stranded: null });
  });

  test("OF14: it is made first, for as long as that takes, and then connected to", async () => {
    const answers: (() => Promise<Document>)[] = [
      () => Promise.reject(new ApiError("unreachable", "away", 0)),
      () => Promise.reject(new ApiError("busy", "later", 503)),
      () => Promise.resolve(aDocument("d", { title: "" })),
    ];
    const create = () => answers.shift()!();
    const page = begin({ from: "device", born: true, create });
    await page.device.put(aDocument("d", { title: "Mine" }), { born: true });
    await quiet();
    expect([page.world.sockets.length, page.session.here.value]).toEqual([0, true]);
    type(page, "new");
    await kept(page);
    expect(page.session.saved.value).toEqual({ kind: "offline", n: 3, place: "device" });
    page.world.pass(1_000);
    await quiet();
    expect(page.world.sockets.length).toBe(0);
    page.session.retry();
    await quiet();
    expect(page.world.sockets.length).toBe(1);
    expect(await page.device.card("d")).toMatchObject({ born: false, document: { title: "Mine" } });
    server = new Script();
    server.greet(page.world.socket);
    server.take(page.world.socket);
    page.world.socket.says({ kind: "ack", upto: 1 });
    expect([server.text, page.session.saved.value.kind]).toEqual(["new", "saved"]);
  });

  test("OF14: what the server refuses to make is said", async () => {
    const page = begin({ from: "device", born: true, create: () => Promise.reject(new ApiError("exists", "That address is taken.", 409)) });
    await quiet();
    type(page, "x");
    await kept(page);
    expect(page.session.saved.value).toEqual({ kind: "unsaved", reason: "That address is taken.", n: 1, place: "device" });
    expect(page.world.sockets.length).toBe(0);
  });
});

describe("what the page says of the device", () => {
  test("OF17: an edit is on the device when it is, and only then it may be left", async () => {
    const page = await open();
    server.greet(page.world.socket);
    page.world.socket.says({ kind: "ack", upto: 1 });
    page.world.socket.ends();
    type(page, "abc");
    expect([page.session.saved.value, page.session.exposed.value]).toEqual([{ kind: "offline", n: 0, place: "device" }, 3]);
    await kept(page);
    expect([page.session.saved.value, page.session.exposed.value]).toEqual([{ kind: "offline", n: 3, place: "device" }, 0]);
  });

  test("OF5: without storage the edits are in the page, and it is not to be left", async () => {
    const tab = browser.tab(null);
    const page = await open({ device: openDevice("a", tab) });
    server.greet(page.world.socket);
    page.world.socket.says({ kind: "ack", upto: 1 });
    expect([page.session.here.value, page.session.exposed.value]).toEqual([true, 0]);
    page.world.socket.ends();
    type(page, "abc");
    expect([page.session.saved.value, page.session.exposed.value]).toEqual([{ kind: "offline", n: 3, place: "page" }, 3]);
  });
});
