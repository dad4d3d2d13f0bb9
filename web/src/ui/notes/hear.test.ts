import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import type { Note } from "../../session/notes";
import { hear } from "./hear";
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
