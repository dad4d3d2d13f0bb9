/** Ticking a box in the rendered text is an edit of one character of its source line. */
import type { TextEdit } from "./rename";

/** `line` counts from 0. Null when that line has no task box any more. */
export function ticking(text: string, line: number, checked: boolean): TextEdit | null {
  const start = lineStart(text, line);
  if (start === null) return null;
  const end = text.indexOf("\n", start);
  const source = text.slice(start, end < 0 ? undefined : end);
  const box = /^([\s>]*(?:[-*+]|\d{1,9}[.)])\s+\[)[ xX]\](?=\s|$)/.exec(source)?.[1];
  if (box === undefined) return null;
  const at = start + box.length;
  return { from: at, to: at + 1, insert: checked ? "x" : " " };
}

function lineStart(text: string, line: number): number | null {
  let at = 0;
  for (let passed = 0; passed < line; passed++) {
    at = text.indexOf("\n", at) + 1;
    if (at === 0) return null;
  }
  return at;
}
