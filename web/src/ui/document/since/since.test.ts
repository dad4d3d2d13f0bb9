/** PG13: going through what changed. */
import { beforeEach, expect, test, vi } from "vitest";
import { createSince, type Marker } from "./since";
import { when } from "./find";

let marker: Marker & { left: number };
beforeEach(() => {
  marker = { left: 3, count: () => marker.left, go: vi.fn((index: number) => `Ama added “${index}”`), show: vi.fn(), hide: vi.fn(), end: vi.fn() };
});

test("PG13 nothing is marked before it is asked for; one steps around, and dismisses for good", () => {
  const seen = vi.fn();
  const since = createSince(seen, () => true);
  expect([since.step(1), since.dismiss()]).toEqual([false, false]);
  since.found("3 changes by Ama since you last looked, yesterday", marker, "since");
  expect(since.state.value).toMatchObject({ kind: "changes", count: 3, marks: "hidden", step: null });
  expect(marker.show).not.toHaveBeenCalled();
  since.toggle();
  expect(since.state.value).toMatchObject({ marks: "shown", step: 0, told: "Ama added “0”" });
  since.step(-1);
  expect(since.state.value).toMatchObject({ step: 2 });
  since.step(1);
  expect(since.state.value).toMatchObject({ step: 0 });
  expect(seen).not.toHaveBeenCalled();
  expect(since.dismiss()).toBe(true);
  expect([since.state.value.kind, vi.mocked(marker.end).mock.calls.length, seen.mock.calls.length]).toEqual(["nothing", 1, 1]);
  expect(since.step(1)).toBe(false);
});

test("PG13 Shift F7 at first goes to the last change; changes that were taken away are skipped, and the last of them ends it", () => {
  const since = createSince(vi.fn(), () => false);
  since.found("3 changes", marker, "since");
  since.step(-1);
  expect(since.state.value).toMatchObject({ step: 2, count: 3 });
  marker.left = 1;
  since.step(1);
  expect(since.state.value).toMatchObject({ step: 0, count: 1 });
  since.toggle();
  expect(since.state.value).toMatchObject({ marks: "hidden", step: null, told: null });
  marker.left = 0;
  since.step(1);
  expect(since.state.value.kind).toBe("nothing");
});

test("PG13 a text that became another one is told, and cannot be gone through", () => {
  const since = createSince(vi.fn(), () => true);
  since.found("Much of the text was changed since you last looked, yesterday", null, "since");
  expect([since.state.value.kind, since.step(1)]).toEqual(["rewritten", false]);
  expect(since.dismiss()).toBe(true);
});

test("PG12 when one last looked, in words", () => {
  const day = 86_400_000;
  expect(when(Date.now() - 5 * 60_000)).toBe("5 minutes ago");
  expect(when(Date.now() - 3 * day)).toMatch(/^on [A-Z][a-z]+day$/);
  expect(when(Date.now() - 30 * day)).toMatch(/^on \d+ [A-Z]/);
});

test("OF70 what came while one was away takes the place of what came since one looked, never the other way round", () => {
  const since = createSince(vi.fn(), () => true);
  const older = { ...marker, end: vi.fn() };
  since.found("3 changes by Ama since you last looked, yesterday", older, "since");
  since.found("Grace changed this while you were away", marker, "away");
  expect(older.end).toHaveBeenCalledOnce();
  expect(since.state.value).toMatchObject({ kind: "changes", about: "away", sentence: "Grace changed this while you were away", marks: "hidden" });
  since.found("3 changes by Ama since you last looked, yesterday", older, "since");
  expect([since.state.value, older.end.mock.calls.length]).toMatchObject([{ about: "away" }, 2]);
  expect([since.step(1), since.dismiss(), since.state.value.kind]).toEqual([true, true, "nothing"]);
});
