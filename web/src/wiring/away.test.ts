/** OF70, OF75: what a page does when it comes back. */
import { type Signal, signal } from "@preact/signals";
import { beforeEach, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { apartMs, awayMs, watchAbsence, wasApart, wasAway } from "./away";
import type { Passage, Saying } from "../session/api";
import { ApiError, unreachable } from "../session/call";
import { passageOf } from "../session/anchors";
import type { CatchUp, DocumentSession, Saved } from "../session/session";
import type { AwayParts } from "../ui/document/since/away";
import { createSince } from "../ui/document/since/since";
import { toast } from "../ui/toasts";
// What is brought when it is wanted is here already, so that nothing is waited for in vain.
import "../session/clash-notes";
import "../session/meeting";
import "../ui/document/since/away";

vi.mock("../ui/toasts", () => ({ toast: vi.fn() }));
beforeEach(() => vi.mocked(toast).mockClear());

const back = { before: "a", after: "b", update: new Uint8Array(), edits: 1, since: awayMs, fromDevice: false };

test.each<[string, Partial<CatchUp>, "server" | "device", boolean, boolean]>([
  ["a blip", { since: 2_000 }, "server", false, false],
  ["a short break with edits", { since: apartMs }, "server", false, true],
  ["a short break without", { since: apartMs, edits: 0 }, "server", false, false],
  ["a long absence", { edits: 0 }, "server", true, false],
  ["nobody knows how long", { since: null }, "server", true, true],
  ["edits kept on the device, in a page the server sent", { fromDevice: true, since: 1 }, "server", false, true],
  ["a page opened from the device", { fromDevice: true, since: 1, edits: 0 }, "device", true, false],
  ["its second connection, after a blip", { since: 2_000 }, "device", false, false],
])("OF70 %s", (_, how, from, away, apart) => {
  expect([wasAway({ ...back, ...how }, from), wasApart({ ...back, ...how })]).toEqual([away, apart]);
});

/** One side of a document that others write in too, as `away.ts` sees it. */
class Side {
  readonly doc = new Y.Doc();
  readonly saved: Signal<Saved> = signal({ kind: "saved" });
  readonly posted: (Saying & Passage)[] = [];
  answer: () => Promise<void> = () => Promise.resolve();
  readonly since = createSince(vi.fn(), () => false);
  private readonly begun: Uint8Array;
  private tell: (catchUp: CatchUp) => void = () => undefined;
  private hear: (update: Uint8Array) => void = () => undefined;
  private before = "";

  constructor(client: number, shared: Uint8Array) {
    this.begun = shared;
    Y.applyUpdate(this.doc, shared);
    this.doc.clientID = client;
    const { doc, saved } = this;
    const text = doc.getText("content");
    const session = {
      doc, text, saved,
      shared: () => Promise.resolve([shared]),
      heard: (listener: (update: Uint8Array) => void) => ((this.hear = listener), () => undefined),
      caughtUp: (listener: (catchUp: CatchUp) => void) => ((this.tell = listener), () => undefined),
      notes: { passage: (from: number, to: number) => passageOf(text, from, to) },
    } as unknown as DocumentSession;
    const authorship = { settled: () => Promise.resolve([]), mine: () => false, person: () => ({ display: "Grace", peer: 1 }) };
    const ground = () => Promise.resolve({ since: this.since, session, authorship, editor: signal(null), painting: signal(null), reveal: vi.fn() } as unknown as AwayParts);
    const post = async (note: Saying & Passage) => {
      await this.answer();
      this.posted.push(note);
    };
    watchAbsence({ document: { id: "d" }, session, from: "server", ground, notes: { post, show: vi.fn() } });
  }

  get text(): string {
    return this.doc.getText("content").toString();
  }

  put(old: string, next: string): void {
    const at = this.text.indexOf(old);
    this.saved.value = { kind: "offline", n: 1, place: "device" };
    this.doc.getText("content").delete(at, old.length);
    this.doc.getText("content").insert(at, next);
    this.before = this.text;
  }

  /** The first answer of the server after the absence. */
  meets(server: Y.Doc, edits: number, since = 5 * awayMs): void {
    const before = this.before || this.text;
    const update = Y.encodeStateAsUpdate(server, Y.encodeStateVector(this.doc));
    Y.applyUpdate(this.doc, update, "server");
    this.tell({ before, after: this.text, update, edits, since, fromDevice: false });
  }

  /** The server passes on what another wrote. */
  hears(other: Uint8Array): void {
    Y.applyUpdate(this.doc, other, "server");
    this.hear(other);
  }

  /** All of what this side wrote. */
  news(): Uint8Array {
    return Y.diffUpdate(Y.encodeStateAsUpdate(this.doc), Y.encodeStateVectorFromUpdate(this.begun));
  }

  /** Whatever comes of it has come. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await new Promise((next) => setTimeout(next));
  }
}

function begun(text = "A colour of cloth.\n\nAnother line.\n") {
  const server = new Y.Doc();
  server.clientID = 1;
  server.getText("content").insert(0, text);
  const shared = Y.encodeStateAsUpdate(server);
  return { server, side: (client: number) => new Side(client, shared) };
}

test("OF75 the notes are posted once the own edits are saved, about the text as it is then", async () => {
  const { server, side } = begun();
  const [mine, theirs] = [side(2), side(3)];
  mine.put("colour", "shade");
  theirs.put("colour", "hue");
  Y.applyUpdate(server, Y.encodeStateAsUpdate(theirs.doc));
  mine.meets(server, 1);
  await mine.quiet();
  expect(mine.posted).toEqual([]);
  mine.doc.getText("content").insert(0, "Typed meanwhile. ");
  mine.saved.value = { kind: "saved" };
  await vi.waitFor(() => expect(mine.posted).toHaveLength(1));
  const [note] = mine.posted;
  expect(note?.quote).toBe(mine.text.split("\n")[0]);
  expect(note?.body).toContain("Mine: “A shade of cloth.”\n\nTheirs: “A hue of cloth.”");
  expect(note?.anchor).not.toBeNull();
  await vi.waitFor(() => expect(toast).toHaveBeenCalledWith("1 paragraph was changed on both sides: see the notes.", expect.objectContaining({ label: "Show" })));
  await vi.waitFor(() => expect(mine.since.state.value).toMatchObject({ about: "away", count: 1 }));
});

test("OF75 of two who come back in the same moment the one whose edits are saved second tells, and if both do it is one note", async () => {
  for (const order of ["first", "both"] as const) {
    const { server, side } = begun();
    const [first, second] = [side(2), side(3)];
    first.put("colour", "shade");
    second.put("colour", "hue");
    // Both are told first what they know already.
    first.meets(server, 1);
    second.meets(server, 1);
    if (order === "first") first.saved.value = { kind: "saved" };
    await first.quiet();
    const [ofFirst, ofSecond] = [first.news(), second.news()];
    second.hears(ofFirst);
    first.hears(ofSecond);
    for (const it of [first, second]) it.saved.value = { kind: "saved" };
    await vi.waitFor(() => expect(second.posted).toHaveLength(1));
    await first.quiet();
    expect(second.posted.map(({ body }) => body)).toEqual([expect.stringContaining("Mine: “A hue of cloth.”\n\nTheirs: “A shade of cloth.”")]);
    expect(first.posted.map(({ id }) => id)).toEqual(order === "first" ? [] : second.posted.map(({ id }) => id));
  }
});

test("OF75 what could not be sent goes with the next connection; an id that is taken was told by another; a refusal is said", async () => {
  const { server, side } = begun();
  const [mine, theirs] = [side(2), side(3)];
  mine.answer = () => Promise.reject(unreachable());
  mine.put("colour", "shade");
  theirs.put("colour", "hue");
  Y.applyUpdate(server, Y.encodeStateAsUpdate(theirs.doc));
  mine.meets(server, 1);
  mine.saved.value = { kind: "saved" };
  await vi.waitFor(() => expect(toast).toHaveBeenCalledOnce());
  expect(mine.posted).toEqual([]);
  mine.answer = () => Promise.resolve();
  mine.meets(server, 0, 10);
  await vi.waitFor(() => expect(mine.posted).toHaveLength(1));

  for (const [status, sentence] of [[409, /see the notes/], [403, /and it could not be noted: no$/]] as const) {
    const other = side(4 + status);
    other.answer = () => Promise.reject(new ApiError("x", "no", status));
    other.put("colour", "tint");
    vi.mocked(toast).mockClear();
    other.meets(server, 1);
    other.saved.value = { kind: "saved" };
    await vi.waitFor(() => expect(toast).toHaveBeenCalled());
    expect(vi.mocked(toast).mock.calls[0]?.[0]).toMatch(sentence);
  }
});

test("OF70 nothing came, or nobody else wrote: nothing is said", async () => {
  const { server, side } = begun();
  const mine = side(2);
  mine.put("colour", "shade");
  mine.meets(server, 1);
  mine.saved.value = { kind: "saved" };
  await mine.quiet();
  expect([mine.since.state.value.kind, mine.posted, vi.mocked(toast).mock.calls]).toEqual(["nothing", [], []]);
});

test("OF71 what was not gone through before the next absence is told with what came then", async () => {
  const { server, side } = begun();
  const [mine, theirs] = [side(2), side(3)];
  const comes = async (count: number) => {
    Y.applyUpdate(server, Y.encodeStateAsUpdate(theirs.doc));
    mine.meets(server, 0);
    await vi.waitFor(() => expect(mine.since.state.value).toMatchObject({ count, about: "away" }));
  };
  theirs.put("colour", "hue");
  await comes(1);
  theirs.put("Another", "One more");
  await comes(2);
  mine.since.dismiss();
  theirs.put("line", "row");
  await comes(1);
});
