/** How the front end is built: one page entry each, hashed assets, and a manifest the server reads. */
import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

// Where `cargo xtask web` has not made them: a page takes an empty one as none.
for (const file of ["render.wasm", "render-full.wasm"]) {
  const path = resolve(import.meta.dirname, file);
  if (!existsSync(path)) writeFileSync(path, "");
}

const entry = (name: string) => resolve(import.meta.dirname, `src/${name}.tsx`);

export default defineConfig({
  base: "/",
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
      },
    },
  },
  worker: { format: "es" },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
