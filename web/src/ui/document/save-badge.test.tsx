import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import type { Saved, Status } from "../../session/session";
import { SaveBadge, settleMs } from "./save-badge";

afterEach(() => render(null, document.body));

function show(saved: Saved, status: Status = { kind: "live" }) {
  const calls = { onRetry: vi.fn(), onCopy: vi.fn(), onDownload: vi.fn(), onDiscard: vi.fn() };
  act(() => render(<SaveBadge saved={saved} status={status} unkept={null} {...calls} />, document.body));
  return calls;
}

const badge = () => document.querySelector<HTMLElement>(".save");
const said = () => document.querySelector("[role=status]")?.textContent;

test("it opens only when pressed, and Esc brings the focus back", () => {
  show({ kind: "unsaved", n: 5, place: "device", reason: "the disk is full" });
  expect(document.querySelector(".pop")).toBeNull();
  act(() => badge()?.click());
  expect(document.querySelector(".pop h2")?.textContent).toBe("The server could not save 5 edits");
  act(
    () =>
      void document
        .querySelector(".pop")
        ?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })),
  );
  expect(document.querySelector(".pop")).toBeNull();
  expect(document.activeElement).toBe(badge());
});

test("only trouble and its end are said aloud, no edit is", () => {
  show({ kind: "saved" });
  show({ kind: "saving", n: 1 });
  expect(said()).toBe("");
  show({ kind: "offline", n: 1, place: "device" });
  show({ kind: "offline", n: 2, place: "device" });
  expect(said()).toBe("");
  show({ kind: "unsaved", n: 1, place: "device", reason: "the disk is full" });
  show({ kind: "unsaved", n: 2, place: "device", reason: "the disk is full" });
  expect(said()).toBe("Not saved: the disk is full");
  show({ kind: "saved" });
  expect(said()).toBe("Saved");
});

test("offline offers a try, a page that was given up offers a reload", () => {
  const { onRetry } = show({ kind: "offline", n: 0, place: "device" }, { kind: "offline", since: 0 });
  act(() => badge()?.click());
  act(() => document.querySelector<HTMLElement>(".pop .btn")?.click());
  expect(onRetry).toHaveBeenCalledOnce();
  show({ kind: "saved" }, { kind: "refused", code: 4400, reason: "" });
  expect(document.querySelector(".pop .btn")?.textContent).toBe("Reload");
});

test("OF18: only edits on this device that the server will not take can be let go of", () => {
  const discard = () => [...document.querySelectorAll<HTMLElement>(".pop .btn")].find(({ textContent }) => textContent === "Discard");
  const unsaved = { kind: "unsaved", n: 1, reason: "the text would be too long", place: "device" } as const;
  const { onDiscard } = show({ ...unsaved, lasting: true });
  act(() => badge()?.click());
  act(() => discard()?.click());
  expect(onDiscard).toHaveBeenCalledOnce();
  for (const saved of [unsaved, { ...unsaved, lasting: true, place: "page" }, { kind: "offline", n: 1, place: "device" }] as const) {
    show(saved);
    expect(discard()).toBeUndefined();
  }
});

test("OF16 while one types it says Saving, and Saved once that has rested; trouble it says at once", () => {
  vi.useFakeTimers();
  try {
    show({ kind: "saved" });
    for (const n of [1, 2, 1]) {
      show({ kind: "saving", n });
      expect(badge()?.textContent).toBe(`Saving (${n})`);
      show({ kind: "saved" });
      act(() => void vi.advanceTimersByTime(settleMs - 1));
      expect(badge()?.textContent).toBe(`Saving (${n})`);
    }
    act(() => void vi.advanceTimersByTime(1));
    expect(badge()?.textContent).toBe("Saved");
    show({ kind: "saving", n: 1 });
    show({ kind: "saved" });
    show({ kind: "unsaved", n: 1, place: "page", reason: "the disk is full" });
    expect(badge()?.textContent).toBe("Not saved: the disk is full");
    show({ kind: "saved" });
    expect(badge()?.textContent).toBe("Saved");
  } finally {
    vi.useRealTimers();
  }
});
