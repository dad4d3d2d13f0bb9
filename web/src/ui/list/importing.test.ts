import { describe, expect, test, vi } from "vitest";
import type { Imported } from "../../session/api";
import { type Brought, gather, packed } from "./brought";
import { createImporting, type ImportCalls } from "./importing";

const MB = 1024 * 1024;
const file = (path: string, text = "x", type = ""): Brought => ({ path, file: new File([text], path.split("/").at(-1) ?? "", { type }) });
const answer = (over: Partial<Imported> = {}): Imported => ({ documents: [{ id: "1", title: "One", url: "/d/1" }], skipped: [], ...over });

function make(sent: () => Promise<Imported> = async () => answer()) {
  const abort = vi.fn();
  const calls = {
    limits: { file: 10 * MB, all: 256 * MB },
    send: vi.fn<ImportCalls["send"]>((_name, body, progress) => {
      progress(body.size / 2);
      return { done: sent(), abort };
    }),
    texts: vi.fn(async () => {}),
    made: vi.fn(),
    say: vi.fn(),
  } satisfies ImportCalls;
  return { ...createImporting(calls), calls, abort };
}

describe("importing", () => {
  test("Markdown alone needs no zip", async () => {
    const { bring, calls, state } = make();
    await bring([file("a.md"), file("b.markdown")]);
    expect(calls.texts).toHaveBeenCalledOnce();
    expect([calls.send.mock.calls.length, state.value.kind]).toEqual([0, "none"]);
  });

  test("a zip goes as it is, a folder as one zip named after it", async () => {
    const { bring, calls } = make();
    await bring([file("letters.zip", "PK")]);
    await bring([file("trip/one.md"), file("trip/pictures/a.png")]);
    expect(calls.send.mock.calls.map(([name]) => name)).toEqual(["letters.zip", "trip.zip"]);
    expect(calls.say).toHaveBeenLastCalledWith("1 document is here now.");
    expect(calls.made).toHaveBeenCalledTimes(2);
  });

  test("what was left out is told, here and by the server", async () => {
    const { bring, state, close } = make(async () => answer({ skipped: [{ path: "trip/a.tiff", why: "No." }] }));
    await bring([file("trip/one.md"), file("trip/a.tiff"), file("trip/.git/HEAD"), file("trip/.git/refs/x")]);
    expect(state.value).toEqual({
      kind: "done",
      documents: 1,
      skipped: [
        { path: "trip/.git", why: "Hidden files and installed packages are left out." },
        { path: "trip/a.tiff", why: "No." },
      ],
    });
    close();
    expect(state.value).toEqual({ kind: "none" });
  });

  test("a refusal is a sentence, and cancelling forgets what was sent", async () => {
    const refused = make(async () => Promise.reject(new Error("This is no archive.")));
    await refused.bring([file("a.zip")]);
    expect(refused.state.value).toEqual({ kind: "failed", sentence: "This is no archive." });

    let arrive = (_: Imported) => {};
    const slow = make(() => new Promise((done) => (arrive = done)));
    const bringing = slow.bring([file("a.zip")]);
    await vi.waitFor(() => expect(slow.state.value).toEqual({ kind: "sending", part: 0.5 }));
    await slow.bring([file("b.zip")]);
    expect(slow.calls.say).toHaveBeenCalledWith("One import at a time. The other is still running.");
    slow.cancel();
    arrive(answer());
    await bringing;
    expect([slow.abort.mock.calls.length, slow.state.value.kind, slow.calls.made.mock.calls.length]).toEqual([1, "none", 0]);
  });

  test("nothing is nothing", async () => {
    const { bring, state } = make();
    await bring([file(".DS_Store")]);
    expect(state.value).toMatchObject({ kind: "failed", sentence: "There was nothing in it to bring in." });
  });
});

test("a zip holds the paths and the bytes", async () => {
  const { unzipSync, strFromU8 } = await import("fflate");
  const told: number[] = [];
  const zip = await packed([file("a/ü.md", "# Ü"), file("a/b.png", "bytes")], (done) => told.push(done));
  const entries = unzipSync(new Uint8Array(await zip.arrayBuffer()));
  expect(Object.fromEntries(Object.entries(entries).map(([path, bytes]) => [path, strFromU8(bytes)]))).toEqual({ "a/ü.md": "# Ü", "a/b.png": "bytes" });
  expect(told).toEqual([1, 2]);
});

test("what is too large is left out by name", () => {
  const large = (path: string) => ({ path, file: { name: path, size: 11 * MB } as File });
  const { files, skipped } = gather([large("film.mov"), large("everything.zip"), file("a.md")], 10 * MB);
  expect(skipped).toEqual([{ path: "film.mov", why: "It is larger than 10\u00a0MB." }]);
  expect(files.map(({ path }) => path), "an archive is as large as everything in it").toEqual(["everything.zip", "a.md"]);
});
