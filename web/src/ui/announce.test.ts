import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { announce, Announcer, said } from "./announce";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what comes within two seconds is one utterance, in order, nothing twice", () => {
  const heard: string[] = [];
  const announcer = new Announcer((sentences) => heard.push(sentences));
  announcer.add("Ama added a note.");
  vi.advanceTimersByTime(1_900);
  announcer.add("Connected again.");
  announcer.add("Ama added a note.");
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(heard).toEqual(["Ama added a note. Connected again."]);
  announcer.add("Ama added a note.");
  vi.advanceTimersByTime(2_000);
  expect(heard).toHaveLength(2);
});

test("a question is asked once, when its time has come, and may have no answer", () => {
  const heard: string[] = [];
  let lost: string | null = "Connection lost.";
  const asked = vi.fn(() => lost);
  const announcer = new Announcer((sentences) => heard.push(sentences));
  announcer.add(asked);
  announcer.add(asked);
  lost = null;
  vi.advanceTimersByTime(2_000);
  expect([asked.mock.calls.length, heard]).toEqual([1, []]);
});

test("the same words again are another utterance", () => {
  announce("Ama added a note.");
  vi.advanceTimersByTime(2_000);
  const first = said.value;
  announce("Ama added a note.");
  vi.advanceTimersByTime(2_000);
  expect([said.value.sentences, said.value.nth]).toEqual([first.sentences, first.nth + 1]);
});
