/** What a key does to slides. What is longer than the window is read to its end before the next one comes. */
export type Turn = "next" | "back" | "first" | "last" | "leave" | "read on" | "read back";

export interface More {
  below: boolean;
  above: boolean;
}

const fixed: Record<string, Turn> = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last", Escape: "leave" };
const onward = ["ArrowDown", "PageDown", " ", "Enter"];
const backward = ["ArrowUp", "PageUp", "Backspace"];

export function turnOf({ key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">, more: More): Turn | null {
  const turn = fixed[key];
  if (turn) return turn;
  if (backward.includes(key) || (key === " " && shiftKey)) return more.above ? "read back" : "back";
  if (onward.includes(key)) return more.below ? "read on" : "next";
  return null;
}
