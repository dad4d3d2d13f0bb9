/** PG31: one frame, one drawing at a time, remembered; one that hangs is given up. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Connect, Painter } from "./painter";
import { sentenceOf, summaryOf } from "./words";

/** Frames that say what the test wants, and keep what they are asked. */
function frames() {
  const made: { heard(data: unknown): void; asked: { id: number; text: string; scheme: string }[]; open: boolean }[] = [];
  const connect: Connect = (heard) => {
    const frame = { heard, asked: [] as { id: number; text: string; scheme: string }[], open: true };
    made.push(frame);
    return { ask: (message) => void frame.asked.push(message as never), close: () => void (frame.open = false) };
  };
  return { made, connect };
}

const drawn = (id: number) => ({ kind: "picture", id, svg: `<svg>${id}</svg>`, width: 3, height: 4 });

describe("PG31 the painter", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("draws one after the other, each once", async () => {
    const { made, connect } = frames();
    const painter = new Painter(connect);
    const [a, again, b] = [painter.paint("a", "light"), painter.paint("a", "light"), painter.paint("b", "light")];
    const [frame] = made;
    expect(frame?.asked).toEqual([]);
    frame?.heard({ kind: "ready" });
    expect(frame?.asked).toEqual([{ id: 1, text: "a", scheme: "light" }]);
    frame?.heard(drawn(9));
    frame?.heard(drawn(1));
    expect(await a).toEqual({ kind: "picture", src: "data:image/svg+xml;charset=utf-8,%3Csvg%3E1%3C%2Fsvg%3E", width: 3, height: 4 });
    expect(await again).toBe(await a);
    expect(frame?.asked.map(({ text }) => text)).toEqual(["a", "b"]);
    frame?.heard({ kind: "mistake", id: 2, line: 1, says: "no" });
    expect(await b).toEqual({ kind: "mistake", line: 1, says: "no" });
    expect(painter.known("a", "light")).toBe(await a);
    expect(painter.known("a", "dark")).toBeNull();
    await painter.paint("a", "light");
    expect([made.length, frame?.asked.length]).toEqual([1, 2]);
  });

  it("gives up a drawing that hangs, with its frame, and goes on in another", async () => {
    const { made, connect } = frames();
    const painter = new Painter(connect);
    const [hangs, fine] = [painter.paint("hangs", "light"), painter.paint("fine", "light")];
    made[0]?.heard({ kind: "ready" });
    vi.advanceTimersByTime(10_000);
    expect(await hangs).toMatchObject({ kind: "mistake", says: "It takes too long to draw." });
    expect([made[0]?.open, made.length]).toEqual([false, 2]);
    made[1]?.heard({ kind: "ready" });
    made[1]?.heard(drawn(2));
    expect(await fine).toMatchObject({ kind: "picture" });
  });

  it("says so when no frame comes, and tries again later", async () => {
    const { made, connect } = frames();
    const painter = new Painter(connect);
    const first = painter.paint("a", "light");
    vi.advanceTimersByTime(30_000);
    expect(await first).toMatchObject({ kind: "mistake", says: "Diagrams cannot be drawn right now." });
    expect(painter.known("a", "light")).toBeNull();
    void painter.paint("a", "light");
    expect(made.length).toBe(2);
  });
});

describe("PG31 what is said of a diagram", () => {
  it("names the line and what stands there", () => {
    expect(sentenceOf({ line: 2, says: "Parse error" }, "flowchart TD\n  A -->\n")).toBe("This diagram has a mistake in line 2: A -->");
    expect(sentenceOf({ line: 3, says: "Parse error" }, "flowchart TD\nA -->\n")).toBe("This diagram has a mistake in line 3: it ends too early");
    expect(sentenceOf({ line: 40, says: "odd" }, "pie")).toBe("This diagram cannot be drawn. odd");
    expect(sentenceOf({ line: null, says: "No diagram type detected matching given configuration for text: x" }, "x")).toBe("This diagram does not say what kind it is in its first line.");
  });

  it("says what it shows to whoever does not see it", () => {
    expect(summaryOf("flowchart TD\n A --> B")).toBe("Flowchart");
    expect(summaryOf("pie title Pets\n x: 1")).toBe("Pie chart: Pets");
    expect(summaryOf("---\ntitle: Plan\n---\ngantt\n")).toBe("Gantt chart: Plan");
    expect(summaryOf("sequenceDiagram\n accTitle: Who says what")).toBe("Sequence diagram: Who says what");
    expect(summaryOf("something")).toBe("Diagram");
  });
});
