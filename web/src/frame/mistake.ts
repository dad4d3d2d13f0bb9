/** What is wrong with a diagram, from whichever of mermaid's parsers says so. */

interface Said {
  line: number | null;
  says: string;
}

export function mistakeOf(error: unknown): Said {
  const says = error instanceof Error ? error.message : String(error);
  return { line: lineIn(error) ?? lineSaid(says), says: says.split("\n")[0] ?? "" };
}

/** Jison keeps the place in `hash`, Langium in the errors of its result. */
function lineIn(error: unknown): number | null {
  const { hash, result } = (error ?? {}) as {
    hash?: { loc?: { first_line?: number } };
    result?: { lexerErrors?: { line?: number }[]; parserErrors?: { token?: { startLine?: number } }[] };
  };
  const line = hash?.loc?.first_line ?? result?.lexerErrors?.[0]?.line ?? result?.parserErrors?.[0]?.token?.startLine;
  return Number.isInteger(line) ? (line ?? null) : null;
}

function lineSaid(says: string): number | null {
  const found = /\bline:? (\d+)/i.exec(says)?.[1];
  return found ? Number(found) : null;
}
