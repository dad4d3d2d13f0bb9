import { expect, test } from "vitest";
import { answer, saveState } from "./save-state";

const live = { kind: "live" } as const;

test("Saved is said only when it is", () => {
  const states = [
    { kind: "opening", n: 0 },
    { kind: "saving", n: 2 },
    { kind: "offline", n: 3, place: "device" },
    { kind: "unsaved", n: 5, place: "device", reason: "the disk is full" },
  ] as const;
  expect(saveState({ kind: "saved" }, live).label).toBe("Saved");
  expect(states.map((saved) => saveState(saved, live).label)).toEqual([
    "Opening",
    "Saving (2)",
    "Offline: 3 edits on this device",
    "Not saved: the disk is full",
  ]);
  expect(states.map(answer).some((sentence) => sentence.startsWith("Saved"))).toBe(false);
});

test("what is safe is counted, and only what is on the device survives closing the page", () => {
  const state = (n: number, place: "device" | "page") => saveState({ kind: "offline", n, place }, { kind: "offline", since: 0 });
  expect(state(1, "device").safe).toContain("your last 1 edit,");
  expect(state(1, "device").safe).toContain("also when you close the page");
  expect(state(2, "page").safe).toContain("only in this page. Keep the page open");
  expect(state(2, "page").label).toBe("Offline: 2 edits in this page");
  expect(state(0, "device").label).toBe("Offline");
});

test("edits that are refused for good are not promised to be saved", () => {
  const state = saveState({ kind: "unsaved", n: 2, reason: "the text would be too long", place: "device", lasting: true }, live);
  expect(state.todo).toBe("Copy the text to keep them, then discard them and go on.");
});

test("without storage the page says why, and what that means, before anything is lost", () => {
  const unkept = "This browser gives the page no storage.";
  expect(saveState({ kind: "saved" }, live, unkept)).toMatchObject({ label: "Saved", todo: expect.stringContaining("Offline this page has to stay open: this browser") as string });
  expect(saveState({ kind: "offline", n: 2, place: "page" }, { kind: "offline", since: 0 }, unkept).safe).toBe(
    "Everything you see, with your last 2 edits, is only in this page. This browser gives the page no storage. Keep the page open.",
  );
});

test("a page the server has given up on does not say Saved", () => {
  const refused = { kind: "refused", code: 4413, reason: "The document is too large." } as const;
  expect(saveState({ kind: "saved" }, refused)).toMatchObject({ tone: "bad", label: "Stopped" });
  const waiting = saveState({ kind: "unsaved", n: 2, place: "device", reason: "too large" }, refused);
  expect(waiting.label).toBe("Not saved: 2 edits");
  expect(waiting.todo).toBe("The document is too large. Copy the text, then reload, or discard what is not saved.");
});

test("edits that a lower role left behind are named, and nobody waits for the server", () => {
  const state = saveState({ kind: "unsaved", n: 2, place: "device", reason: "you can no longer edit", access: true }, live);
  expect(state.label).toBe("Not saved: you can no longer edit");
  expect(state.safe).toContain("Your last 2 edits are only on this device");
  expect(state.todo).not.toContain("when the server can");
});
