/**
 * Builds the service worker after everything else, with the list of the files it keeps: a plugin of `vite.config.ts`.
 *
 * What a page can come to need without a network is found by reading: whatever a needed file names is needed. Invariant:
 * the build's name is a hash over the worker and every file it keeps, so another file is another build.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build as bundle, type Plugin } from "vite";

/** Kept once a page used it: the larger renderer, the font of its formulas, and the accents of fewer languages. */
const ONCE_USED = /^(render-full|galley-math|commissioner-more|galley-serif-\w+-more)-/;
/** The pages that stand without the server. */
const PAGES = ["shell", "offline", "document", "documents"];

export const serviceWorker: Plugin = {
  name: "service-worker",
  apply: "build",
  async closeBundle() {
    const dist = join(import.meta.dirname, "../dist");
    const files = readdirSync(join(dist, "assets")).filter((name) => !/\.(br|gz)$/.test(name));
    const needed = new Set<string>();
    const read = (name: string) => readFileSync(join(dist, "assets", name));
    const take = (name: string) => {
      if (needed.has(name) || ONCE_USED.test(name)) return;
      needed.add(name);
      if (!/\.(js|css)$/.test(name)) return;
      const text = read(name).toString();
      files.filter((other) => text.includes(other)).forEach(take);
    };
    const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8")) as Record<string, { file: string; name?: string; isEntry?: boolean; css?: string[] }>;
    for (const { file, name, isEntry, css = [] } of Object.values(manifest)) {
      if (isEntry && PAGES.includes(name ?? "")) [file, ...css].forEach((path) => take(path.replace("assets/", "")));
    }
    const integrity = (name: string) => `sha256-${createHash("sha256").update(read(name)).digest("base64")}`;
    const list = [...needed].sort().map((name) => [`/assets/${name}`, integrity(name)]);
    const other = files.filter((name) => !needed.has(name)).sort().map((name) => `/assets/${name}`);
    const code = await worker(dist);
    const id = createHash("sha256").update(code).update(JSON.stringify([list, other])).digest("hex").slice(0, 12);
    writeFileSync(join(dist, "sw.js"), code.replace("__BUILD__", JSON.stringify({ id, needed: list, other })));
    writeFileSync(join(dist, "build.txt"), id);
  },
};

async function worker(dist: string): Promise<string> {
  const made = await bundle({
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    build: {
      outDir: dist,
      write: false,
      target: "es2022",
      rollupOptions: { input: join(import.meta.dirname, "../src/sw.ts"), output: { format: "iife", entryFileNames: "sw.js" } },
    },
  });
  const [first] = Array.isArray(made) ? made : [made];
  if (!first || !("output" in first)) throw new Error("the service worker was not built");
  return first.output[0].code;
}
