/**
 * Cells as a Markdown table: from a spreadsheet's clipboard, or from a table of a page.
 *
 * Invariant: every row of a written table has as many cells as its head, and nothing in a cell ends it.
 */
export type Align = "left" | "center" | "right" | null;

/** Wider cells are not padded: a source nobody can see across helps nobody. */
const padMax = 40;
/** More is data, not a table to read. */
export const cellsMax = 5_000;

/**
 * Text between tabs as rows, as spreadsheets put it on the clipboard; null where it is something else: code indented
 * with tabs, one column, rows of different lengths.
 */
export function cellsOf(text: string): string[][] | null {
  if (!text.includes("\t")) return null;
  const rows = separated(text.replace(/\r\n?/g, "\n").replace(/\n$/, ""));
  const columns = rows[0]?.length ?? 0;
  if (rows.length < 2 || columns < 2 || rows.length * columns > cellsMax) return null;
  if (rows.some((row) => row.length !== columns)) return null;
  const named = (rows[0] ?? []).every((cell) => cell.trim() !== "");
  return named && rows.every((row) => row.some((cell) => cell.trim() !== "")) ? rows : null;
}

/** A cell in double quotes may hold tabs, line ends and, twice, double quotes. */
function separated(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^\t\n]*))(\t|\n|$)/y;
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === "") break;
    if (match[3] === "\n") rows.push([]);
  }
  return rows;
}

/** Cells hold Markdown already; only what would end them is escaped. The first row is the head. */
export function tableOf(rows: readonly (readonly string[])[], aligned: readonly Align[] = []): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const cells = rows.map((row) => Array.from({ length: columns }, (_, column) => inCell(row[column] ?? "")));
  const align = Array.from({ length: columns }, (_, column) => aligned[column] ?? guessed(cells, column));
  const widths = align.map((_, column) => {
    const width = Math.max(3, ...cells.map((row) => [...(row[column] ?? "")].length));
    return width > padMax ? 0 : width;
  });
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => padded(cell, widths[column] ?? 0, align[column] ?? null)).join(" | ")} |`;
  const rule = `|${align.map((way, column) => ruled(way, widths[column] ?? 0)).join("|")}|`;
  const [head = [], ...body] = cells;
  return [line(head), rule, ...body.map(line)].join("\n");
}

function inCell(text: string): string {
  return text
    .trim()
    .replace(/(?<!\\)((?:\\\\)*)\|/g, "$1\\|")
    .replace(/\s*\n\s*/g, "<br>");
}

/** Plain text that is to be read as itself in a cell. */
export function plainCell(text: string): string {
  return text.trim().replace(/[\\`*_<[~]/g, "\\$&");
}

/** Columns of numbers stand to the right. */
function guessed(rows: readonly (readonly string[])[], column: number): Align {
  const body = rows.slice(1).map((row) => row[column] ?? "").filter(Boolean);
  const number = /^[-+−]?[€$£¥]?\s?\d[\d\s.,'’]*\s?[%€$£¥]?$/;
  return body.length > 0 && body.every((cell) => number.test(cell)) ? "right" : null;
}

function padded(cell: string, width: number, align: Align): string {
  const missing = Math.max(0, width - [...cell].length);
  if (align === "right") return " ".repeat(missing) + cell;
  if (align === "center") return " ".repeat(missing >> 1) + cell + " ".repeat(missing - (missing >> 1));
  return cell + " ".repeat(missing);
}

function ruled(align: Align, width: number): string {
  const dashes = "-".repeat(Math.max(3, width));
  if (align === "right") return ` ${dashes.slice(1)}: `;
  if (align === "center") return ` :${dashes.slice(2)}: `;
  return align === "left" ? ` :${dashes.slice(1)} ` : ` ${dashes} `;
}
