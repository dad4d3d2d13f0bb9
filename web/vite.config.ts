/** How the front end is built: the page entries, the diagrams' frame, hashed assets, and a manifest the server reads. */
import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { serviceWorker } from "./scripts/worker.ts";

// Where `cargo xtask web` has not made them: a page takes an empty one as none.
for (const file of ["render.wasm", "render-full.wasm"]) {
  const path = resolve(import.meta.dirname, file);
  if (!existsSync(path)) writeFileSync(path, "");
}

const entry = (name: string) => resolve(import.meta.dirname, `src/${name}.tsx`);

/** Mermaid's other layout, 1.6 MB of it, is never asked for (`frame/settings.ts`): it is no part of the build. */
const withoutElk: Plugin = {
  name: "without-elk",
  enforce: "pre",
  resolveId: (source, importer) => (importer?.includes("/mermaid/") && /\/elk-\w+\.mjs$/.test(source) ? "\0elk" : null),
  load: (id) => (id === "\0elk" ? "export function render() { throw new Error('The ELK layout is not part of Galley.'); }" : null),
};

export default defineConfig({
  base: "/",
  plugins: [withoutElk, serviceWorker],
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    manifest: "manifest.json",
    target: "es2022",
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      input: {
        start: entry("start"),
        documents: entry("documents"),
        document: entry("document"),
        link: entry("link"),
        settings: entry("settings"),
        admin: entry("admin"),
        history: entry("history"),
        shell: resolve(import.meta.dirname, "src/shell.ts"),
        offline: entry("offline"),
        diagram: resolve(import.meta.dirname, "src/frame/diagram.ts"),
      },
    },
  },
  worker: { format: "es" },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
