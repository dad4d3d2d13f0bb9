/** PG35: where a colon offers emoji. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { EditorState } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { codeBefore } from "./emoji";
import { optionsOf } from "./emoji-completion";
import { markdown } from "./language";

const at = (text: string) => codeBefore(EditorState.create({ doc: text, extensions: [markdown()] }), text.length);

describe("PG35 emoji", () => {
  it("are offered behind a colon and two letters", () => {
    expect(at(":ta")).toBe(0);
    expect(at("Well done :tada")).toBe(10);
    expect(at("(:+1")).toBe(1);
    for (const text of [":", ":t", "a:ta", "12:30", "https:ta", "::ta", ": ta", ":Ta"]) expect(at(text), text).toBeNull();
  });

  it("are not offered in code, front matter and addresses", () => {
    for (const text of ["`a :ta", "```\n:ta", "    :ta", "---\ntitle: x :ta"]) {
      const closed = text.startsWith("`a") ? `${text}\`` : text;
      const state = EditorState.create({ doc: closed, extensions: [markdown()] });
      expect(codeBefore(state, text.length), text).toBeNull();
    }
  });

  it("are those the renderer knows", () => {
    const table = readFileSync(resolve(import.meta.dirname, "../../render/src/emoji.txt"), "utf8");
    const options = optionsOf(table);
    expect(options.length).toBeGreaterThan(1_800);
    expect(options.find(({ label }) => label === ":tada:")).toMatchObject({ apply: "🎉" });
  });
});
