/** Which commands a few typed letters mean, and which letters of their names to set heavier. */
export interface Command {
  id: string;
  label: string;
  group: string;
  keys?: string;
}

export interface Hit<C extends Command> {
  command: C;
  /** Ranges of the label that were typed. */
  ranges: readonly (readonly [from: number, to: number])[];
}

/** Letters that stand together win, at the start of a word first; only when there are none may they stand apart. */
export function search<C extends Command>(commands: readonly C[], query: string): Hit<C>[] {
  const typed = query.trim().toLowerCase();
  if (!typed) return commands.map((command) => ({ command, ranges: [] }));
  const together = hits(commands, (label) => run(label, typed));
  return together.length > 0 ? ranked(together) : hits(commands, (label) => scattered(label, typed));
}

/** The groups with a better hit first, and the better hits first in each; otherwise the commands' own order. */
function ranked<C extends Command>(all: Hit<C>[]): Hit<C>[] {
  const best = new Map<string, number>();
  for (const hit of all) best.set(hit.command.group, Math.min(best.get(hit.command.group) ?? 1, rank(hit)));
  const order = [...best.keys()];
  const place = (hit: Hit<C>) => (best.get(hit.command.group) ?? 1) * order.length + order.indexOf(hit.command.group);
  return all.sort((a, b) => place(a) - place(b) || rank(a) - rank(b));
}

/** 0: what was typed begins a word. */
function rank({ command, ranges }: Hit<Command>): 0 | 1 {
  const at = ranges[0]?.[0] ?? 0;
  return at === 0 || command.label[at - 1] === " " ? 0 : 1;
}

function hits<C extends Command>(commands: readonly C[], find: (label: string) => Hit<C>["ranges"] | null): Hit<C>[] {
  const all: Hit<C>[] = [];
  for (const command of commands) {
    const ranges = find(command.label.toLowerCase());
    if (ranges) all.push({ command, ranges });
  }
  return all;
}

/** The typed letters in one run, at the start of a word if they can be. */
function run(label: string, typed: string): [number, number][] | null {
  const atWord = label.startsWith(typed) ? 0 : label.indexOf(" " + typed) + 1;
  const at = atWord > 0 || label.startsWith(typed) ? atWord : label.indexOf(typed);
  return at < 0 ? null : [[at, at + typed.length]];
}

/** The typed letters in order, with others between. */
function scattered(label: string, typed: string): [number, number][] | null {
  const ranges: [number, number][] = [];
  let at = 0;
  for (const letter of typed.replace(/\s+/g, "")) {
    const next = label.indexOf(letter, at);
    if (next < 0) return null;
    const before = ranges.at(-1);
    if (before?.[1] === next) before[1] = next + 1;
    else ranges.push([next, next + 1]);
    at = next + 1;
  }
  return ranges;
}
