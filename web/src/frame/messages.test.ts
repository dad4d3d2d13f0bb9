/** PG31: nothing from the frame of the diagrams is believed unseen. */
import { describe, expect, it } from "vitest";
import { answerOf, svgMax } from "./messages";
import { mistakeOf } from "./mistake";

const picture = { kind: "picture", id: 1, svg: "<svg/>", width: 10, height: 20 };

describe("PG31 what the frame says", () => {
  it("is taken when it has the shape", () => {
    expect(answerOf(picture)).toEqual(picture);
    expect(answerOf({ kind: "ready", more: 1 })).toEqual({ kind: "ready" });
    expect(answerOf({ kind: "mistake", id: 1, line: 3, says: "no" })).toEqual({ kind: "mistake", id: 1, line: 3, says: "no" });
    expect(answerOf({ kind: "mistake", id: 1, line: -3, says: "x".repeat(900) })).toEqual({ kind: "mistake", id: 1, line: null, says: "x".repeat(300) });
  });

  it("is dropped when it has not", () => {
    const wrong = [
      null,
      "ready",
      [],
      {},
      { kind: "picture" },
      { ...picture, id: "1" },
      { ...picture, svg: 3 },
      { ...picture, svg: "x".repeat(svgMax + 1) },
      { ...picture, width: Number.NaN },
      { ...picture, height: 0 },
      { ...picture, height: 1e9 },
      { kind: "mistake", id: 1 },
      { kind: "html", id: 1, says: "x" },
    ];
    for (const data of wrong) expect(answerOf(data), JSON.stringify(data)).toBeNull();
  });
});

describe("PG31 a mistake", () => {
  it("has its line, whichever parser found it", () => {
    const jison = Object.assign(new Error("Parse error on line 4:\n...x"), { hash: { loc: { first_line: 3 } } });
    const langium = Object.assign(new Error("Parsing failed"), { result: { lexerErrors: [], parserErrors: [{ token: { startLine: 2 } }] } });
    expect(mistakeOf(jison).line).toBe(3);
    expect(mistakeOf(langium).line).toBe(2);
    expect(mistakeOf(new Error("Parse error on line 7:\n"))).toEqual({ line: 7, says: "Parse error on line 7:" });
    expect(mistakeOf("odd")).toEqual({ line: null, says: "odd" });
  });
});
