/** PG88: where a text is rendered, and that the newest wins wherever it is. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Rendered } from "./rendering";
import { createSource, type Engine, pageMax, quickMs, slowMost, type Source } from "./source";

interface Made {
  where: "worker" | "page";
  /** What a page goes on from. */
  from: readonly string[];
  asked: string[];
  given: number;
  stopped: number;
  answer(rendered: Rendered): void;
}

let made: Made[];
let log: string[];
let source: Source;
let blocks: readonly string[] | null;

function engine(where: Made["where"], from: readonly string[], answer: Made["answer"]): Engine {
  const one: Made = { where, from, asked: [], given: 0, stopped: 0, answer };
  made.push(one);
  return { render: (text) => void one.asked.push(text), give: () => void one.given++, stop: () => void one.stopped++ };
}

const now = () => made.at(-1) as Made;
const splice = { from: 0, removed: 0, inserted: [], lines: [], sources: new Uint32Array(), maps: [], title: null, words: 0, needsFull: false };
const renders = (ms = 1) => now().answer({ kind: "splice", splice, ms });
const gives = () => now().answer({ kind: "module", module: {} as WebAssembly.Module, which: "small" });
const where = () => made.map((one) => `${one.where}${one.stopped > 0 ? " stopped" : ""}`);

/** Until it is rendered in the page. */
function settle(): void {
  for (const text of ["0", "1"]) {
    source.update(text);
    renders();
  }
  gives();
}

beforeEach(() => {
  [made, log, blocks] = [[], [], ["<p>"]];
  source = createSource({
    first: "small",
    show: (_, text, kind) => void log.push(`${kind} ${text.slice(0, 9)}`),
    shown: () => blocks,
    fallback: (text) => void log.push(`server ${text.slice(0, 9)}`),
    engines: {
      worker: (_, answer) => engine("worker", [], answer),
      page: (_, from, answer) => engine("page", from, answer),
    },
  });
});

describe("PG88 a text", () => {
  test("is rendered one at a time, and the newest wins", () => {
    for (const text of ["a", "ab", "abc"]) source.update(text);
    expect(now().asked).toEqual(["a"]);
    renders();
    expect(now().asked).toEqual(["a", "abc"]);
    renders();
    expect(log).toEqual(["whole a", "change abc"]);
  });

  test("is rendered in the page once it was edited, from what is shown on", () => {
    source.update("a");
    renders();
    expect(now().given).toBe(0);
    source.update("ab");
    renders();
    expect([now().given, where()]).toEqual([1, ["worker"]]);
    // It is asked for once, and waits for what is on its way.
    source.update("abc");
    source.update("abcd");
    gives();
    expect(where()).toEqual(["worker"]);
    renders();
    expect([where(), now().from, now().asked]).toEqual([["worker stopped", "page"], ["<p>"], ["abcd"]]);
    renders();
    expect(log).toEqual(["whole a", "change ab", "change abc", "change abcd"]);
  });

  test("stays with the worker where it is long, slow, or nobody knows what is shown", () => {
    source.update("a");
    renders();
    source.update("ab");
    renders(quickMs + 1);
    expect(now().given).toBe(0);
    source.update("x".repeat(pageMax + 1));
    renders();
    expect(now().given).toBe(0);
    source.update("abc");
    renders();
    expect(now().given).toBe(1);
    blocks = null;
    gives();
    source.update("abcd");
    renders();
    expect([where(), log.at(-1)]).toEqual([["worker"], "change abcd"]);
  });

  test("that has become long goes back to a worker, which begins anew", () => {
    settle();
    source.update("x".repeat(pageMax + 1));
    expect(where()).toEqual(["worker stopped", "page stopped", "worker"]);
    renders();
    source.update("short again");
    renders();
    expect([log.slice(-2), now().given, made.length]).toEqual([["whole xxxxxxxxx", "change short aga"], 0, 3]);
  });

  test("that renders slowly goes back to a worker, but not for a few times", () => {
    settle();
    for (let slow = 1; slow <= slowMost; slow++) {
      source.update(String(slow));
      renders(quickMs + 1);
    }
    expect(now().where).toBe("page");
    source.update("last");
    source.update("newest");
    renders(quickMs + 1);
    expect([where(), now().asked]).toEqual([["worker stopped", "page stopped", "worker"], ["newest"]]);
    // What the page still answers is late.
    made[1]?.answer({ kind: "failed", reason: "late" });
    renders();
    expect(log.slice(-2)).toEqual(["change last", "whole newest"]);
  });

  test("is rendered once more when there is more to show", () => {
    source.update("a :heart:");
    renders();
    now().answer({ kind: "fuller" });
    renders();
    expect(log).toEqual(["whole a :heart:", "change a :heart:"]);
  });

  test("is the server's where this browser cannot render, now and from then on", () => {
    source.update("a");
    source.update("ab");
    now().answer({ kind: "failed", reason: "no WASM" });
    source.update("abc");
    expect([log, where()]).toEqual([["server ab", "server abc"], ["worker stopped"]]);
  });
});
