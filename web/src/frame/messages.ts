/**
 * What the page and the frame of the diagrams say to each other, over one port that only they have.
 *
 * Invariant: nothing from the frame is believed before `answerOf` has looked at it: whatever a diagram managed to run
 * in there may say anything.
 */

export type Scheme = "light" | "dark";

/** Page to frame. */
export interface Ask {
  id: number;
  text: string;
  scheme: Scheme;
}

/** Frame to page. */
export type Answer =
  | { kind: "ready" }
  | { kind: "picture"; id: number; svg: string; width: number; height: number }
  | { kind: "mistake"; id: number; line: number | null; says: string };

/** The first message, with the port; the rest goes through that. */
export const hello = "galley-diagrams";

/** No picture is larger. */
export const svgMax = 2_000_000;
const sideMax = 20_000;
const saysMax = 300;

export function answerOf(data: unknown): Answer | null {
  if (typeof data !== "object" || data === null) return null;
  const { kind, id, svg, width, height, line, says } = data as Record<string, unknown>;
  if (kind === "ready") return { kind };
  if (typeof id !== "number") return null;
  if (kind === "picture" && typeof svg === "string" && svg.length <= svgMax && isSide(width) && isSide(height))
    return { kind, id, svg, width, height };
  if (kind === "mistake" && typeof says === "string")
    return { kind, id, line: isLine(line) ? line : null, says: says.slice(0, saysMax) };
  return null;
}

function isSide(value: unknown): value is number {
  return typeof value === "number" && value >= 1 && value <= sideMax;
}

function isLine(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1;
}
