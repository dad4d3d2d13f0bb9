/** PG36: finding a construct, and putting it where the caret is. */
import { describe, expect, it } from "vitest";
import { constructs, insertion, matching } from "./constructs";

const names = (query: string) => matching(query).map(({ name }) => name);
const named = (name: string) => constructs.find((it) => it.name === name) ?? expect.fail(name);

describe("PG36 the cheat sheet", () => {
  it("is found by names, other words and signs", () => {
    expect(matching("")).toEqual(constructs);
    expect(names("strong")).toEqual(["Bold"]);
    expect(names("tab")).toContain("Table");
    expect(names("[!note]")).toEqual(["Alert"]);
    expect(names("math display")).toEqual(["Formula on its own"]);
    expect(names("nothing of this")).toEqual([]);
  });

  it("keeps groups together and names apart", () => {
    const groups = constructs.map(({ group }) => group);
    expect(groups.filter((group, index) => group !== groups[index - 1])).toEqual([...new Set(groups)]);
    expect(new Set(constructs.map(({ name }) => name)).size).toBe(constructs.length);
  });

  it("puts what begins a line on one of its own", () => {
    const table = named("Divider, and the next slide");
    expect(insertion(table, "", "")).toBe("one\n\n---\n\ntwo\n");
    expect(insertion(table, "words", "more")).toBe("\n\none\n\n---\n\ntwo\n\n");
    expect(insertion(table, "  ", "")).toBe("\none\n\n---\n\ntwo\n");
    expect(insertion(named("Bold"), "so ", "")).toBe("**bold**");
  });
});
