import { describe, expect, test, vi } from "vitest";
import { DRAFT } from "./draft";
import { fakeBoard, me, note, place, reply } from "./test/fakes";

const settled = () => new Promise((done) => setTimeout(done));
const shownIds = ({ board }: ReturnType<typeof fakeBoard>) => board.threads.value.map((it) => it.note.id);

describe("what shows", () => {
  const made = () =>
    fakeBoard(
      [
        note("late", { at: 1 }),
        note("early", { at: 2, replies: [reply("r", { at: 9_000 })] }),
        note("gone", { at: 3 }),
        note("done", { at: 4, resolved: me }),
      ],
      { late: place(500), early: place(50), done: place(10) },
    );

  test("open, resolved and detached, each counted", () => {
    const it = made();
    expect(it.board.counts.value).toEqual({ open: 2, resolved: 1, detached: 1 });
    expect(shownIds(it)).toEqual(["early", "late"]);
    it.board.filter.value = "resolved";
    expect(shownIds(it)).toEqual(["done"]);
    it.board.filter.value = "detached";
    expect(shownIds(it)).toEqual(["gone"]);
  });

  test("newest is what was said last, replies too", () => {
    const it = made();
    it.places.value = new Map([...it.places.value, ["gone", place(700)]]);
    it.board.order.value = "newest";
    expect(shownIds(it)).toEqual(["early", "gone", "late"]);
  });

  test("opening a note goes where it is, under its filter", () => {
    const it = made();
    it.board.activate("done");
    expect(it.board.filter.value).toBe("resolved");
    expect(it.board.shown.value).toBe(true);
    expect(it.revealed).toEqual([place(10)]);
    it.board.activate("no such note");
    expect(it.board.active.value).toBeNull();
  });

  test("passages over each other are reached by pressing again", () => {
    const it = made();
    const seen = [1, 2, 3].map(() => (it.board.press(["late", "early"]), it.board.active.value));
    expect(seen).toEqual(["late", "early", "late"]);
  });

  test("next and previous go around, and begin at what is in sight", () => {
    const it = made();
    it.board.step(1);
    expect(it.board.active.value).toBe("late");
    it.board.step(1);
    expect(it.board.active.value).toBe("early");
    it.board.step(-1, "focus");
    expect(it.board.active.value).toBe("late");
    expect(it.board.focus.value).toBe("late");
    it.board.activate(null);
    it.board.step(-1);
    expect(it.board.active.value).toBe("early");
  });

  test("a note that is deleted elsewhere is active no more", () => {
    const it = made();
    it.board.activate("late");
    it.all.value = it.all.value.filter(({ id }) => id !== "late");
    expect(it.board.active.value).toBeNull();
  });
});

describe("a new note", () => {
  test("is about what is selected, and says so when nothing is", () => {
    const it = fakeBoard();
    it.board.start();
    expect(it.said[0]).toContain("Select some text first");
    it.selection.value = { from: 4, to: 4 };
    it.board.start();
    expect(it.board.draft.draft.value).toBeNull();
    it.selection.value = { from: 4, to: 9 };
    it.board.start();
    expect(it.board.draft.writing.value).toBe(true);
    expect(it.board.shown.value).toBe(true);
    expect(it.board.marks.value).toEqual([{ id: DRAFT, from: 4, to: 9, resolved: false }]);
  });

  test("a reader is told why not", () => {
    const it = fakeBoard();
    it.role.value = "view";
    it.selection.value = { from: 4, to: 9 };
    it.board.start();
    expect(it.said[0]).toContain("ask for more access");
    expect(it.board.draft.draft.value).toBeNull();
  });

  test("is posted with its passage, and is the active one when it is there", async () => {
    const it = begun("  A thought. ");
    it.calls.create.mockImplementation(async (sent: unknown) => {
      queueMicrotask(() => {
        const { id } = sent as { id: string };
        it.all.value = [note(id, { by: me, body: "A thought." })];
        it.places.value = new Map([[id, place(4)]]);
      });
    });
    await it.board.draft.post();
    const sent = it.calls.create.mock.calls[0]?.[0] as { id: string };
    expect(sent).toMatchObject({ body: "A thought.", quote: "4 to 9", anchor: [4, 9] });
    expect(sent.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(it.board.draft.draft.value).toBeNull();
    expect(it.board.active.value).toBe(sent.id);
    expect(it.calls.edit).not.toHaveBeenCalled();
  });

  test("does not wait for a socket that is not there", async () => {
    const it = begun("A thought.");
    it.live.value = false;
    await it.board.draft.post();
    expect(it.board.draft.draft.value).toBeNull();
  });

  test("refused, it stays with the sentence why, and a second try is the same note", async () => {
    const it = begun("A thought.");
    it.live.value = false;
    it.calls.create.mockRejectedValueOnce(new Error("The server cannot be reached."));
    await it.board.draft.post();
    expect(it.board.draft.draft.value?.body).toBe("A thought.");
    const problem = it.board.attempts.problems.value.get(DRAFT);
    expect(problem?.sentence).toBe("The server cannot be reached.");
    await it.board.draft.post();
    await vi.waitFor(() => expect(it.calls.create).toHaveBeenCalledTimes(2));
    expect(it.board.draft.draft.value).toBeNull();
    const [first, second] = it.calls.create.mock.calls.map(([sent]) => (sent as { id: string }).id);
    expect(second).toBe(first);
  });

  test("had the server taken it all the same, the draft is done", async () => {
    const it = begun("A thought.");
    it.calls.create.mockRejectedValueOnce(new Error("No answer."));
    await it.board.draft.post();
    it.board.draft.write("A better thought.");
    const { id } = it.calls.create.mock.calls[0]?.[0] as { id: string };
    it.all.value = [note(id, { body: "A thought." })];
    expect(it.board.draft.draft.value).toBeNull();
    expect(it.board.attempts.problems.value.size).toBe(0);
    expect(it.calls.edit).toHaveBeenCalledWith(id, "A better thought.");
  });

  test("leaving keeps what was written and forgets an empty one", () => {
    const it = begun("A thought.");
    it.board.draft.leave();
    expect(it.board.draft.writing.value).toBe(false);
    expect(it.board.draft.draft.value?.body).toBe("A thought.");
    it.board.draft.resume();
    it.board.draft.write("");
    it.board.draft.leave();
    expect(it.board.draft.draft.value).toBeNull();
  });

  test("an unfinished one is never overwritten by another", () => {
    const it = begun("A thought.");
    it.selection.value = { from: 20, to: 30 };
    it.board.start();
    expect(it.board.draft.draft.value?.passage.quote).toBe("4 to 9");
    expect(it.board.draft.other.value?.quote).toBe("20 to 30");
    it.board.draft.moveToOther();
    expect(it.board.draft.draft.value).toMatchObject({ body: "A thought.", passage: { quote: "20 to 30" } });
    expect(it.board.draft.other.value).toBeNull();
  });

  test("discarding asks first", () => {
    const it = begun("A thought.");
    it.board.draft.discard();
    expect(it.board.draft.draft.value).not.toBeNull();
    it.questions[0]?.answers[0]?.run();
    expect(it.board.draft.draft.value).toBeNull();
  });

  function begun(body: string) {
    const it = fakeBoard();
    it.selection.value = { from: 4, to: 9 };
    it.board.start();
    it.board.draft.write(body);
    return it;
  }
});

describe("who may do what", () => {
  const theirs = note("theirs", { by: "ama" });
  const mine = note("mine", { by: me });

  test.each([
    ["view", [false, false, false, false]],
    ["comment", [false, true, false, true]],
    ["edit", [false, true, true, true]],
    ["own", [true, true, true, true]],
  ] as const)("%s", (role, [deleteTheirs, deleteMine, settleTheirs, settleMine]) => {
    const { board, role: now } = fakeBoard([theirs, mine]);
    now.value = role;
    expect(board.mayRemove(theirs)).toBe(deleteTheirs);
    expect(board.mayRemove(mine)).toBe(deleteMine);
    expect(board.maySettle(theirs)).toBe(settleTheirs);
    expect(board.maySettle(mine)).toBe(settleMine);
  });
});

describe("what is done", () => {
  test("deleting asks, and names the replies that go too", () => {
    const it = fakeBoard([note("a", { replies: [reply("r"), reply("s")] })]);
    const [first] = it.all.value;
    if (first) it.board.remove(first, null);
    expect(it.questions[0]?.sentence).toContain("2 replies");
    expect(it.calls.remove).not.toHaveBeenCalled();
    it.questions[0]?.answers[0]?.run();
    expect(it.calls.remove).toHaveBeenCalledWith("a");
  });

  test("a reaction is added to one's own and taken back", async () => {
    const said = note("a", { reactions: [{ emoji: "👍", by: [me, "ama"] }, { emoji: "🎉", by: ["ama"] }] });
    const it = fakeBoard([said]);
    await it.board.react("a", said, "🎉");
    expect(it.calls.react).toHaveBeenLastCalledWith("a", null, ["👍", "🎉"]);
    await it.board.react("a", said, "👍");
    expect(it.calls.react).toHaveBeenLastCalledWith("a", null, []);
    await it.board.react("a", reply("r"), "👀");
    expect(it.calls.react).toHaveBeenLastCalledWith("a", "r", ["👀"]);
  });

  test("resolving closes it; a detached one is attached to what is selected", async () => {
    const it = fakeBoard([note("a")], {});
    const [first] = it.all.value;
    if (!first) return;
    it.board.activate("a");
    await it.board.resolve(first);
    expect(it.calls.resolve).toHaveBeenCalledWith("a", true);
    expect(it.board.active.value).toBeNull();
    await it.board.attach(first);
    it.selection.value = { from: 1, to: 2 };
    it.selection.value = null;
    expect(it.board.attaching.value, "let go of again").toBeNull();
    await it.board.attach(first);
    expect(it.said.at(-1)).toContain("Select the text");
    expect(it.board.attaching.value).toBe(first);
    it.selection.value = { from: 3, to: 6 };
    await it.board.attach(first);
    expect(it.calls.attach).toHaveBeenCalledWith("a", expect.objectContaining({ quote: "3 to 6" }));
    expect(it.board.attaching.value).toBeNull();
  });

  test("a refused act says why where it was tried", async () => {
    const it = fakeBoard([note("a")]);
    it.calls.resolve.mockRejectedValueOnce(new Error("Not now."));
    const [first] = it.all.value;
    if (first) await it.board.resolve(first);
    expect(it.board.attempts.problems.value.get("a")?.sentence).toBe("Not now.");
    await settled();
    expect(it.board.attempts.busy.value.size).toBe(0);
  });

  test("a reply is tried again under its id", async () => {
    const it = fakeBoard([note("a")]);
    it.live.value = false;
    it.calls.reply.mockRejectedValueOnce(new Error("Not now."));
    expect(await it.board.reply("a", "Yes")).toBe(false);
    expect(await it.board.reply("a", "Yes")).toBe(true);
    const ids = it.calls.reply.mock.calls.map(([, sent]) => (sent as { id: string }).id);
    expect(ids[0]).toBe(ids[1]);
  });
});
