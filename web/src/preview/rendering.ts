/**
 * Renders one text after another: text in, splice out, in order. In a worker (`worker.ts`) or in the page (`source.ts`
 * says when).
 *
 * Two modules: the small one shows formulas and emoji codes as they are written, the full one shows what they mean. Which
 * one the text needed when the page was made is said at the start; a text that comes to need the full one later gets it.
 * Invariant: where the full one cannot be had, the small one goes on.
 */
import full from "../../render-full.wasm?url";
import small from "../../render.wasm?url";
import { loadRenderer, type Renderer, type Splice } from "./wasm";

/**
 * What comes of a text: the change, and what it took, or why there will be none from here. `fuller`: the next rendering
 * shows more. `module`: what was asked for with `give`.
 */
export type Rendered =
  | { kind: "splice"; splice: Splice; ms: number }
  | { kind: "failed"; reason: string }
  | { kind: "fuller" }
  | { kind: "module"; module: WebAssembly.Module; which: Which };

export type Which = "small" | "full";

export interface Rendering {
  render(text: string): Promise<void>;
  /** Answers with the module, once there is one. */
  give(): Promise<void>;
}

/** `made`: a renderer with the module that is named first. */
export function rendering(first: Which, answer: (rendered: Rendered) => void, made?: Renderer): Rendering {
  let renderer: Promise<Renderer> | null = made ? Promise.resolve(made) : null;
  let asked = first === "full";
  let which = first;

  const start = (): Promise<Renderer> => {
    const plain = () => fetch(small).then(loadRenderer);
    return asked ? fetch(full).then(loadRenderer).catch(plain) : plain();
  };

  async function fetchFull(current: Renderer): Promise<void> {
    asked = true;
    try {
      await current.load(await fetch(full));
      which = "full";
      answer({ kind: "fuller" });
    } catch {
      // What is shown stays: the source of formulas and emoji.
    }
  }

  return {
    async render(text) {
      try {
        const current = await (renderer ??= start());
        const began = performance.now();
        const splice = current.update(text);
        answer({ kind: "splice", splice, ms: performance.now() - began });
        if (splice.needsFull && !asked) void fetchFull(current);
      } catch (error) {
        answer({ kind: "failed", reason: String(error) });
      }
    },
    async give() {
      const current = await renderer?.catch(() => null);
      if (current) answer({ kind: "module", module: current.module(), which });
    },
  };
}
