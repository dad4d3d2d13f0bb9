import { expect, test } from "vitest";
import { begin, letGo, moved, type Side, type Sweep, type Touch } from "./sweep";

const width = 390;

/** A finger that goes through these places, 16 ms apart. */
function finger(other: Side, places: [number, number][], everyMs = 16): Sweep {
  const touches = places.map(([x, y], index): Touch => ({ x, y, at: index * everyMs }));
  const [first, ...rest] = touches;
  if (!first) throw new Error("a finger is somewhere");
  return rest.reduce(moved, begin(first, other, width));
}

/** Straight to the side. */
const aside = (from: number, to: number, steps = 10): [number, number][] =>
  Array.from({ length: steps + 1 }, (_, step) => [from + ((to - from) * step) / steps, 400]);

test("PG47 far enough or fast enough it goes, else it stays", () => {
  expect(letGo(finger("right", aside(300, 100)))).toBe("goes");
  expect(letGo(finger("left", aside(60, 300)))).toBe("goes");
  // short and fast
  expect(letGo(finger("right", aside(300, 250, 4)))).toBe("goes");
  // short and slow, but begun in time
  expect(letGo(finger("right", [[300, 400], [280, 400], [270, 400], [262, 400], [260, 400], [259, 400], [258, 400]], 40))).toBe("stays");
});

test("PG47 far, then quickly back, stays", () => {
  expect(letGo(finger("right", [...aside(320, 100), [160, 400], [220, 400]]))).toBe("stays");
});

test("PG47 the panes follow the finger, never beyond the other and never the wrong way", () => {
  const there = finger("right", aside(300, 220));
  expect(there).toMatchObject({ kind: "sweeping", by: -80 });
  expect(moved(there, { x: 340, y: 400, at: 400 })).toMatchObject({ kind: "sweeping", by: 0 });
  expect(moved(there, { x: -400, y: 400, at: 400 })).toMatchObject({ by: -width });
});

test.each([
  ["at the edges, where the system goes back", "left", aside(10, 300)],
  ["at the other edge", "right", aside(380, 60)],
  ["towards no pane", "right", aside(100, 300)],
  ["up and down", "right", [[200, 400], [198, 380], [190, 320]]],
  ["aslant", "right", [[200, 400], [180, 386], [120, 340]]],
] as [string, Side, [number, number][]][])("PG47 no sweep begins %s", (_, other, places) => {
  expect(finger(other, places).kind).toBe("none");
});

test("PG47 a finger that rests first chooses words, and what is no sweep never becomes one", () => {
  expect(finger("right", [[200, 400], [200, 400], [150, 400]], 300).kind).toBe("none");
  expect(finger("right", [[300, 400], [298, 420], [200, 420], [50, 420]]).kind).toBe("none");
});

test("PG47 a seeded crowd of fingers: nothing ever moves against its side or beyond the width", () => {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < 500; round++) {
    const other: Side = random() < 0.5 ? "left" : "right";
    let sweep = begin({ x: random() * width, y: random() * 844, at: 0 }, other, width);
    let at = 0;
    let none = sweep.kind === "none";
    for (let step = 0; step < 20; step++) {
      at += 1 + random() * 60;
      sweep = moved(sweep, { x: random() * width, y: 300 + random() * 60, at });
      if (none) expect(sweep.kind).toBe("none");
      none = sweep.kind === "none";
      if (sweep.kind !== "sweeping") continue;
      expect(Math.abs(sweep.by)).toBeLessThanOrEqual(width);
      expect(other === "left" ? sweep.by >= 0 : sweep.by <= 0).toBe(true);
    }
  }
});
