/** Small texts, each rendered on its own by the same renderer as the document's, in a worker of their own. */
import { blocksOf, scriptUrl } from "./patch";
import type { Rendered } from "./rendering";
import workerUrl from "./worker?worker&url";

export interface Examples {
  /** Null where this browser cannot render. */
  render(text: string): Promise<HTMLElement[] | null>;
  stop(): void;
}

export function renderExamples(): Examples {
  // Named so, it begins with the module that knows everything.
  const worker = new Worker(scriptUrl(workerUrl), { type: "module", name: "full" });
  let waiting: ((blocks: HTMLElement[] | null) => void)[] = [];
  let asked = 0;
  let over = false;
  const fail = () => {
    over = true;
    for (const done of waiting.splice(0)) done(null);
  };
  worker.onerror = fail;
  worker.onmessage = ({ data }: MessageEvent<Rendered>) => {
    if (data.kind === "failed") return fail();
    // Every other answer is to the empty text, which forgets the example before.
    if (data.kind === "splice" && asked++ % 2 === 1) waiting.shift()?.(blocksOf(data.splice.inserted));
  };
  return {
    render(text) {
      if (over) return Promise.resolve(null);
      worker.postMessage("");
      worker.postMessage(text);
      return new Promise((done) => waiting.push(done));
    },
    stop() {
      worker.terminate();
      waiting = [];
    },
  };
}
