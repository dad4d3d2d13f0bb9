/**
 * Renders off the main thread: text in, splice out, in order.
 *
 * Two modules: the small one shows formulas and emoji codes as they are written, the full one shows what they mean. The
 * worker's name says which the text needed when the page was made; a text that comes to need the full one later gets it.
 * Invariant: where the full one cannot be had, the small one goes on.
 */
import full from "../../render-full.wasm?url";
import small from "../../render.wasm?url";
import { loadRenderer, type Renderer, type Splice } from "./wasm";

/** What the worker answers: the change, or why there will be none from here. `fuller`: the next rendering shows more. */
export type Rendered = { kind: "splice"; splice: Splice } | { kind: "failed"; reason: string } | { kind: "fuller" };

const answer = (rendered: Rendered) => postMessage(rendered);

let renderer: Promise<Renderer> | null = null;
let asked = self.name === "full";

const start = (): Promise<Renderer> => {
  const plain = () => fetch(small).then(loadRenderer);
  return asked ? fetch(full).then(loadRenderer).catch(plain) : plain();
};

async function fetchFull(current: Renderer): Promise<void> {
  asked = true;
  try {
    await current.load(await fetch(full));
    answer({ kind: "fuller" });
  } catch {
    // What is shown stays: the source of formulas and emoji.
  }
}

self.onmessage = async ({ data }: MessageEvent<string>) => {
  try {
    const current = await (renderer ??= start());
    const splice = current.update(data);
    answer({ kind: "splice", splice });
    if (splice.needsFull && !asked) void fetchFull(current);
  } catch (error) {
    answer({ kind: "failed", reason: String(error) });
  }
};
