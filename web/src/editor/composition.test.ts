import { EditorView } from "@codemirror/view";
import { describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { collab } from "./collab";
import { holding, type Way } from "./composition";

// Before Yjs takes its clock.
vi.hoisted(() => vi.useFakeTimers({ toFake: ["Date"] }));

describe("others while a word is composed", () => {
  function held({ touched = false } = {}) {
    const log: string[] = [];
    let due: { ms: number; run: () => void } | null = null;
    const way: Way = {
      hold: () => (log.push("hold"), { touches: () => false, letGo: () => void log.push("let go") }),
      inTheWay: () => touched,
      finish: () => (log.push("finish"), rule.end()),
    };
    const rule = holding(way, { later: (ms, run) => ((due = { ms, run }), () => (due = null)) });
    return { log, rule, pass: () => due?.run(), wait: () => due?.ms ?? null };
  }

  test("PG60: wait until it ends", () => {
    const { log, rule, wait } = held();
    rule.start();
    rule.start();
    expect(log).toEqual(["hold"]);
    rule.end();
    rule.end();
    expect([log, wait()]).toEqual([["hold", "let go"], null]);
  });

  test("PG60: are let in every two seconds all the same, and sooner while nothing is composed", () => {
    const { log, rule, pass, wait } = held();
    rule.start();
    rule.changed();
    expect(wait()).toBe(2_000);
    pass();
    expect([log, wait()]).toEqual([["hold", "let go", "hold"], 250]);
    rule.changed();
    expect(wait()).toBe(2_000);
    pass();
    pass();
    rule.end();
    expect([log.filter((it) => it === "hold").length, log.filter((it) => it === "let go").length, wait()]).toEqual([4, 4, null]);
  });

  test("PG61: what touches the word ends it, once nobody works on it any more", () => {
    const { log, rule, pass, wait } = held({ touched: true });
    rule.start();
    rule.changed();
    pass();
    expect([log, wait()]).toEqual([["hold"], 2_000]);
    pass();
    expect([log, wait()]).toEqual([["hold", "finish", "let go"], null]);
  });

  test("PG61: what touches the word ends it after ten seconds at most", () => {
    const { log, rule, pass } = held({ touched: true });
    rule.start();
    for (let seconds = 2; seconds <= 8; seconds += 2) {
      rule.changed();
      pass();
    }
    expect(log).toEqual(["hold"]);
    rule.changed();
    pass();
    expect(log).toEqual(["hold", "finish", "let go"]);
  });
});

test("PG62: what is composed is one step of undo, however long it takes, and not one with what was typed before", () => {
  const text = new Y.Doc().getText("content");
  const { extension, whole, undo } = collab(text);
  const view = new EditorView({ extensions: [extension] });
  const type = (insert: string, from = view.state.doc.length) => view.dispatch({ changes: { from, to: view.state.doc.length, insert } });
  type("one ");
  const done = whole();
  for (const kana of ["に", "にほ", "日本"]) {
    type(kana, 4);
    vi.advanceTimersByTime(5_000);
  }
  done();
  vi.advanceTimersByTime(5_000);
  type("!");
  const steps = [0, 1, 2].map(() => (undo(), text.toString()));
  expect(steps).toEqual(["one 日本", "one ", ""]);
  view.destroy();
});
