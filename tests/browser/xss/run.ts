/**
 * All vectors through all sinks, batch by batch; what fires is halved until one vector stands alone.
 *
 * Invariants: what was done is written down after each batch, so a run that was stopped goes on where it was; no batch
 * counts as seen that was not got through. A run that is ended by its budget has tried the same vectors in every sink.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Sink } from "./sinks";
import type { Stage } from "./stage";
import type { Vector } from "./vectors";
import type { Finding, Kind } from "./watch";

export interface Outcome {
  sink: string;
  vectors: number;
  /** Of these, what some door did not take as it is. */
  turnedAway: number;
  ms: number;
  found: { vectors: string[]; findings: Finding[] }[];
}

/** What came of a sink's control; see `controls.ts`. */
export interface Believed {
  sink: string;
  /** Where it was seen to run. */
  seen: readonly string[];
  /** What is wrong, or null. */
  wrong: string | null;
}

interface Kept {
  key: string;
  done: Record<string, Outcome>;
  believed: Record<string, Believed>;
}

/** Where a run writes down how far it is; the same key goes on. */
export class Progress {
  readonly #done: Record<string, Outcome>;
  readonly #believed: Record<string, Believed>;

  constructor(
    private readonly path: string | null,
    private readonly key: string,
  ) {
    const kept = path && existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Kept) : null;
    this.#done = kept?.key === key ? kept.done : {};
    this.#believed = kept?.key === key ? kept.believed : {};
  }

  of(sink: Sink): Outcome {
    return (this.#done[sink.name] ??= { sink: sink.name, vectors: 0, turnedAway: 0, ms: 0, found: [] });
  }

  /** Its control, where it went through. */
  controlOf(sink: Sink): Believed | undefined {
    return this.#believed[sink.name];
  }

  controlled(believed: Believed): void {
    if (believed.wrong === null) this.#believed[believed.sink] = believed;
    this.keep();
  }

  keep(): void {
    if (this.path) writeFileSync(this.path, JSON.stringify({ key: this.key, done: this.#done, believed: this.#believed } satisfies Kept, null, 1));
  }
}

/** So many through every sink before the next come. */
const round = 600;

export interface Order {
  sinks: readonly Sink[];
  vectors: readonly Vector[];
  progress: Progress;
  /** No batch begins after it. */
  until: number;
  say(line: string): void;
}

export async function run(stage: Stage, { sinks, vectors, progress, until, say }: Order): Promise<Outcome[]> {
  for (let end = Math.min(round, vectors.length); ; end = Math.min(end + round, vectors.length)) {
    for (const sink of sinks) {
      const outcome = progress.of(sink);
      const known = outcome.found.length;
      while (outcome.vectors < end && Date.now() < until) {
        await next(stage, sink, vectors.slice(outcome.vectors, Math.min(end, outcome.vectors + sink.batch)), outcome);
        progress.keep();
      }
      await stage.rest();
      say(`${sink.name}: ${outcome.vectors} vectors, ${outcome.turnedAway} turned away, ${outcome.found.length} found, ${(outcome.ms / 1_000).toFixed(0)} s`);
      for (const { vectors, findings } of outcome.found.slice(known)) say(`  ${JSON.stringify(vectors).slice(0, 600)}\n    ${findings.map(({ kind, says }) => `${kind}: ${says}`).join("\n    ")}`);
    }
    if (end >= vectors.length || Date.now() >= until) break;
  }
  return sinks.map((sink) => progress.of(sink));
}

async function next(stage: Stage, sink: Sink, batch: readonly Vector[], outcome: Outcome): Promise<void> {
  const began = Date.now();
  stage.turnedAway = 0;
  const found = await tried(stage, sink, batch);
  if (found.length > 0) outcome.found.push(...(await alone(stage, sink, batch, found)));
  outcome.turnedAway += Math.min(stage.turnedAway, batch.length);
  outcome.vectors += batch.length;
  outcome.ms += Date.now() - began;
}

/** What a batch brings about. A sink that cannot be got through is a finding too. */
export async function tried(stage: Stage, sink: Sink, batch: readonly Vector[]): Promise<Finding[]> {
  stage.findings();
  const late = deadline();
  try {
    await Promise.race([sink.put(stage, batch), late.passed]);
  } catch (error) {
    const found = stage.findings();
    await stage.drop(sink.name);
    const says = `${notThrough}: ${error instanceof Error ? error.message.slice(0, 400) : String(error)}`;
    console.log(`${sink.name}, ${batch.length} vectors from ${batch[0]?.n}: ${says.replace(/\s+/g, " ").slice(0, 300)}`);
    return [{ kind: "error", says }, ...found];
  } finally {
    late.off();
  }
  return stage.findings();
}

/** A batch that is not through by then is stuck. */
const batchMs = 30 * 60_000;

function deadline(): { passed: Promise<never>; off(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error("it is stuck")), batchMs);
  });
  passed.catch(() => {});
  return { passed, off: () => clearTimeout(timer) };
}

const enough = 4;
const notThrough = "it was not got through";

const isStuck = (findings: readonly Finding[]) => findings.some(({ says }) => says.startsWith(notThrough));

/** Halves, as long as one of them does it too. */
async function alone(stage: Stage, sink: Sink, batch: readonly Vector[], findings: Finding[]): Promise<Outcome["found"]> {
  if (batch.length === 1) return [{ vectors: batch.map(({ text }) => text), findings }];
  const middle = Math.ceil(batch.length / 2);
  const found: Outcome["found"] = [];
  for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
    // Where everything fires, a few say it.
    if (found.length >= enough) return found;
    const again = await tried(stage, sink, half);
    if (again.length > 0) found.push(...(await alone(stage, sink, half, again)));
  }
  // A machine that was busy: both halves were got through, and nothing was seen in any of them.
  if (found.length === 0 && findings.every(({ says }) => says.startsWith(notThrough))) return [];
  return found.length > 0 ? found : [{ vectors: batch.map(({ text }) => text), findings }];
}

const kinds: readonly Kind[] = ["execution", "violation", "request", "navigation", "element", "error"];

/** The closing table. */
export function table(outcomes: readonly Outcome[]): string {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(0)} s`;
  const rows = outcomes.map(({ sink, vectors, turnedAway, found, ms }) => [sink, String(vectors), String(turnedAway), ...kinds.map((kind) => String(count(found, kind))), seconds(ms)]);
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
  const together = ["together", String(sum(({ vectors }) => vectors)), String(sum(({ turnedAway }) => turnedAway)), ...kinds.map((kind) => String(sum(({ found }) => count(found, kind)))), seconds(sum(({ ms }) => ms))];
  const all = [["sink", "vectors", "turned away", ...kinds.map((kind) => `${kind}s`), "time"], ...rows, together];
  const widths = all[0]?.map((_, at) => Math.max(...all.map((row) => (row[at] ?? "").length))) ?? [];
  return all.map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ")).join("\n");
}

/** How often something was found of a kind, and of a sentence that begins so. */
export function count(found: Outcome["found"], kind: Kind): number {
  return found.reduce((sum, { findings }) => sum + findings.filter((it) => it.kind === kind).length, 0);
}

/** Batches of one that could not be got through. */
export function unseen(outcomes: readonly Outcome[]): number {
  return outcomes.flatMap(({ found }) => found).filter(({ findings }) => isStuck(findings)).length;
}
