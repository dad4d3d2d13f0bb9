/** Renders off the main thread: text in, splice out, in order. */
import wasm from "../../render.wasm?url";
import { loadRenderer, type Renderer, type Splice } from "./wasm";

/** What the worker answers: the change, or why there will be none from here. */
export type Rendered = { kind: "splice"; splice: Splice } | { kind: "failed"; reason: string };

let renderer: Promise<Renderer> | null = null;

self.onmessage = async ({ data }: MessageEvent<string>) => {
  let answer: Rendered;
  try {
    renderer ??= fetch(wasm).then(loadRenderer);
    answer = { kind: "splice", splice: (await renderer).update(data) };
  } catch (error) {
    answer = { kind: "failed", reason: String(error) };
  }
  postMessage(answer);
};
