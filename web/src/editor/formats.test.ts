import { describe, expect, test, vi } from "vitest";
import * as blocks from "./blocks";
import { formats, hasFormat, toggled } from "./inline";
import { linked, pasted, pictured } from "./links";
import { changed, stateOf } from "./test/text";

const inline = (name: keyof typeof formats) => (state: ReturnType<typeof stateOf>) => toggled(state, formats[name]);

describe("inline formats", () => {
  test.each([
    ["bold", "a «b» c", "a **«b»** c"],
    ["bold", "a **«b»** c", "a «b» c"],
    ["bold", "a «**b**» c", "a «b» c"],
    ["bold", "a __b|__ c", "a b| c"],
    ["bold", "a | c", "a **|** c"],
    ["bold", "a **|** c", "a | c"],
    ["bold", "wo|rd", "**wo|rd**"],
    ["bold", "a « b » c", "a  **«b»**  c"],
    ["bold", "«- one\n- two»", "- **«one**\n- **two»**"],
    ["bold", "- **«one**\n- **two»**", "- «one\n- two»"],
    ["bold", "«## a\n\n> b»", "## **«a**\n\n> **b»**"],
    ["italic", "«a»", "*«a»*"],
    ["italic", "**«a»**", "***«a»***"],
    ["italic", "_a|_", "a|"],
    ["strike", "«a»", "~~«a»~~"],
    ["strike", "~~«a»~~", "«a»"],
    ["mark", "«a»", "==«a»=="],
    ["mark", "==a|b==", "a|b"],
    ["code", "«a»", "`«a»`"],
    ["code", "«a`b»", "``«a`b»``"],
    ["code", "«`»", "`` «`» ``"],
    ["code", "`«a»`", "«a»"],
  ] as const)("%s %j", (name, from, to) => expect(changed(from, inline(name))).toBe(to));

  test("are found however long the machine is held up", () => {
    let now = 0;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => (now += 1_000));
    expect(changed("# one\n\ntwo\n\na **«b»** c", inline("bold"))).toBe("# one\n\ntwo\n\na «b» c");
    expect(changed("a **«b»** c", inline("bold"))).toBe("a «b» c");
    clock.mockRestore();
  });

  test("are active inside, whichever marks they have", () => {
    const active = (text: string, name: keyof typeof formats) => hasFormat(stateOf(text), formats[name]);
    expect([active("**a|b**", "bold"), active("__a|b__", "bold"), active("a|b", "bold"), active("**a** b|", "bold")]).toEqual([true, true, false, false]);
    expect([active("==a|==", "mark"), active("`a|`", "code"), active("```\n**a|**\n```", "bold")]).toEqual([true, true, false]);
  });
});

describe("links", () => {
  test.each([
    ["see «this» now", "see [this](|) now"],
    ["see | now", "see [|]() now"],
    ["see «https://a.b/c» now", "see [|](https://a.b/c) now"],
    ["see [th|is](https://a.b) now", "see «this» now"],
  ])("%j", (from, to) => expect(changed(from, linked)).toBe(to));

  test("a picture", () => {
    expect(changed("«a cat»", pictured)).toBe("![a cat](|)");
    expect(changed("«https://a.b/c.png»", pictured)).toBe("![|](https://a.b/c.png)");
  });

  test.each([
    ["see «this» now", "see [this](https://a.b/c%28d%29)| now"],
    ["see | now", null],
    ["`«this»`", null],
    ["```\n«this»\n```", null],
    ["[«this»](x)", null],
    ["«https://x.y»", null],
    ["«two\nlines»", null],
  ])("an address pasted over %j", (from, to) => expect(changed(from, (state) => pasted(state, "https://a.b/c(d)"))).toBe(to));

  test("other words pasted stay words", () => expect(changed("«this»", (state) => pasted(state, "see https://a.b"))).toBe(null));
});

describe("blocks", () => {
  test.each([
    ["a|", 2, "## a|"],
    ["## a|", 2, "a|"],
    ["### a|", 1, "# a|"],
    ["«a\n\nb»", 3, "### «a\n\n### b»"],
    ["|", 1, "# |"],
  ])("heading %j %d", (from, level, to) => expect(changed(from, (state) => blocks.heading(state, level))).toBe(to));

  test("the heading button goes round", () => {
    let text: string | null = "a|";
    const seen: (string | null)[] = [];
    for (let press = 0; press < 4; press++) seen.push((text = changed(text ?? "", blocks.headingCycled)));
    expect(seen).toEqual(["## a|", "### a|", "#### a|", "a|"]);
  });

  test.each([
    ["«a\n\nb»", "> «a\n> \n> b»"],
    ["«> a\n> b»", "«a\nb»"],
    ["a|", "> a|"],
  ])("quote %j", (from, to) => expect(changed(from, blocks.quote)).toBe(to));

  test.each([
    ["bulleted", "«a\nb»", "- «a\n- b»"],
    ["bulleted", "- «a\n- b»", "«a\nb»"],
    ["numbered", "- «a\n- b»", "1. «a\n2. b»"],
    ["numbered", "1. x\na|", "1. x\n2. a|"],
    ["task", "«a\n\n- b»", "- [ ] «a\n\n- [ ] b»"],
    ["task", "- [x] a|", "a|"],
    ["bulleted", "> a|", "> - a|"],
  ] as const)("%s list %j", (kind, from, to) => expect(changed(from, (state) => blocks.list(state, kind))).toBe(to));

  test.each([
    ["a|", "```\na|\n```"],
    ["```js\na|\n```", "a|"],
    ["«a\n```\nb»", "````\n«a\n```\nb»\n````"],
    ["|", "```\n|\n```"],
  ])("code block %j", (from, to) => expect(changed(from, blocks.codeBlock)).toBe(to));

  test("a table and a divider stand alone", () => {
    expect(changed("a|\nb", blocks.rule)).toBe("a\n\n---\n|\n\nb");
    expect(changed("|", blocks.rule)).toBe("---\n|");
    expect(changed("a|", blocks.table)).toBe("a\n\n| «Column» | Column |\n| ------ | ------ |\n|        |        |");
  });
});
