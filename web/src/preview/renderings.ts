/**
 * Whole renderings of whole texts, for pages that show several: the worker answers with splices, here they are added up.
 *
 * Invariant: one text at a time, in the order they were asked for, because a splice is worth something only after the one
 * before it. Next: `rendered-diff.ts`.
 */
import { scriptUrl } from "./patch";
import type { Rendered } from "./rendering";
import type { SourceMap, Splice } from "./wasm";
import workerUrl from "./worker?worker&url";

export interface Rendering {
  /** Each is one whole `<div class="block">…</div>`. */
  blocks: readonly string[];
  /** Where each block begins in the source. */
  sources: Uint32Array;
  maps: readonly (SourceMap | null)[];
  lang: string | null;
  dir: string | null;
}

export interface Renderings {
  /** Fails where this browser cannot render. */
  of(text: string): Promise<Rendering>;
}

/** So many are kept, for going back and forth. */
const KEPT = 8;

export function createRenderings(worker = new Worker(scriptUrl(workerUrl), { type: "module", name: "full" })): Renderings {
  const known = new Map<string, Promise<Rendering>>();
  let last: Rendering = { blocks: [], sources: new Uint32Array(), maps: [], lang: null, dir: null };
  let before: Promise<unknown> = Promise.resolve();

  async function render(text: string): Promise<Rendering> {
    await before.catch(() => undefined);
    const answer = await ask(worker, text);
    if (answer.kind !== "splice") throw new Error("This browser cannot render the text. Its source can be looked at.");
    return (last = addUp(last, answer.splice));
  }

  return {
    of(text) {
      const rendering = known.get(text) ?? render(text);
      known.delete(text);
      known.set(text, rendering);
      before = rendering;
      rendering.catch(() => known.delete(text));
      for (const oldest of known.keys()) {
        if (known.size <= KEPT) break;
        known.delete(oldest);
      }
      return rendering;
    },
  };
}

function ask(worker: Worker, text: string): Promise<Rendered> {
  return new Promise((done) => {
    worker.onerror = () => done({ kind: "failed", reason: "the worker did not start" });
    worker.onmessage = ({ data }: MessageEvent<Rendered>) => done(data);
    worker.postMessage(text);
  });
}

/** A rendering after a splice of the one before. */
export function addUp({ blocks, maps }: Rendering, { from, removed, inserted, maps: fresh, sources, lang, dir }: Splice): Rendering {
  const stays = (at: number) => inserted[at] === "";
  const next = [...maps.slice(0, from), ...inserted.map((_, at) => (stays(at) ? (maps[from + at] ?? null) : null)), ...maps.slice(from + removed)];
  for (const map of fresh) next[map.block] = map;
  return {
    blocks: [...blocks.slice(0, from), ...inserted.map((html, at) => (stays(at) ? (blocks[from + at] ?? "") : html)), ...blocks.slice(from + removed)],
    sources,
    maps: next,
    lang: lang ?? null,
    dir: dir ?? null,
  };
}
