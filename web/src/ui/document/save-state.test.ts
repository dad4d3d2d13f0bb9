import { expect, test } from "vitest";
import { answer, saveState } from "./save-state";

const live = { kind: "live" } as const;

test("Saved is said only when it is", () => {
  const states = [
    { kind: "saving", n: 2 },
    { kind: "offline", n: 3 },
    { kind: "unsaved", n: 5, reason: "the disk is full" },
  ] as const;
  expect(saveState({ kind: "saved" }, live).label).toBe("Saved");
  expect(states.map((saved) => saveState(saved, live).label)).toEqual([
    "Saving (2)",
    "Offline: 3 edits on this device",
    "Not saved: the disk is full",
  ]);
  expect(states.map(answer).some((sentence) => sentence.startsWith("Saved"))).toBe(false);
});

test("what is safe is counted, and nothing promises to survive closing the page", () => {
  const offline = saveState({ kind: "offline", n: 1 }, { kind: "offline", since: 0 });
  expect(offline.safe).toContain("your last 1 edit,");
  expect(offline.safe).toContain("Keep it open");
  expect(saveState({ kind: "offline", n: 0 }, { kind: "offline", since: 0 }).label).toBe("Offline");
});

test("a page the server has given up on does not say Saved", () => {
  const refused = { kind: "refused", code: 4413, reason: "The document is too large." } as const;
  expect(saveState({ kind: "saved" }, refused)).toMatchObject({ tone: "bad", label: "Stopped" });
  const waiting = saveState({ kind: "unsaved", n: 2, reason: "too large" }, refused);
  expect(waiting.label).toBe("Not saved: 2 edits");
  expect(waiting.todo).toBe("The document is too large. Copy the text, then reload.");
});

test("edits that a lower role left behind are named, and nobody waits for the server", () => {
  const state = saveState({ kind: "unsaved", n: 2, reason: "you can no longer edit", access: true }, live);
  expect(state.label).toBe("Not saved: you can no longer edit");
  expect(state.safe).toContain("Your last 2 edits are only in this page");
  expect(state.todo).not.toContain("when the server can");
});
