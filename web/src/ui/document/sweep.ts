/**
 * A finger that goes from one pane to the other: decides whether it does, and what it comes to. Pure.
 *
 * Invariant: once a touch is not a sweep it never becomes one; a sweep begins clearly to the side, soon after the touch,
 * away from the edges of the screen, where the system's own gestures begin, and only towards a pane that is there.
 */
export interface Touch {
  x: number;
  y: number;
  /** In milliseconds. */
  at: number;
}

/** Where the other pane is. */
export type Side = "left" | "right";

export type Sweep =
  | { kind: "undecided"; from: Touch; last: Touch; other: Side; width: number }
  /** `by`: how far the panes are moved; positive to the right. */
  | { kind: "sweeping"; from: Touch; last: Touch; other: Side; width: number; by: number; pxPerMs: number }
  | { kind: "none" };

export const limits = {
  /** Where the system goes back. */
  edgePx: 24,
  /** Less than this is a finger that rests. */
  slackPx: 12,
  /** So much more to the side than up or down. */
  aside: 2,
  /** A finger that has not moved by now is choosing words. */
  soonMs: 350,
  /** Let go farther than this part of the width, or faster than this, the other pane comes. */
  far: 0.38,
  fastPxPerMs: 0.45,
  /** A fast one has come at least so far. */
  leastPx: 32,
} as const;

export function begin(from: Touch, other: Side, width: number): Sweep {
  const inside = from.x >= limits.edgePx && from.x <= width - limits.edgePx;
  return inside ? { kind: "undecided", from, last: from, other, width } : { kind: "none" };
}

export function moved(sweep: Sweep, to: Touch): Sweep {
  if (sweep.kind === "none") return sweep;
  const aside = to.x - sweep.from.x;
  if (sweep.kind === "sweeping") {
    const ms = Math.max(1, to.at - sweep.last.at);
    // The last moves count most: one who slows down has changed their mind.
    const pxPerMs = 0.6 * ((to.x - sweep.last.x) / ms) + 0.4 * sweep.pxPerMs;
    return { ...sweep, last: to, by: held(aside, sweep.other, sweep.width), pxPerMs };
  }
  const away = Math.abs(to.y - sweep.from.y);
  if (Math.max(Math.abs(aside), away) < limits.slackPx) return { ...sweep, last: to };
  const towards = sweep.other === "left" ? aside > 0 : aside < 0;
  const soon = to.at - sweep.from.at <= limits.soonMs;
  if (!towards || !soon || Math.abs(aside) < limits.aside * away) return { kind: "none" };
  const pxPerMs = aside / Math.max(1, to.at - sweep.from.at);
  return { ...sweep, kind: "sweeping", last: to, by: held(aside, sweep.other, sweep.width), pxPerMs };
}

export function letGo(sweep: Sweep): "goes" | "stays" {
  if (sweep.kind !== "sweeping") return "stays";
  const sign = sweep.other === "left" ? 1 : -1;
  const [far, fast] = [sign * sweep.by, sign * sweep.pxPerMs];
  if (fast < -limits.fastPxPerMs) return "stays";
  return far > limits.far * sweep.width || (fast > limits.fastPxPerMs && far > limits.leastPx) ? "goes" : "stays";
}

/** Never beyond the other pane, and never to the side where there is none. */
function held(aside: number, other: Side, width: number): number {
  return other === "left" ? Math.min(Math.max(aside, 0), width) : Math.max(Math.min(aside, 0), -width);
}
