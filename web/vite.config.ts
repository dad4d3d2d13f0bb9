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

/** What every page has is two files, the framework and the page's own: as twenty small ones they are a quarter larger. */
const core = /\/node_modules\/(preact|@preact)\//;
const base = /\/src\/(ui\/(boot|chord|face|icons|install-offer|lazy|leaving|mark|menu-button|roles|time|toasts)|session\/(browser|call|events|here|listing)|session\/device\/(answered|waits)|wiring\/settle)\.tsx?$/;
/** Of the list, what another page or its later part has too. */
const list = /\/src\/ui\/list\/(account-menu|later|new-document|shelf)\.tsx?$/;
/** What menus are made of: a document shows them at once, the list when somebody comes near. */
const menus = /\/src\/ui\/(action-icons|copy|inline-name|keys|menu|theme-switch)\.tsx$/;

/**
 * What packages bring and nobody here asks for: mermaid's other layout, 1.6 MB of it (`frame/settings.ts`); the binding's
 * carets, which need inline styles (`editor/carets.ts` draws ours); a console of lib0's that is drawn in the page.
 */
const leftOut = [
  { of: "/mermaid/", file: /\/elk-\w+\.mjs$/, code: "export function render() { throw new Error('The ELK layout is not part of Galley.'); }" },
  { of: "/y-codemirror.next/", file: /\/y-remote-selections\.js$/, code: "export const yRemoteSelections = null, yRemoteSelectionsTheme = null;" },
  { of: "/lib0/logging.js", file: /\/dom\.js$/, code: "const none = () => null; export { none as addEventListener, none as append, none as element, none as mapToStyleString, none as text };" },
];
const without: Plugin = {
  name: "without",
  enforce: "pre",
  resolveId(source, importer) {
    const at = leftOut.findIndex(({ of, file }) => importer?.includes(of) && file.test(source));
    return at < 0 ? null : `\0left-out-${at}`;
  },
  load: (id) => leftOut[Number(id.match(/^\0left-out-(\d+)$/)?.[1] ?? -1)]?.code ?? null,
};

/** The bundler's helper around each `import()` is ours. */
const preload: Plugin = {
  name: "preload",
  enforce: "pre",
  load: (id) => (id === "\0vite/preload-helper.js" ? `export { preload as __vitePreload } from ${JSON.stringify(resolve(import.meta.dirname, "src/preload.ts"))};` : null),
};

export default defineConfig({
  base: "/",
  plugins: [without, preload, serviceWorker],
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    manifest: "manifest.json",
    target: "es2022",
    cssCodeSplit: true,
    // Every page has the first three already.
    modulePreload: { polyfill: false, resolveDependencies: (_, files) => files.filter((file) => !/\/(core|base|preload)-[\w-]{8}\.js$/.test(file)) },
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "core", test: core }, { name: "preload", test: /\/src\/preload\.ts$/ }, { name: "base", test: base }, { name: "list", test: list }, { name: "menus", test: menus }] } },
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
