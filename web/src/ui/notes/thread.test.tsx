import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Rail } from "./rail";
import { fakeBoard, me, note, place, reply } from "./test/fakes";

afterEach(() => act(() => render(null, document.body)));

type Made = ReturnType<typeof fakeBoard>;

function show(made: Made) {
  let left = 0;
  act(() =>
    render(<Rail board={made.board} lead={null} over={false} onAsk={() => {}} onLeave={() => void left++} />, document.body),
  );
  return { left: () => left };
}

const find = (selector: string) => document.querySelector<HTMLElement>(selector);
const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
const named = (name: string) => all("button").find((it) => (it.getAttribute("aria-label") ?? it.textContent?.trim()) === name);
const key = (element: Element | null, name: string, more: KeyboardEventInit = {}) =>
  act(() => void element?.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...more })));
const type = (field: HTMLTextAreaElement | null, text: string) =>
  act(() => {
    if (!field) return;
    field.value = text;
    field.setSelectionRange(text.length, text.length);
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });

const two = () =>
  fakeBoard(
    [note("a", { replies: [reply("r"), reply("s", { by: me })] }), note("b", { by: me })],
    { a: place(10), b: place(90) },
  );

describe("a thread", () => {
  test("closed says how many replies follow; open it has them, and a field", () => {
    const it = two();
    show(it);
    expect(all(".note").map((card) => card.querySelectorAll(".turn").length)).toEqual([1, 1]);
    expect(find(".foot-open")?.textContent).toBe("2 replies");
    act(() => it.board.activate("a"));
    expect(find(".note.active")?.querySelectorAll(".turn")).toHaveLength(3);
    expect(find(".note.active textarea")).not.toBeNull();
    expect(find(".note.active")?.getAttribute("aria-current")).toBe("true");
  });

  test("names guests as guests, and says nothing of what was said as markup", () => {
    const body = "<img src=x onerror=alert(1)> javascript:alert(1) https://example.org/";
    show(fakeBoard([note("a", { by: "heron", body, quote: "<b>**x**</b>" })], { a: place(1) }));
    expect(find(".who")?.textContent).toContain("guest, ");
    expect(find(".say")?.textContent).toBe(body);
    expect(find(".say img")).toBeNull();
    expect(all(".say a").map((link) => link.getAttribute("rel"))).toEqual(["noopener noreferrer nofollow"]);
    expect(find(".q")?.textContent).toBe("x");
  });

  test("somebody mentioned has their name and colour", () => {
    show(fakeBoard([note("a", { body: "Ask @tomasz, not @ama", mentions: ["tomasz"] })], { a: place(1) }));
    expect(find(".mention")?.className).toContain("p2");
    expect(find(".say")?.textContent).toBe("Ask Tomasz Bielak, not @ama");
  });

  test("says when its words were changed, with the words as they were", () => {
    const it = fakeBoard([note("a")], { a: { from: 1, to: 5, changed: true } });
    show(it);
    act(() => it.board.activate("a"));
    expect(find(".note.active .q")?.textContent).toBe("words of a");
    expect(find(".note-changed")?.textContent).toContain("changed since");
  });

  test("what may be done is there, and nothing else", () => {
    const it = two();
    it.role.value = "comment";
    show(it);
    act(() => it.board.activate("a"));
    expect(named("Resolve")).toBeUndefined();
    expect(all(".note.active .menu-root")).toHaveLength(1);
    act(() => it.board.activate("b"));
    expect(named("Resolve")).not.toBeUndefined();
    it.role.value = "view";
    act(() => it.board.activate("a"));
    expect(find(".note.active textarea")).toBeNull();
    expect(find(".read-only")?.textContent).toContain("Ask for access");
  });

  test("resolved by whom, and reopened", () => {
    const it = fakeBoard([note("a", { resolved: me }), note("b", { resolved: "tomasz" })], { a: place(1), b: place(9) });
    it.board.filter.value = "resolved";
    show(it);
    expect(all(".resolved span").map((line) => line.textContent)).toEqual(["Resolved by you", "Resolved by Tomasz Bielak"]);
    act(() => named("Reopen")?.click());
    expect(it.calls.resolve).toHaveBeenCalledWith("a", false);
  });

  test("one's own words are changed in their place", () => {
    const it = two();
    show(it);
    act(() => it.board.activate("b"));
    act(() => named("More for what Maren Holt said")?.click());
    act(() => all("[role=menuitem]").find((entry) => entry.textContent === "Edit")?.click());
    const field = find(".change textarea") as HTMLTextAreaElement;
    expect(field.value).toBe("Said in b");
    type(field, "Said better");
    key(field, "Enter", { ctrlKey: true });
    expect(it.calls.edit).toHaveBeenCalledWith("b", "Said better");
  });

  test("a reply is kept as it is written, and posted with Ctrl Enter", () => {
    const it = two();
    show(it);
    act(() => it.board.activate("a"));
    const field = find(".reply textarea") as HTMLTextAreaElement;
    type(field, "Yes.");
    expect(it.kept.get("a")).toBe("Yes.");
    key(field, "Enter", { ctrlKey: true });
    expect(it.calls.reply).toHaveBeenCalledWith("a", expect.objectContaining({ body: "Yes." }));
  });
});

describe("reactions", () => {
  test("counted, one's own pressed, with the names", () => {
    const it = fakeBoard([note("a", { reactions: [{ emoji: "👍", by: [me, "ama"] }, { emoji: "🎉", by: ["heron"] }] })], { a: place(1) });
    show(it);
    expect(all(".reaction").map((button) => [button.getAttribute("aria-pressed"), button.title])).toEqual([
      ["true", "you, Ama Serwaa"],
      ["false", "Quiet Heron"],
    ]);
    act(() => all(".reaction")[1]?.click());
    expect(it.calls.react).toHaveBeenCalledWith("a", null, ["👍", "🎉"]);
  });

  test("chosen from a row, by keyboard too", () => {
    const it = two();
    show(it);
    act(() => it.board.activate("a"));
    act(() => named("React to Ama Serwaa")?.click());
    expect(document.activeElement?.textContent).toBe("👍");
    key(document.activeElement, "ArrowRight");
    act(() => (document.activeElement as HTMLElement).click());
    expect(it.calls.react).toHaveBeenCalledWith("a", null, ["❤️"]);
    expect(find(".choices")).toBeNull();
  });
});

describe("the draft", () => {
  const begun = () => {
    const it = fakeBoard([note("a")], { a: place(50) });
    it.selection.value = { from: 4, to: 9 };
    it.board.start();
    const shown = show(it);
    return { ...it, ...shown };
  };

  test("has the focus; Esc leaves it and keeps what was written", () => {
    const it = begun();
    const field = find(".draft textarea") as HTMLTextAreaElement;
    expect(document.activeElement).toBe(field);
    type(field, "A thought");
    key(field, "Escape");
    expect(it.left()).toBe(1);
    expect(find(".draft.active")).toBeNull();
    expect(find(".draft")?.textContent).toContain("A thought");
    act(() => named("Go on")?.click());
    expect((find(".draft textarea") as HTMLTextAreaElement).value).toBe("A thought");
  });

  test("refused, it says why and can be tried again", async () => {
    const it = begun();
    it.live.value = false;
    it.calls.create.mockRejectedValueOnce(new Error("The server cannot be reached."));
    type(find(".draft textarea") as HTMLTextAreaElement, "A thought");
    await act(async () => named("Post")?.click());
    await vi.waitFor(() => expect(find(".problem")).not.toBeNull());
    expect(find(".problem")?.textContent).toContain("The server cannot be reached.");
    expect((find(".draft textarea") as HTMLTextAreaElement).value).toBe("A thought");
    type(find(".draft textarea") as HTMLTextAreaElement, "A better thought");
    await act(async () => named("Try again")?.click());
    await vi.waitFor(() => expect(it.board.draft.draft.value).toBeNull());
    expect(it.calls.create).toHaveBeenLastCalledWith(expect.objectContaining({ body: "A better thought" }));
  });

  test("names are completed with arrows and Enter; Esc only closes the list", () => {
    const it = begun();
    const field = find(".draft textarea") as HTMLTextAreaElement;
    type(field, "Ask @");
    expect(all("[role=option]").map((option) => option.querySelector(".names-who")?.textContent)).toEqual([
      "Ama Serwaa",
      "Tomasz Bielak",
    ]);
    expect(field.getAttribute("aria-activedescendant")).toBe(all("[role=option]")[0]?.id);
    key(field, "ArrowUp");
    key(field, "Enter");
    expect(it.board.draft.draft.value?.body).toBe("Ask @tomasz ");
    type(field, "Ask @a");
    key(field, "Escape");
    expect(find("[role=listbox]")).toBeNull();
    expect(find(".draft.active")).not.toBeNull();
  });
});

describe("by keyboard", () => {
  test("j and k go along the notes, Enter opens, r answers, Esc goes back to the text", () => {
    const it = two();
    const shown = show(it);
    const cards = all(".note");
    cards[0]?.focus();
    key(document.activeElement, "j");
    expect(document.activeElement).toBe(cards[1]);
    key(document.activeElement, "k");
    expect(document.activeElement).toBe(cards[0]);
    key(document.activeElement, "Enter");
    expect(it.board.active.value).toBe("a");
    key(document.activeElement, "Escape");
    expect(it.board.active.value).toBeNull();
    expect(shown.left()).toBe(1);
  });

  test("the focus goes on when the note under it is gone", () => {
    const it = two();
    show(it);
    all(".note")[0]?.focus();
    act(() => void (it.all.value = it.all.value.filter(({ id }) => id !== "a")));
    expect(document.activeElement?.getAttribute("data-note")).toBe("b");
    act(() => void (it.all.value = []));
    expect(document.activeElement?.getAttribute("role")).toBe("tab");
  });
});

describe("nothing there", () => {
  test("says what to do, for each filter, and to a reader how to ask", () => {
    const it = fakeBoard();
    show(it);
    expect(find(".no-notes")?.textContent).toMatch(/No open notes\. Select some text and press/);
    act(() => void (it.board.filter.value = "detached"));
    expect(find(".no-notes")?.textContent).toContain("Every note has its place");
    it.role.value = "view";
    act(() => void (it.board.filter.value = "open"));
    expect(find(".no-notes")?.textContent).toContain("Ask for access");
  });

  test("notes that lost their place stand at the foot", () => {
    const it = fakeBoard([note("a"), note("b", { at: 2_000 })], {});
    show(it);
    expect(find(".tray-head")?.textContent).toContain("2 notes lost their place");
    expect(find(".tray .q s")?.textContent).toBe("words of b");
    act(() => named("Show all")?.click());
    expect(all(".plain-list .note")).toHaveLength(2);
  });
});
