/** The renderer itself, as the browser runs it, for what wants to know what a text becomes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadRenderer, type Renderer } from "../../../web/src/preview/wasm";

/** The one with everything in it. */
export function renderer(): Promise<Renderer> {
  const folder = join(import.meta.dirname, "../../../web/dist/assets");
  const name = readdirSync(folder).find((name) => /^render-full-.*\.wasm$/.test(name));
  if (!name) throw new Error("the front end is not built: cargo xtask web");
  return loadRenderer(readFileSync(join(folder, name)));
}

/** A text's whole HTML. */
export function htmlOf(renderer: Renderer, text: string): string {
  renderer.update("");
  return renderer.update(text).inserted.join("");
}
