import { expect, test } from "vitest";
import { elsewhere } from "./beyond";
import { type Item, stack } from "./stack";

const room = { gap: 20, top: 8 };

test("alone, each stands beside its line", () => {
  const at = stack([item("a", 40, 50), item("b", 300, 50)], null, room);
  expect([...at]).toEqual([
    ["a", 40],
    ["b", 300],
  ]);
});

test("those that collide move down, with a gap", () => {
  const at = stack([item("a", 40, 100), item("b", 60, 30), item("c", 90, 30)], null, room);
  expect([...at.values()]).toEqual([40, 160, 210]);
});

test("the active one has its place: those before it move up, those after it down", () => {
  const at = stack([item("a", 180, 100), item("b", 200, 120), item("c", 210, 30)], "b", room);
  expect(at.get("b")).toBe(200);
  expect(at.get("a")).toBe(80);
  expect(at.get("c")).toBe(340);
});

test("what has no room above the active one stands below it, and never out of reach", () => {
  const at = stack([item("a", 8, 30), item("b", 30, 200), item("c", 90, 40), item("d", 95, 40)], "c", room);
  expect(at.get("c")).toBe(90);
  expect(at.get("a")).toBe(8);
  expect(at.get("b")).toBe(150);
  expect(at.get("d")).toBe(370);
});

test("those above move together when all of them have room", () => {
  const at = stack([item("a", 100, 190), item("b", 217, 60), item("c", 320, 40)], "c", room);
  expect([at.get("a"), at.get("b"), at.get("c")]).toEqual([30, 240, 320]);
});

test("nothing overlaps, whatever the heights (seeded)", () => {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 300; round++) {
    const items = Array.from({ length: 1 + random(12) }, (_, n) => item(`${n}`, random(900), 20 + random(200)));
    items.sort((a, b) => a.want - b.want);
    const active = random(3) === 0 ? null : (items[random(items.length)]?.id ?? null);
    const at = stack(items, active, room);
    const spans = items.map(({ id, height }) => [at.get(id) ?? -1, height] as const).sort((a, b) => a[0] - b[0]);
    expect(spans.length).toBe(at.size);
    expect(spans[0]?.[0]).toBeGreaterThanOrEqual(room.top);
    spans.reduce((before, next) => (expect(next[0]).toBeGreaterThanOrEqual(before[0] + before[1] + room.gap), next));
    const chosen = items.find((it) => it.id === active);
    if (chosen) expect(at.get(chosen.id)).toBe(Math.max(chosen.want, room.top));
  }
});

function item(id: string, want: number, height: number): Item {
  return { id, want, height };
}

test("what is nowhere in sight is above or below, with the nearest of it", () => {
  const items = [item("a", 0, 40), item("b", 100, 40), item("c", 900, 40)];
  const tops = new Map(items.map(({ id, want }) => [id, want]));
  expect(elsewhere(items, tops, 20, 400)).toBeNull();
  expect(elsewhere(items, tops, 200, 400)).toEqual({ where: "below", count: 1, nearest: "c" });
  expect(elsewhere(items.slice(0, 2), tops, 200, 400)).toEqual({ where: "above", count: 2, nearest: "b" });
  expect(elsewhere([], tops, 200, 400)).toBeNull();
});
