import { beforeEach, expect, test, vi } from "vitest";
import { type EventWorld, watchEvents } from "./events";

class Stream extends EventTarget {
  static readonly CLOSED = 2;
  readyState = 1;
  close() {
    this.readyState = 2;
  }
  says(name: string, data?: unknown) {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

let streams: Stream[];
let visible: boolean;
let look: () => void;
let retry: (() => void) | null;
const handlers = { onPresence: vi.fn(), onChanged: vi.fn(), onNotes: vi.fn(), onMention: vi.fn() };
const world: EventWorld = {
  open: () => streams[streams.push(new Stream()) - 1] as unknown as EventSource,
  visible: () => visible,
  onVisibility: (run) => ((look = run), () => (look = () => {})),
  later: (_ms, run) => ((retry = run), () => (retry = null)),
};

beforeEach(() => {
  vi.clearAllMocks();
  vi.stubGlobal("EventSource", Stream);
  [streams, visible, retry] = [[], true, null];
});

test("who is where, and that the list changed", () => {
  watchEvents(handlers, world);
  streams[0]?.says("presence", { document: "d", people: [{ display: "Ada" }] });
  streams[0]?.says("documents", {});
  expect(handlers.onPresence).toHaveBeenCalledWith("d", [{ display: "Ada" }]);
  expect(handlers.onChanged).toHaveBeenCalledTimes(1);
});

test("how many notes are open, and who mentioned whoever looks", () => {
  watchEvents(handlers, world);
  streams[0]?.says("notes", { document: "d", notes: 3 });
  streams[0]?.says("mention", { document: "d", note: "n", by: { display: "Ada" } });
  expect(handlers.onNotes).toHaveBeenCalledExactlyOnceWith("d", 3);
  expect(handlers.onMention).toHaveBeenCalledExactlyOnceWith("d", "n", { display: "Ada" });
  watchEvents({ onPresence() {}, onChanged() {} }, world);
  streams[1]?.says("notes", { document: "d", notes: 3 });
  streams[1]?.says("mention", { document: "d", note: "n", by: {} });
});

test("a page nobody looks at holds no connection, and catches up when it is looked at again", () => {
  const stop = watchEvents(handlers, world);
  streams[0]?.says("open");
  visible = false;
  look();
  expect(streams[0]?.readyState).toBe(2);
  visible = true;
  look();
  streams[1]?.says("open");
  expect(handlers.onChanged).toHaveBeenCalledTimes(2);
  stop();
  expect(streams[1]?.readyState).toBe(2);
});

test("a page that was opened behind others asks for what has changed until it is looked at", () => {
  visible = false;
  watchEvents(handlers, world);
  expect(streams.length).toBe(0);
  visible = true;
  look();
  expect(handlers.onChanged).not.toHaveBeenCalled();
  streams[0]?.says("open");
  expect(handlers.onChanged).toHaveBeenCalledTimes(1);
});

test("a refused stream is tried again, later", () => {
  watchEvents(handlers, world);
  streams[0]?.close();
  streams[0]?.says("error");
  expect(streams.length).toBe(1);
  retry?.();
  expect(streams.length).toBe(2);
});
