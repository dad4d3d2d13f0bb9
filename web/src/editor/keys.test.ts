import { describe, expect, test } from "vitest";
import { syntaxTree } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { commands } from "./commands";
import { matchesAlt } from "./keys";
import { markdown } from "./language";

function pressed(code: string, held: string[]): KeyboardEvent {
  const on = (name: string) => held.includes(name);
  return {
    code, altKey: on("Alt"), ctrlKey: on("Control"), metaKey: on("Meta"), shiftKey: on("Shift"),
    getModifierState: (name: string) => on(name),
  } as KeyboardEvent;
}

test("AltGr is not Ctrl and Alt", () => {
  expect(matchesAlt(pressed("Digit1", ["Control", "Alt"]), "Mod-Alt-1", false)).toBe(true);
  expect(matchesAlt(pressed("Digit1", ["Control", "Alt", "AltGraph"]), "Mod-Alt-1", false)).toBe(false);
  expect(matchesAlt(pressed("Digit1", ["Meta", "Alt"]), "Mod-Alt-1", true)).toBe(true);
  expect(matchesAlt(pressed("Digit1", ["Control", "Alt"]), "Mod-Alt-1", true)).toBe(false);
  expect(matchesAlt(pressed("Digit2", ["Control", "Alt"]), "Mod-Alt-1", false)).toBe(false);
  expect(matchesAlt(pressed("KeyF", ["Control", "Alt"]), "Mod-Alt-f", false)).toBe(true);
});

test("no two commands share a name or a key", () => {
  const keys = commands.flatMap(({ key }) => key ?? []);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length);
});

describe("the language", () => {
  const nodes = (text: string) => {
    const found: string[] = [];
    syntaxTree(EditorState.create({ doc: text, extensions: markdown() })).iterate({ enter: ({ name, from, to }) => void found.push(`${name} ${from}-${to}`) });
    return found;
  };

  test("knows front matter, only at the start", () => {
    expect(nodes("---\ntitle: x\n---\n# a")).toEqual(expect.arrayContaining(["FrontMatter 0-16", "ATXHeading1 17-20"]));
    expect(nodes("a\n\n---\nb: c\n---").some((node) => node.startsWith("FrontMatter"))).toBe(false);
    expect(nodes("---\n\ntext\n---")[1]).toBe("HorizontalRule 0-3");
    expect(nodes("---\ntitle: x\n\n# a")).toEqual(expect.arrayContaining(["FrontMatter 0-12", "ATXHeading1 14-17"]));
  });

  test("knows GitHub's additions and marks", () => {
    const text = "- [x] a\n\n| a |\n| - |\n\n~~b~~ ==c== https://d.e";
    for (const name of ["TaskMarker", "Table", "Strikethrough", "Mark", "URL"]) expect(nodes(text).join()).toContain(name);
    expect(nodes("a == b == c").join()).not.toContain("Mark");
  });
});
