import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import type { Note } from "../../session/notes";
import { hear, hearPassages } from "./hear";
import type { Thread } from "./threads";
import { fakeDirectory, me, note, reply } from "./test/fakes";

test("what others say is heard once, one's own and the past never", () => {
  const ready = signal(false);
  const all = signal<readonly Note[]>([note("old")]);
  const heard: string[] = [];
  hear({ ready, all }, fakeDirectory(), (sentence) => heard.push(sentence));
  ready.value = true;
  expect(heard).toEqual([]);
  const fresh = note("new", { quote: "the **words**", mentions: [me] });
  all.value = [note("old"), fresh];
  all.value = [note("old", { replies: [reply("mine", { by: me }), reply("r", { by: "heron" })] }), fresh];
  expect(heard).toEqual([
    "Ama Serwaa left a note on “the words” and mentioned you.",
    "Quiet Heron replied to the note on “words of old”.",
  ]);
});

test("many at once are one sentence", () => {
  const all = signal<readonly Note[]>([]);
  const heard: string[] = [];
  hear({ ready: signal(true), all }, fakeDirectory(), (sentence) => heard.push(sentence));
  all.value = ["a", "b", "c"].map((id) => note(id));
  expect(heard).toEqual(["3 new notes and replies."]);
});

test("PG73 a passage with a note is told by its words when the caret stays in it, once", () => {
  const caret = signal<number | null>(null);
  const place = { from: 4, to: 9, changed: false };
  const threads = signal<readonly Thread[]>([
    { note: note("one", { quote: "some **words**" }), place },
    { note: note("done", { resolved: me }), place },
  ]);
  const asked: (() => string | null)[] = [];
  hearPassages(caret, threads, fakeDirectory(), (ask) => asked.push(ask));
  const told = () => asked.splice(0).map((ask) => ask());
  caret.value = 2;
  expect(told()).toEqual([]);
  caret.value = 4;
  expect(told()).toEqual(["In a note by Ama Serwaa on “some words”."]);
  caret.value = 6;
  expect(told()).toEqual([]);
  caret.value = 20;
  caret.value = 9;
  caret.value = 20;
  expect(told()).toEqual([null]);
});
