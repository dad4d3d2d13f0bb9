/**
 * All vectors through all sinks, batch by batch; what fires is halved until one vector stands alone.
 *
 * Invariant: what was done is written down after each batch, so a run that was stopped goes on where it was.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Sink } from "./sinks";
import type { Stage } from "./stage";
import type { Vector } from "./vectors";
import type { Finding, Kind } from "./watch";

export interface Outcome {
  sink: string;
  vectors: number;
  ms: number;
  found: { vectors: string[]; findings: Finding[] }[];
}

/** Where a run writes down how far it is; the same key goes on. */
export class Progress {
  readonly #done: Record<string, Outcome>;

  constructor(
    private readonly path: string | null,
    private readonly key: string,
  ) {
    const kept = path && existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { key: string; done: Record<string, Outcome> }) : null;
    this.#done = kept?.key === key ? kept.done : {};
  }

  of(sink: Sink): Outcome {
    return (this.#done[sink.name] ??= { sink: sink.name, vectors: 0, ms: 0, found: [] });
  }

  keep(): void {
    if (this.path) writeFileSync(this.path, JSON.stringify({ key: this.key, done: this.#done }, null, 1));
  }

  all(): Outcome[] {
    return Object.values(this.#done);
  }
}

export async function run(stage: Stage, sinks: readonly Sink[], vectors: readonly Vector[], progress: Progress, say: (line: string) => void): Promise<Outcome[]> {
  for (const sink of sinks) {
    const mine = vectors.filter((_, at) => at % sink.every === 0);
    const outcome = progress.of(sink);
    while (outcome.vectors < mine.length) {
      const batch = mine.slice(outcome.vectors, outcome.vectors + sink.batch);
      const began = Date.now();
      const found = await tried(stage, sink, batch);
      if (found.length > 0) outcome.found.push(...(await alone(stage, sink, batch, found)));
      outcome.vectors += batch.length;
      outcome.ms += Date.now() - began;
      progress.keep();
    }
    const { found, vectors: count, ms } = outcome;
    say(`${sink.name}: ${count} vectors, ${found.length} found, ${(ms / 1_000).toFixed(1)} s`);
    for (const { vectors, findings } of found) say(`  ${JSON.stringify(vectors).slice(0, 600)}\n    ${findings.map(({ kind, says }) => `${kind}: ${says}`).join("\n    ")}`);
  }
  return progress.all();
}

/** What a batch brings about. A sink that cannot be got through is a finding too. */
async function tried(stage: Stage, sink: Sink, batch: readonly Vector[]): Promise<Finding[]> {
  stage.findings();
  try {
    await Promise.race([sink.put(stage, batch), tooLong()]);
  } catch (error) {
    stage.findings();
    await stage.drop(sink.name);
    return [{ kind: "error", says: `${notThrough}: ${error instanceof Error ? error.message.slice(0, 400) : String(error)}` }];
  }
  return stage.findings();
}

/** A batch that is not through by then is stuck. */
const batchMs = 60_000;

function tooLong(): Promise<never> {
  return new Promise((_, fail) => setTimeout(() => fail(new Error("it is stuck")), batchMs).unref());
}

const enough = 4;
const notThrough = "it was not got through";

/** Halves, as long as one of them does it too. */
async function alone(stage: Stage, sink: Sink, batch: readonly Vector[], findings: Finding[]): Promise<Outcome["found"]> {
  const stuck = findings.some(({ says }) => says.startsWith(notThrough));
  if (batch.length === 1 || (stuck && batch.length <= 8)) return [{ vectors: batch.map(({ text }) => text), findings }];
  const middle = Math.ceil(batch.length / 2);
  const halves = [batch.slice(0, middle), batch.slice(middle)];
  const found: Outcome["found"] = [];
  for (const half of halves) {
    // Where everything fires, a few say it.
    if (found.length >= enough) break;
    const again = await tried(stage, sink, half);
    if (again.length > 0) found.push(...(await alone(stage, sink, half, again)));
  }
  return found.length > 0 ? found : [{ vectors: batch.map(({ text }) => text), findings }];
}

const kinds: readonly Kind[] = ["execution", "violation", "request", "navigation", "element", "error"];

/** The closing table. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ sink, vectors, found, ms }) => [sink, String(vectors), ...kinds.map((kind) => String(count(found, kind))), `${(ms / 1_000).toFixed(0)} s`]);
  const sum = ["together", String(outcomes.reduce((sum, { vectors }) => sum + vectors, 0)), ...kinds.map((kind) => String(outcomes.reduce((sum, { found }) => sum + count(found, kind), 0))), `${(outcomes.reduce((sum, { ms }) => sum + ms, 0) / 1_000).toFixed(0)} s`];
  const all = [["sink", "vectors", ...kinds.map((kind) => `${kind}s`), "time"], ...rows, sum];
  const widths = all[0]?.map((_, at) => Math.max(...all.map((row) => (row[at] ?? "").length))) ?? [];
  return all.map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ")).join("\n");
}

function count(found: Outcome["found"], kind: Kind): number {
  return found.reduce((sum, { findings }) => sum + findings.filter((it) => it.kind === kind).length, 0);
}
