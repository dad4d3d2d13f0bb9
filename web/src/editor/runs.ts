/**
 * A line of words with their formats, written as Markdown.
 *
 * Word processors cut a sentence into dozens of pieces with a style each. So pieces are gathered first, neighbours that
 * look the same become one, and marks open and close only where a format really changes and never beside a space, where
 * Markdown would not read them. Next: `from-html.ts`, which finds the pieces.
 */
export interface Run {
  text: string;
  /** `raw` is Markdown already, `break` a line end. */
  kind: "words" | "raw" | "break" | "code";
  bold: boolean;
  italic: boolean;
  strike: boolean;
  mark: boolean;
  href: string | null;
}

export const plainRun: Run = { text: "", kind: "words", bold: false, italic: false, strike: false, mark: false, href: null };

const marks = { bold: "**", italic: "*", strike: "~~", mark: "==" } as const;
type Mark = keyof typeof marks;
const outermost: readonly Mark[] = ["bold", "italic", "strike", "mark"];

/** One line, or several where it is broken. `lineBreak` is what a break is written as. */
export function written(runs: readonly Run[], lineBreak: string): string {
  const line = merged(spaced(runs));
  let out = "";
  let open: Mark[] = [];
  let href: string | null = null;
  const closeTo = (keep: number) => {
    for (const mark of open.slice(keep).reverse()) out += marks[mark];
    open = open.slice(0, keep);
  };
  for (const [index, run] of line.entries()) {
    const wanted = outermost.filter((mark) => run[mark]);
    if (run.href !== href) {
      closeTo(0);
      if (href !== null) out += `](${href})`;
      href = run.href;
      if (href !== null) out += isBare(line, index) ? "" : "[";
    }
    if (href !== null && isBare(line, index)) {
      out += href;
      href = null;
      continue;
    }
    closeTo(open.findIndex((mark, at) => wanted[at] !== mark) < 0 ? open.length : open.findIndex((mark, at) => wanted[at] !== mark));
    for (const mark of wanted.slice(open.length)) out += marks[mark];
    open = wanted;
    out += run.kind === "words" ? escaped(run.text) : run.kind === "code" ? code(run.text) : run.kind === "break" ? lineBreak : run.text;
  }
  closeTo(0);
  return href === null ? out : `${out}](${href})`;
}

/** A link whose words are its address needs no brackets. */
function isBare(line: readonly Run[], index: number): boolean {
  const [before, run, after] = [line[index - 1], line[index], line[index + 1]];
  if (!run?.href || run.kind !== "words" || before?.href === run.href || after?.href === run.href) return false;
  return run.text === run.href && !outermost.some((mark) => run[mark]);
}

/** Collapses spaces, drops those at the ends and beside breaks, and gives the others only what both sides have. */
function spaced(runs: readonly Run[]): Run[] {
  const pieces: Run[] = [];
  for (const run of runs) {
    if (run.kind !== "words") {
      pieces.push(run);
      continue;
    }
    for (const text of run.text.split(/([ \t\n\r\u00a0]+)/)) if (text) pieces.push({ ...run, text: /^[ \t\n\r\u00a0]/.test(text) ? " " : text });
  }
  const kept = pieces.filter((piece, index) => {
    if (piece.text !== " " || piece.kind !== "words") return true;
    const before = pieces[index - 1];
    return before !== undefined && before.kind !== "break" && !(before.kind === "words" && before.text === " ") && hasWords(pieces, index);
  });
  return kept.map((piece, index) => {
    if (piece.text !== " " || piece.kind !== "words") return piece;
    const [before = plainRun, after = plainRun] = [kept[index - 1], kept[index + 1]];
    const both = (mark: Mark) => before[mark] && after[mark];
    return {
      ...plainRun,
      text: " ",
      bold: both("bold"),
      italic: both("italic"),
      strike: both("strike"),
      mark: both("mark"),
      href: before.href === after.href ? before.href : null,
    };
  });
}

/** Whether something to read follows before the line ends or breaks. */
function hasWords(pieces: readonly Run[], index: number): boolean {
  const next = pieces.slice(index + 1).find((piece) => piece.kind !== "words" || piece.text !== " ");
  return next !== undefined && next.kind !== "break";
}

function merged(runs: readonly Run[]): Run[] {
  const out: Run[] = [];
  for (const run of runs) {
    const last = out.at(-1);
    const alike = last && last.href === run.href && outermost.every((mark) => last[mark] === run[mark]);
    if (alike && last.kind === run.kind && (run.kind === "words" || run.kind === "code"))
      out[out.length - 1] = { ...last, text: last.text + run.text };
    else out.push(run);
  }
  return out;
}

function code(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  let size = 1;
  while (runs.some((run) => run.length === size)) size += 1;
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return "`".repeat(size) + pad + text + pad + "`".repeat(size);
}

/** Words as words: what Markdown would take for marks is escaped, addresses stay as they are. */
function escaped(text: string): string {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, index) => (index % 2 ? part : escapedWords(part)))
    .join("");
}

function escapedWords(text: string): string {
  return text
    .replace(/[\\`]/g, "\\$&")
    .replace(/\*(?=\S)|(?<=\S)\*/g, "\\*")
    .replace(/(?<![\p{L}\p{N}_])_(?=\S)|(?<=[^\s_])_(?![\p{L}\p{N}_])/gu, "\\_")
    .replace(/\[(?=\^)|\[(?=[^\]]*\][([:])/g, "\\[")
    .replace(/<(?=[a-z/!?])/gi, "\\<")
    .replace(/&(?=#?\w+;)/g, "\\&")
    .replace(/~~|==/g, "\\$&");
}

/** What only at the start of a line would be a mark. */
export function escapedStart(text: string): string {
  return text.replace(/^(?:#{1,6}(?=\s|$)|[-+](?=\s)|>|:::|[-=]{2,}\s*$)/, "\\$&").replace(/^(\d+)([.)])(?=\s)/, "$1\\$2");
}
