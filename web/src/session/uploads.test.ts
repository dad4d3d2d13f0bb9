// @vitest-environment node
import { describe, expect, test } from "vitest";
import type { StoredFile } from "./api";
import { ApiError, unreachable } from "./call";
import type { Send } from "./send";
import { VirtualWorld } from "./test/virtual";
import { atOnceMax, attemptsMax, createUploads, type Upload, waitsMax } from "./uploads";

const stored = (name: string): StoredFile => ({
  name,
  url: `/u/d/${name}`,
  original: name,
  picture: null,
  bytes: 1,
  at_ms: 0,
  by: { author: "a", display: "Ada", peer: 1, guest: false },
  used: false,
});

interface Flight {
  path: string;
  progress(sent: number): void;
  land(file: StoredFile): void;
  crash(error: ApiError): void;
  aborted: boolean;
}

function make() {
  const flights: Flight[] = [];
  const world = new VirtualWorld();
  const send: Send = <T>(path: string, _body: Blob, progress: (sent: number) => void) => {
    const flight: Flight = { path, progress, land() {}, crash() {}, aborted: false };
    const done = new Promise<T>((resolve, reject) => {
      Object.assign(flight, { land: (file: StoredFile) => resolve(file as T), crash: reject });
    });
    flights.push(flight);
    return { done, abort: () => void (flight.aborted = true) };
  };
  const uploads = createUploads("d", 10 * 1024 * 1024, world, send);
  const add = (name = "a.png", size = 100) => uploads.add(new Blob([new Uint8Array(size)]), name);
  const flight = () => {
    const last = flights.at(-1);
    if (!last) throw new Error("nothing was sent");
    return last;
  };
  return { uploads, flights, flight, add, world };
}

const settled = () => new Promise((done) => setImmediate(done));
const kind = (upload: Upload) => upload.state.value.kind;

describe("uploads", () => {
  test("a few go at once, the others wait for their turn", async () => {
    const { add, flights, uploads } = make();
    const all = [1, 2, 3, 4, 5].map((n) => add(`${n}.png`));
    expect(flights).toHaveLength(atOnceMax);
    expect(all.map(kind)).toEqual(["sending", "sending", "sending", "waiting", "waiting"]);
    flights[1]?.land(stored("2"));
    await settled();
    expect(all.map(kind)).toEqual(["sending", "stored", "sending", "sending", "waiting"]);
    all[0]?.cancel();
    expect(all.map(kind)).toEqual(["cancelled", "stored", "sending", "sending", "sending"]);
    expect(flights[0]?.aborted).toBe(true);
    expect(uploads.open.value).toHaveLength(3);
    expect(flights[3]?.path).toBe("/api/documents/d/files?name=4.png");
  });

  test("progress is told in parts, and not by what was given up", async () => {
    const { add, flight, world } = make();
    const upload = add();
    flight().progress(50);
    expect(upload.state.value).toEqual({ kind: "sending", part: 0.5 });
    const old = flight();
    old.crash(unreachable());
    await settled();
    expect(kind(upload)).toBe("pausing");
    world.pass(1_000);
    old.progress(90);
    expect(upload.state.value).toEqual({ kind: "sending", part: 0 });
  });

  test("trouble of the network is waited out, longer each time, and then somebody is asked", async () => {
    const { add, flight, flights, world, uploads } = make();
    const upload = add();
    for (let attempt = 1; attempt < attemptsMax; attempt++) {
      flight().crash(unreachable());
      await settled();
      expect(kind(upload)).toBe("pausing");
      world.pass(1_000 * 2 ** (attempt - 1) - 1);
      expect(flights).toHaveLength(attempt);
      world.pass(1);
      expect(flights).toHaveLength(attempt + 1);
    }
    flight().crash(unreachable());
    await settled();
    expect(upload.state.value).toMatchObject({ kind: "failed", again: true });
    expect(uploads.busy.value).toBe(false);
    upload.retry();
    expect(kind(upload)).toBe("sending");
    flight().land(stored("x"));
    await settled();
    expect(upload.state.value).toEqual({ kind: "stored", file: stored("x") });
    expect(uploads.open.value).toEqual([]);
  });

  test("when the network is back nobody waits for the clock", async () => {
    const { add, flight, flights, world } = make();
    const upload = add();
    flight().crash(unreachable());
    await settled();
    world.wake();
    expect([flights.length, kind(upload)]).toEqual([2, "sending"]);
    world.pass(60_000);
    expect(flights).toHaveLength(2);
  });

  test("what the server refuses is not asked again, and says why", async () => {
    const { add, flight } = make();
    const upload = add();
    flight().crash(new ApiError("quota", "There is no room left for files.", 413));
    await settled();
    expect(upload.state.value).toEqual({ kind: "failed", sentence: "There is no room left for files.", again: false });
    upload.retry();
    expect(kind(upload)).toBe("failed");
    upload.cancel();
    expect(kind(upload)).toBe("cancelled");
  });

  test("a full disk is waited out, what somebody may have is not", async () => {
    for (const [code, status, then] of [["disk_full", 507, "pausing"], ["files_full", 409, "failed"], ["no_space", 507, "failed"]] as const) {
      const { add, flight } = make();
      const upload = add();
      flight().crash(new ApiError(code, "No room.", status));
      await settled();
      expect(kind(upload), code).toBe(then);
    }
  });

  test("whoever is told to wait waits longer than for a network", async () => {
    const { add, flight, world } = make();
    const upload = add();
    for (let attempt = 1; attempt < waitsMax; attempt++) {
      flight().crash(new ApiError("too_many", "Slow down.", 429));
      await settled();
      expect(upload.state.value).toEqual({ kind: "pausing", for: "server" });
      world.pass(16_000);
    }
    flight().crash(new ApiError("too_many", "Slow down.", 429));
    await settled();
    expect(upload.state.value).toEqual({ kind: "failed", sentence: "Slow down.", again: true });
  });

  test("what is too large is said at once, and nothing is sent", () => {
    const { flights, uploads } = make();
    const upload = uploads.add({ size: 10 * 1024 * 1024 + 1 } as Blob, "film.mov");
    expect(upload.state.value).toEqual({ kind: "failed", sentence: "film.mov is 10.1 MB. A file can have 10 MB at most.", again: false });
    expect(flights).toEqual([]);
  });
});
