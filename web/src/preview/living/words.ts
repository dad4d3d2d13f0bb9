/** What is said about a diagram: what it shows, and what is wrong with it. */

const kinds: readonly [RegExp, string][] = [
  [/^(graph|flowchart)\b/, "Flowchart"],
  [/^sequenceDiagram\b/, "Sequence diagram"],
  [/^classDiagram/, "Class diagram"],
  [/^stateDiagram/, "State diagram"],
  [/^erDiagram\b/, "Entity relationship diagram"],
  [/^gantt\b/, "Gantt chart"],
  [/^pie\b/, "Pie chart"],
  [/^journey\b/, "User journey"],
  [/^gitGraph\b/, "Git graph"],
  [/^mindmap\b/, "Mind map"],
  [/^timeline\b/, "Timeline"],
  [/^quadrantChart\b/, "Quadrant chart"],
  [/^xychart/, "Chart"],
];

const quoteMax = 60;

/** The picture for whoever does not see it: the title its author gave it, else what kind it is. */
export function summaryOf(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  const named = lines.map((line) => /(?:^|\s)(?:accTitle|title):?\s+(.+)$/.exec(line)?.[1]).find(Boolean);
  const kind = lines.flatMap((line) => kinds.find(([start]) => start.test(line))?.[1] ?? [])[0] ?? "Diagram";
  return named ? `${kind}: ${named}` : kind;
}

/** Null: it was drawn and this browser cannot show it. */
export function sentenceOf(mistake: { line: number | null; says: string } | null, text: string): string {
  if (!mistake) return "This diagram cannot be shown by this browser.";
  const { line, says } = mistake;
  const quoted = line === null ? undefined : text.split("\n")[line - 1]?.trim();
  if (line !== null && quoted !== undefined) return `This diagram has a mistake in line ${line}: ${shortened(quoted) || "it ends too early"}`;
  if (/^No diagram type/.test(says)) return "This diagram does not say what kind it is in its first line.";
  return `This diagram cannot be drawn. ${shortened(says)}`;
}

function shortened(words: string): string {
  return words.length > quoteMax ? `${words.slice(0, quoteMax - 1)}…` : words;
}
