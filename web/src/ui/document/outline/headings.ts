/** The headings of the rendered text, and which of them a place belongs to. */
import { blocksIn } from "../../../preview/parts";

export interface Heading {
  /** 1 to 4. */
  level: number;
  text: string;
  /** Of the source, from 0. */
  line: number;
}

/** `lines`: where each block of the article begins in the source. */
export function headingsOf(article: Element, lines: readonly number[]): Heading[] {
  const found: Heading[] = [];
  for (const [index, block] of blocksIn(article).entries()) {
    for (let child = block.firstElementChild; child; child = child.nextElementSibling) {
      if (!/^H[1-4]$/.test(child.tagName)) continue;
      const text = child.textContent.trim();
      if (text) found.push({ level: Number(child.tagName.slice(1)), text, line: lines[index] ?? 0 });
    }
  }
  return found;
}

/** Which heading a line stands under; -1 before the first. */
export function under(headings: readonly Heading[], line: number): number {
  return headings.findLastIndex((heading) => heading.line <= line);
}

/** How far each is moved in: the highest level that there is stands at the edge. */
export function depths(headings: readonly Heading[]): number[] {
  const highest = Math.min(...headings.map(({ level }) => level));
  return headings.map(({ level }) => level - highest);
}

/** Where the words of a heading begin in the text, for a line that begins it. */
export function offsetOf(text: string, line: number): number {
  let at = 0;
  for (let passed = 0; passed < line; passed++) {
    const next = text.indexOf("\n", at) + 1;
    if (next === 0) break;
    at = next;
  }
  return at + (/^ {0,3}#{1,6}[ \t]+/.exec(text.slice(at, at + 80))?.[0].length ?? 0);
}
