import { signal } from "@preact/signals";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { expect, test } from "vitest";
import type { StoredFile } from "../session/api";
import type { Upload, UploadState } from "../session/uploads";
import { arriving, type Where } from "./arrivals";
import { altOf, nameOf } from "../session/landing";

const by = { author: "a", display: "Ada", peer: 1, guest: false };
const fileOf = (name: string): StoredFile => ({ name, url: `/u/${name}`, original: name, picture: /png$/.test(name) ? { width: 1, height: 1 } : null, bytes: 1, at_ms: 0, by, used: true });

function make(text: string) {
  const states: ReturnType<typeof signal<UploadState>>[] = [];
  const drawn: string[] = [];
  let id = 0;
  const { extension, attach } = arriving(
    {
      add: (attachments) =>
        attachments.map(({ name, body }): Upload => {
          const state = signal<UploadState>({ kind: "waiting" });
          states.push(state);
          return { id: ++id, name, body, state, kept: signal(false), before: null, cancel: () => void (state.value = { kind: "cancelled" }), retry() {} };
        }),
      landed() {},
      draw: ({ name }) => (drawn.push(name), () => drawn.splice(drawn.indexOf(name), 1)),
    },
    () => {},
  );
  const at = text.indexOf("|");
  const view = new EditorView({
    state: EditorState.create({ doc: text.replace("|", ""), extensions: [extension], ...(at < 0 ? {} : { selection: { anchor: at } }) }),
  });
  const names: string[] = [];
  return {
    view,
    drawn,
    text: () => view.state.doc.toString(),
    bring(where: Where, ...brought: string[]) {
      names.push(...brought);
      attach(view, brought.map((name) => ({ name, body: new Blob(["x"]) })), where);
    },
    async store(n: number) {
      const state = states[n - 1];
      if (state) state.value = { kind: "stored", file: fileOf(names[n - 1] ?? "") };
      await Promise.resolve();
    },
    async cancel(n: number) {
      const state = states[n - 1];
      if (state) state.value = { kind: "cancelled" };
      await Promise.resolve();
    },
  };
}

test("nothing is in the text until it is stored, and then the caret stands behind it", async () => {
  const { bring, store, text, view, drawn } = make("Look:|");
  bring({ kind: "caret" }, "a-cat.png");
  expect([text(), drawn]).toEqual(["Look:", ["a-cat.png"]]);
  await store(1);
  expect(text()).toBe("Look: ![a cat](/u/a-cat.png)");
  expect(view.state.selection.main.head).toBe(text().length);
  expect(drawn).toEqual([]);
});

test("the place moves with the text", async () => {
  const { bring, store, text, view } = make("one\n|\ntwo");
  bring({ kind: "caret" }, "a.png");
  view.dispatch({ changes: { from: 0, insert: "zero\n" } });
  view.dispatch({ changes: { from: 9, insert: "typed on" } });
  await store(1);
  expect(text()).toBe("zero\none\n![a](/u/a.png) typed on\ntwo");
});

test.each([[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]])("stored in the order %i %i %i, they stand as they were brought", async (...order) => {
  const { bring, store, text } = make("top\n\n|\n\nend");
  bring({ kind: "caret" }, "a.png", "b.png");
  bring({ kind: "caret" }, "c.txt");
  for (const n of order) await store(n);
  expect(text()).toBe("top\n\n![a](/u/a.png)\n\n![b](/u/b.png)\n\n[c.txt](/u/c.txt)\n\nend");
});

test("in a line they stand apart by spaces", async () => {
  const { bring, store, text } = make("see|this");
  bring({ kind: "caret" }, "a.png", "b.png");
  await store(2);
  await store(1);
  expect(text()).toBe("see ![a](/u/a.png) ![b](/u/b.png) this");
});

test("at the end it is a paragraph of its own", async () => {
  const { bring, store, text } = make("text\n");
  bring({ kind: "end" }, "a.png");
  await store(1);
  expect(text()).toBe("text\n\n![a](/u/a.png)");
});

test("what is cancelled leaves nothing", async () => {
  const { bring, cancel, store, text, drawn } = make("|");
  bring({ kind: "caret" }, "a.png", "b.png");
  await cancel(1);
  expect([text(), drawn]).toEqual(["", ["b.png"]]);
  await store(2);
  expect(text()).toBe("![b](/u/b.png)");
});

test.each([
  ["IMG_2041.jpeg", "IMG 2041"],
  ["a-cat--sleeping.png", "a cat sleeping"],
  ["[draft].png", "\\[draft\\]"],
  [".png", "Picture"],
])("%s reads %s", (name, alt) => expect(altOf(name)).toBe(alt));

test("a file keeps its name", () => expect(nameOf("report_v2 [final].pdf")).toBe("report\\_v2 \\[final\\].pdf"));
