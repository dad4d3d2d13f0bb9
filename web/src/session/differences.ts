/**
 * What differs between two sequences, and between two texts: lines first, then words inside the lines that changed.
 *
 * Invariant: changes are ascending and apart, and what lies between them is equal on both sides, unit for unit. The work
 * is bounded: where two stretches have next to nothing in common, all of the one stands against all of the other.
 */
export interface Change {
  fromA: number;
  toA: number;
  fromB: number;
  toB: number;
}

/** So many steps of the search from each end; beyond, a stretch counts as another. */
const LINE_STEPS = 2_000;
const WORD_STEPS = 600;

/** Below this share of common words two passages are told apart as wholes: a word here and there only confuses. */
const KIN = 0.25;

/** One stretch of two compared texts; of what was added or removed the other side is empty. */
export interface Segment {
  kind: "same" | "added" | "removed";
  fromA: number;
  toA: number;
  fromB: number;
  toB: number;
}

/** The two texts as one sequence; what was removed stands before what was added in its place. */
export function compareTexts(a: string, b: string): Segment[] {
  const found: Segment[] = [];
  const put = (kind: Segment["kind"], fromA: number, toA: number, fromB: number, toB: number) => {
    if (fromA < toA || fromB < toB) found.push({ kind, fromA, toA, fromB, toB });
  };
  let [doneA, doneB] = [0, 0];
  for (const { fromA, toA, fromB, toB } of textChanges(a, b)) {
    put("same", doneA, fromA, doneB, fromB);
    put("removed", fromA, toA, fromB, fromB);
    put("added", toA, toA, fromB, toB);
    [doneA, doneB] = [toA, toB];
  }
  put("same", doneA, a.length, doneB, b.length);
  return found;
}

/** Changes of words between two texts, in UTF-16 offsets. */
export function textChanges(a: string, b: string): Change[] {
  const [linesA, linesB] = [cut(a, /[^\n]*\n|[^\n]+$/g), cut(b, /[^\n]*\n|[^\n]+$/g)];
  return compare(linesA, linesB, LINE_STEPS).flatMap((change) => {
    const [fromA, toA] = [linesA.at(change.fromA), linesA.at(change.toA)];
    const [fromB, toB] = [linesB.at(change.fromB), linesB.at(change.toB)];
    return wordChanges(a.slice(fromA, toA), b.slice(fromB, toB)).map((inner) => ({
      fromA: fromA + inner.fromA,
      toA: fromA + inner.toA,
      fromB: fromB + inner.fromB,
      toB: fromB + inner.toB,
    }));
  });
}

/** Changes of words between two passages, in UTF-16 offsets. */
export function wordChanges(a: string, b: string): Change[] {
  const [wordsA, wordsB] = [wordsOf(a), wordsOf(b)];
  const changes = tokenChanges(wordsA.tokens, wordsB.tokens);
  return changes.map(({ fromA, toA, fromB, toB }) => ({
    fromA: wordsA.at(fromA),
    toA: wordsA.at(toA),
    fromB: wordsB.at(fromB),
    toB: wordsB.at(toB),
  }));
}

/** Changes between two sequences of words, fit to be read: no spaces kept between words that are all new. */
export function tokenChanges(a: readonly string[], b: readonly string[]): Change[] {
  if (a.length === 0 && b.length === 0) return [];
  const whole = { fromA: 0, toA: a.length, fromB: 0, toB: b.length };
  if (a.length === 0 || b.length === 0) return [whole];
  const changes = joined(betweenWords(a, b), a).map((change) => slid(change, a, b));
  return kinship(changes, a, b) < KIN ? [whole] : changes;
}

/** What differs between the words that stay. Spaces are no reason to keep anything: every two passages have many in common. */
function betweenWords(a: readonly string[], b: readonly string[]): Change[] {
  const [inA, inB] = [unspaced(a), unspaced(b)];
  const ids = new Map<string, number>();
  const numbered = (tokens: readonly string[], places: readonly number[]) => numbers(places.map((at) => tokens[at] ?? ""), ids);
  const found: Change[] = [];
  let [doneA, doneB] = [0, 0];
  const gap = (untilA: number, untilB: number) => {
    let [fromA, toA, fromB, toB] = [doneA, untilA, doneB, untilB];
    while (fromA < toA && fromB < toB && a[fromA] === b[fromB]) (fromA++, fromB++);
    while (fromA < toA && fromB < toB && a[toA - 1] === b[toB - 1]) (toA--, toB--);
    if (fromA < toA || fromB < toB) found.push({ fromA, toA, fromB, toB });
  };
  const keep = (from: number, to: number, shift: number) => {
    for (let word = from; word < to; word++) {
      const [atA, atB] = [inA[word] ?? 0, inB[word + shift] ?? 0];
      gap(atA, atB);
      [doneA, doneB] = [atA + 1, atB + 1];
    }
  };
  let [word, shift] = [0, 0];
  for (const { fromA, toA, toB } of diff(numbered(a, inA), numbered(b, inB), WORD_STEPS)) {
    keep(word, fromA, shift);
    [word, shift] = [toA, toB - toA];
  }
  keep(word, inA.length, shift);
  gap(a.length, b.length);
  return found;
}

/** Where tokens are that are no space. */
function unspaced(tokens: readonly string[]): number[] {
  return tokens.flatMap((token, at) => (/^[^\S\n]/.test(token) ? [] : [at]));
}

/** How much of the longer one's words the other has too, between 0 and 1. */
export function kinship(changes: readonly Change[], a: readonly string[], b: readonly string[]): number {
  const changed = changes.reduce((sum, { fromA, toA }) => sum + letters(a, fromA, toA), 0);
  const [ofA, ofB] = [letters(a, 0, a.length), letters(b, 0, b.length)];
  return Math.max(ofA, ofB) === 0 ? 1 : (ofA - changed) / Math.max(ofA, ofB);
}

function letters(tokens: readonly string[], from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) if (isWord(tokens[at])) sum += tokens[at]?.length ?? 0;
  return sum;
}

/** Two changes with only a space or a sign between them are one. */
function joined(changes: readonly Change[], a: readonly string[]): Change[] {
  const found: Change[] = [];
  for (const change of changes) {
    const last = found.at(-1);
    const between = last ? a.slice(last.toA, change.fromA) : [];
    if (last && between.length <= 2 && between.every((token) => !isWord(token) && token !== "\n")) {
      last.toA = change.toA;
      last.toB = change.toB;
    } else found.push({ ...change });
  }
  return found;
}

/** What only came or only went takes the space behind it, not the one before: "of evenings ", not " of evenings". */
function slid(change: Change, a: readonly string[], b: readonly string[]): Change {
  const { fromA, toA, fromB, toB } = change;
  const [text, from, to] = fromA === toA ? [b, fromB, toB] : [a, fromA, toA];
  const slides = (fromA === toA || fromB === toB) && to < text.length && text[from] === text[to] && /^[^\S\n]/.test(text[from] ?? "");
  return slides ? { fromA: fromA + 1, toA: toA + 1, fromB: fromB + 1, toB: toB + 1 } : change;
}

const isWord = (token: string | undefined) => token !== undefined && /^[\p{L}\p{N}]/u.test(token);

/** Words; signs and line ends one by one; other space together. Scripts without spaces are taken letter by letter. */
const WORDS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}])[\p{L}\p{N}\p{M}’'])+|\n|[^\S\n]+|./gsu;

export function wordsOf(text: string): Cut {
  return cut(text, WORDS);
}

interface Cut {
  tokens: string[];
  /** Where a token begins; the text's length behind the last. */
  at(token: number): number;
}

function cut(text: string, into: RegExp): Cut {
  const tokens: string[] = text.match(into) ?? [];
  const starts = new Uint32Array(tokens.length + 1);
  tokens.forEach((token, index) => (starts[index + 1] = (starts[index] ?? 0) + token.length));
  return { tokens, at: (token) => starts[token] ?? text.length };
}

function compare(a: Cut, b: Cut, steps: number): Change[] {
  const ids = new Map<string, number>();
  return diff(numbers(a.tokens, ids), numbers(b.tokens, ids), steps);
}

/** The same number for the same token. */
export function numbers(tokens: readonly string[], ids: Map<string, number>): Uint32Array {
  return Uint32Array.from(tokens, (token) => {
    const known = ids.get(token) ?? ids.size;
    ids.set(token, known);
    return known;
  });
}

/** Myers' linear-space search for the fewest changes. */
export function diff(a: Uint32Array, b: Uint32Array, steps = LINE_STEPS): Change[] {
  const found: Change[] = [];
  const boxes: Change[] = [{ fromA: 0, toA: a.length, fromB: 0, toB: b.length }];
  for (let box = boxes.pop(); box; box = boxes.pop()) {
    let { fromA, toA, fromB, toB } = box;
    while (fromA < toA && fromB < toB && a[fromA] === b[fromB]) (fromA++, fromB++);
    while (fromA < toA && fromB < toB && a[toA - 1] === b[toB - 1]) (toA--, toB--);
    if (fromA === toA && fromB === toB) continue;
    const middle = fromA < toA && fromB < toB ? middleOf(a.subarray(fromA, toA), b.subarray(fromB, toB), steps) : null;
    if (!middle) {
      const last = found.at(-1);
      if (last && last.toA === fromA && last.toB === fromB) [last.toA, last.toB] = [toA, toB];
      else found.push({ fromA, toA, fromB, toB });
      continue;
    }
    const [x, y] = [fromA + middle[0], fromB + middle[1]];
    boxes.push({ fromA: x, toA, fromB: y, toB }, { fromA, toA: x, fromB, toB: y });
  }
  return found;
}

/** A place both ways of fewest changes go through; null when it is not found in so many steps. */
function middleOf(a: Uint32Array, b: Uint32Array, steps: number): [number, number] | null {
  const most = Math.min(steps, Math.ceil((a.length + b.length) / 2));
  const delta = a.length - b.length;
  const odd = delta % 2 !== 0;
  const ahead = new Front(a.length, b.length, most);
  const back = new Front(a.length, b.length, most);
  for (let step = 0; step <= most; step++) {
    for (let k = ahead.first(step); k <= ahead.last(step); k += 2) {
      let x = ahead.start(k, step);
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      if (!ahead.reach(k, x) || !odd) continue;
      const met = back.at(delta - k);
      if (met >= 0 && x >= a.length - met) return [x, x - k];
    }
    for (let k = back.first(step); k <= back.last(step); k += 2) {
      let x = back.start(k, step);
      while (x < a.length && x - k < b.length && a[a.length - 1 - x] === b[b.length - 1 - x + k]) x++;
      if (!back.reach(k, x) || odd) continue;
      const met = ahead.at(delta - k);
      if (met >= 0 && met >= a.length - x) return [met, met - (delta - k)];
    }
  }
  return null;
}

/** How far the search has come on each diagonal, from one end. */
class Front {
  private readonly reached: Int32Array;
  private skipLow = 0;
  private skipHigh = 0;

  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly most: number,
  ) {
    this.reached = new Int32Array(2 * most + 3).fill(-1);
    this.reached[most + 2] = 0;
  }

  first(step: number): number {
    return -step + this.skipLow;
  }

  last(step: number): number {
    return step - this.skipHigh;
  }

  at(k: number): number {
    return Math.abs(k) > this.most ? -1 : (this.reached[this.most + 1 + k] ?? -1);
  }

  start(k: number, step: number): number {
    const [low, high] = [this.reached[this.most + k] ?? -1, this.reached[this.most + 2 + k] ?? -1];
    return k === -step || (k !== step && low < high) ? high : low + 1;
  }

  /** Whether that is still inside; diagonals that left the box are not looked at again. */
  reach(k: number, x: number): boolean {
    this.reached[this.most + 1 + k] = x;
    if (x > this.width) this.skipHigh += 2;
    else if (x - k > this.height) this.skipLow += 2;
    else return true;
    return false;
  }
}
