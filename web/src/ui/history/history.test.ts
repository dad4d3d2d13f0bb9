/** PG20 to PG23: the state of the history page, its list, its scrubber, its rows of source. */
import { beforeEach, describe, expect, type Mock, test, vi } from "vitest";
import type { Version, VersionsPage } from "../../session/history";
import { changesIn } from "./changes";
import { byDay, dayTitle, fullTime, size, timeOnDay } from "./days";
import { around, entriesOf, idOf, renewed, selectedOf } from "./entries";
import { createHistory, type History, type HistoryCalls } from "./history";
import { compareSources, type Row, rowsOf } from "./hunks";
import { widened } from "./restoring";
import { entryAt, placeOf, ticksOf, valueOf } from "./scrub";
import { sourcePassage } from "./source-passage";
import { createTexts } from "./texts";
import { compareTexts } from "../../session/differences";

const noon = new Date(2026, 10, 26, 12, 0).getTime();
const hour = 3_600_000;

const version = (id: string, hours: number, name: string | null = null): Version => ({
  id, at_ms: noon - hours * hour, name, named_by: null, authors: [], bytes: 10,
});

describe("days", () => {
  test.each([
    [0.2, "Today", "12 minutes ago"],
    [2, "Today", "10:00"],
    [14, "Yesterday", "22:00"],
    [50, "Tuesday 24 November", "10:00"],
    [24 * 400, "Wednesday 22 October 2025", "12:00"],
  ])("%d hours ago", (hours, day, time) => {
    expect(dayTitle(noon - hours * hour, noon).replace(",", "")).toBe(day);
    expect(timeOnDay(noon - hours * hour, noon)).toBe(time);
  });

  test("a time with its day", () => {
    expect(fullTime(noon - 14 * hour, noon)).toBe("yesterday at 22:00");
    expect(fullTime(noon - hour / 2, noon)).toBe("30 minutes ago");
  });

  test("days hold what is next to each other", () => {
    const days = byDay([0.2, 2, 14, 15, 50], (hours) => noon - hours * hour, noon);
    expect(days.map(({ entries }) => entries)).toEqual([[0.2, 2], [14, 15], [50]]);
  });

  test.each([[1, "1 byte"], [812, "812 bytes"], [3_400, "3.4 KB"], [48_213, "48 KB"], [1_200_000, "1.2 MB"]])("%d bytes", (bytes, words) =>
    expect(size(bytes)).toBe(words));
});

describe("the list", () => {
  const all = [version("c", 1), version("b", 2, "Sent"), version("a", 3)];
  const ids = (entries: ReturnType<typeof entriesOf>) => entries.map(idOf);

  test("what is there now stands on top, unless it is the newest version", () => {
    expect(ids(entriesOf(all, "text", "other", "all"))).toEqual([null, "c", "b", "a"]);
    expect(ids(entriesOf(all, "text", "text", "all"))).toEqual(["c", "b", "a"]);
    expect(ids(entriesOf([], "text", null, "all"))).toEqual([null]);
  });

  test("named only keeps the current one", () => {
    expect(ids(entriesOf(all, "text", "text", "named"))).toEqual(["c", "b"]);
    expect(ids(entriesOf(all, "text", "other", "named"))).toEqual([null, "b"]);
  });

  test("an address that names nothing here means the current one", () => {
    const entries = entriesOf(all, "text", "other", "all");
    expect([null, "b", "zzz"].map((id) => selectedOf(entries, id))).toEqual([0, 2, 0]);
  });

  test("the nearest are looked at next", () => {
    expect(around(entriesOf(all, "t", "o", "all"), 2, 2)).toEqual(["a", "c"]);
  });

  test("a newer first page leaves the older ones", () => {
    const page = [version("d", 0.5), version("c", 1, "Named now")];
    expect(renewed(all, page).map(({ id, name }) => [id, name])).toEqual([["d", null], ["c", "Named now"], ["b", "Sent"], ["a", null]]);
  });
});

describe("the scrubber", () => {
  const entries = entriesOf([version("d", 1), version("c", 2, "Sent"), version("b", 20), version("a", 50)], "t", "t", "all");

  test("numbers stay when older versions come", () => {
    expect([0, 3].map((at) => entryAt(valueOf(at)))).toEqual([0, 3]);
    expect([placeOf(0, 4), placeOf(3, 4), placeOf(0, 1)]).toEqual([1, 0, 1]);
  });

  test("days and names have marks, but names of days never overlap", () => {
    const marks = (gap: number) => ticksOf(entries, noon, gap).map(({ kind, label }) => [kind, label]);
    expect(marks(0.1)).toEqual([["day", "24 November"], ["day", "Yesterday"], ["day", "Today"], ["named", "Sent"]]);
    expect(marks(0.5)).toEqual([["day", "24 November"], ["day", "Today"], ["named", "Sent"]]);
  });
});

describe("rows of source", () => {
  const shown = ({ kind, number, pieces }: Row) =>
    `${number ?? ""}${{ same: " ", mixed: "~", added: "+", removed: "-" }[kind]}${pieces.map((it) => (it.kind === "same" ? it.text : `[${it.kind[0]}${it.text}]`)).join("")}`;
  const rows = (a: string, b: string, owner: "old" | "new") => rowsOf(compareTexts(a, b), a, b, owner);

  test("PG20 words inside lines, whole lines, and whose number it is", () => {
    const [a, b] = ["one two three\nsame\ngone\n", "one 2 three\nsame\nnew\n"];
    expect(rows(a, b, "new").map(shown)).toEqual(["1~one [rtwo][a2] three", "2 same", "-[rgone]", "3+[anew]"]);
    expect(rows(a, b, "old").map(shown)).toEqual(["1~one [rtwo][a2] three", "2 same", "3-[rgone]", "+[anew]"]);
  });

  test("PG20 the pieces of the version are its text, for many edits", () => {
    const a = "# Title\n\nOne two three four.\n\n- a\n- b\n\nThe end.\n";
    for (const b of ["", "# Title\n", a.replace("two ", ""), a.replace("\n- b", ""), a.replace("three", "3\n\nthree"), `x${a}y`]) {
      for (const owner of ["old", "new"] as const) {
        const text = owner === "old" ? a : b;
        for (const { pieces } of rows(a, b, owner))
          for (const { text: words, at } of pieces) if (at !== null) expect(text.slice(at, at + words.length)).toBe(words);
        const joined = rows(a, b, owner).flatMap(({ pieces }) => pieces.filter(({ at }) => at !== null).map((it) => it.text)).join("");
        expect(joined).toBe(text.replaceAll("\n", ""));
      }
    }
  });

  test("PG20 long stretches without changes are folded, short ones are not", () => {
    const lines = Array.from({ length: 40 }, (_, at) => `line ${at}`);
    const other = lines.with(20, "another");
    const { parts } = compareSources(lines.join("\n"), other.join("\n"), "new");
    expect(parts.map(({ kind, rows: all }) => [kind, all.length])).toEqual([["fold", 17], ["rows", 8], ["fold", 16]]);
    const near = compareSources(lines.join("\n"), lines.with(4, "another").join("\n"), "new");
    expect(near.parts[0]?.kind).toBe("rows");
  });
});

describe("a passage", () => {
  test("PG21 whole lines bring the empty lines around them", () => {
    const text = "a\n\nb\n\nc";
    expect(widened(text, { from: 3, to: 4 })).toEqual({ from: 2, to: 6 });
    expect(widened("one two", { from: 4, to: 7 })).toEqual({ from: 4, to: 7 });
  });

  test("PG21 a selection of rows is the version's text, whatever stands between", () => {
    const root = document.createElement("div");
    const [a, b] = ["one two\nthree\nfour", "one 2\nthree\nfive"];
    for (const { pieces } of rowsOf(compareTexts(a, b), a, b, "new")) {
      for (const { text, at, other } of pieces) {
        const piece = document.createElement("span");
        if (at !== null) piece.dataset["at"] = String(at);
        if (other !== null) piece.dataset["other"] = String(other);
        piece.append(text);
        root.append(piece);
      }
    }
    const range = document.createRange();
    range.selectNodeContents(root);
    expect(sourcePassage(root, range, "at")).toEqual({ from: 0, to: b.length });
    const two = [...root.children].find(({ textContent }) => textContent === "two");
    range.selectNodeContents(two as Element);
    expect(sourcePassage(root, range, "at")).toBeNull();
    expect(sourcePassage(root, range, "other")).toEqual({ from: 4, to: 7 });
    const three = [...root.children].find(({ textContent }) => textContent === "three");
    range.setStart(three?.firstChild as Text, 1);
    range.setEnd(three?.firstChild as Text, 4);
    const found = sourcePassage(root, range, "at");
    expect(found && b.slice(found.from, found.to)).toBe("hre");
  });
});

test("PG20 changes without unmarked words between them are one", () => {
  const root = document.createElement("div");
  const mark = (text: string) => Object.assign(document.createElement("ins"), { textContent: text });
  const marks = [mark("a"), mark("b"), mark("c")];
  for (const it of marks) it.dataset["mark"] = "added";
  root.append(marks[0]!, " ", marks[1]!, "word", marks[2]!);
  expect(changesIn(root).map((it) => it.textContent)).toEqual(["a", "c"]);
});

describe("texts", () => {
  test("PG22 are asked for once, never many at once, the awaited first", async () => {
    const running = new Map<string, () => void>();
    const load = vi.fn((id: string) => new Promise<string>((done) => running.set(id, () => (running.delete(id), done(`text ${id}`)))));
    const texts = createTexts(load);
    texts.expect(["p1", "p2", "p3", "p4"]);
    expect([...running.keys()]).toEqual(["p1", "p2"]);
    const wanted = ["w1", "w2", "w3"].map((id) => texts.get(id));
    expect([...running.keys()]).toEqual(["p1", "p2", "w1", "w2"]);
    running.get("p1")?.();
    await vi.waitFor(() => expect([...running.keys()]).toEqual(["p2", "w1", "w2", "w3"]));
    texts.expect(["p9"]);
    for (const id of ["p2", "w1", "w2", "w3"]) running.get(id)?.();
    expect(await Promise.all(wanted)).toEqual(["text w1", "text w2", "text w3"]);
    await vi.waitFor(() => expect([...running.keys()]).toEqual(["p9"]));
    expect(await texts.get("w1")).toBe("text w1");
    expect(load).toHaveBeenCalledTimes(6);
  });
});

describe("the page's state", () => {
  const texts: Record<string, string> = { c: "third", b: "second", a: "first" };
  let list: Version[];
  let now: string;
  let calls: { [K in keyof HistoryCalls]: Mock<HistoryCalls[K]> };
  let history: History;
  const page = (): VersionsPage => ({ versions: list, more: false, stored_bytes: 30, count: list.length });
  const settled = () => vi.waitFor(() => expect(history.shown.value.kind).not.toBe("loading"));

  beforeEach(() => {
    list = [version("c", 1), version("b", 2, "Sent"), version("a", 3)];
    now = "fourth";
    calls = {
      versions: vi.fn(async () => page()),
      version: vi.fn(async (id) => list.find((it) => it.id === id) ?? Promise.reject(new Error("No such version."))),
      text: vi.fn(async (id) => texts[id] ?? "?"),
      now: vi.fn(async () => now),
      name: vi.fn(async (name) => (list = [version("d", 0, name), ...list])[0]!),
      rename: vi.fn(async (id, name) => ({ ...list.find((it) => it.id === id)!, name })),
      remove: vi.fn(async (id) => void (list = list.filter((it) => it.id !== id))),
      restore: vi.fn(async () => ((now = "second"), (list = [version("before", 0), ...list])[0]!)),
      say: vi.fn(),
    };
    history = createHistory(calls, null);
  });

  test("shows what is there now against the version before, then another against that before it", async () => {
    await history.load();
    await settled();
    expect(history.shown.value).toMatchObject({ old: "third", text: "fourth", owner: "new" });
    history.select(2);
    await vi.waitFor(() => expect(history.shown.value).toMatchObject({ old: "first", text: "second" }));
    history.compare.value = "now";
    await vi.waitFor(() => expect(history.shown.value).toMatchObject({ old: "second", text: "fourth", owner: "old" }));
    history.compare.value = "none";
    await vi.waitFor(() => expect(history.shown.value).toMatchObject({ old: null, text: "second" }));
  });

  test("a version that is gone is said, and the current one shown", async () => {
    history = createHistory(calls, "zzz");
    await history.load();
    await settled();
    expect(calls.say).toHaveBeenCalledWith(expect.stringContaining("not there any more"));
    expect(history.at.value).toBe(0);
  });

  test("PG23 restores over what was seen, and takes it back", async () => {
    await history.load();
    history.select(2);
    await settled();
    history.restoring.askVersion(list[1]!);
    history.question.value?.answers[0]?.run();
    await vi.waitFor(() => expect(history.restoring.outcome.value).toMatchObject({ kind: "done", before: "before" }));
    expect(calls.restore).toHaveBeenCalledWith("b", { base: "fourth" });
    await vi.waitFor(() => expect(history.entries.value.length).toBe(5));
    await history.restoring.undo();
    expect(calls.restore).toHaveBeenLastCalledWith("before", { base: "second" });
    expect(history.restoring.outcome.value.kind).toBe("undone");
  });

  test("PG23 what could not be restored says that nothing changed", async () => {
    await history.load();
    calls.restore.mockRejectedValueOnce(new Error("The server cannot be reached."));
    await history.restoring.passage(list[1]!, "second", { from: 0, to: 3 });
    expect(history.restoring.outcome.value).toEqual({
      kind: "failed",
      sentence: "Nothing was restored, and nothing was changed. The server cannot be reached.",
    });
  });

  test("names, renames, takes names away and deletes", async () => {
    await history.load();
    await history.name(history.entries.value[0]!, "Now");
    expect(calls.name).toHaveBeenCalledWith("Now");
    await history.unname(list[2]!);
    expect(calls.rename).toHaveBeenCalledWith("b", null);
    history.askRemove(list[1]!);
    history.question.value?.answers[0]?.run();
    await vi.waitFor(() => expect(history.entries.value.map(idOf)).not.toContain("c"));
  });

  test("trouble is a sentence, and trying again helps", async () => {
    calls.versions.mockRejectedValueOnce(new Error("The server cannot be reached."));
    await history.load();
    expect(history.loading.value).toEqual({ kind: "failed", sentence: "The server cannot be reached." });
    let gone = true;
    calls.text.mockImplementation(async (id) => (id === "a" && gone ? Promise.reject(new Error("Gone away.")) : (texts[id] ?? "?")));
    await history.load();
    await settled();
    history.select(3);
    await vi.waitFor(() => expect(history.shown.value).toEqual({ kind: "failed", sentence: "Gone away." }));
    gone = false;
    history.retry();
    await vi.waitFor(() => expect(history.shown.value).toMatchObject({ text: "first" }));
  });
});
