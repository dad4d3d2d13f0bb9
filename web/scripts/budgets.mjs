/**
 * What may be downloaded before a page does its work, with brotli: `node budgets.mjs <dist>` in `cargo xtask check`.
 *
 * Over a budget is a failure that names the chunks that grew since `sizes.json` was written. `--keep` writes that anew: with
 * the change that is worth its bytes. 1 KB is 1,024 bytes. Invariant: a chunk counts when a page needs it before what the
 * row names can be done, whoever imports it; what is brought on use does not.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const KB = 1024;

/** Sources whose chunks, with everything they import at once, a row counts. `aim`: what it is still to come down to. */
const BUDGETS = [
  { what: "scripts of the list of documents", sources: ["src/documents.tsx"], most: 20 * KB },
  { what: "scripts of the editor", sources: ["src/editor/editor.ts"], most: 145 * KB },
  { what: "scripts of a document until one can read along", sources: ["src/document.tsx"], most: 128 * KB },
  { what: "scripts of a document until one can type", sources: ["src/document.tsx", "src/editor/editor.ts"], most: 238 * KB },
  { what: "the renderer", files: /^assets\/render-[\w-]{8}\.wasm$/, most: 104 * KB, aim: 90 * KB },
  { what: "the renderer with formulas", files: /^assets\/render-full-[\w-]{8}\.wasm$/, most: 172 * KB, aim: 152 * KB },
];

const kept = join(import.meta.dirname, "sizes.json");

/** Every row, measured. */
export function measured(dist) {
  const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8"));
  return BUDGETS.map(({ what, sources, files, most, aim = most }) => {
    const chunks = sources ? closure(manifest, sources) : readdirSync(join(dist, "assets")).map((name) => `assets/${name}`).filter((file) => files.test(file));
    const sizes = {};
    for (const file of new Set(chunks)) sizes[plain(file)] = (sizes[plain(file)] ?? 0) + size(dist, file);
    return { what, most, aim, sizes, bytes: Object.values(sizes).reduce((sum, it) => sum + it, 0) };
  });
}

function closure(manifest, sources) {
  const seen = new Set();
  const take = (key) => {
    if (seen.has(key)) return;
    if (!manifest[key]) throw new Error(`budgets.mjs: the build has no ${key}`);
    seen.add(key);
    for (const other of manifest[key].imports ?? []) take(other);
  };
  sources.forEach(take);
  return [...seen].map((key) => manifest[key].file);
}

/** Without its hash; chunks may share a name. */
const plain = (file) => file.replace(/^assets\//, "").replace(/-[\w-]{8}(\.\w+)$/, "$1");

function size(dist, file) {
  const twin = join(dist, `${file}.br`);
  return statSync(existsSync(twin) ? twin : join(dist, file)).size;
}

function main([dist, flag]) {
  const rows = measured(dist);
  if (flag === "--keep") return writeFileSync(kept, `${JSON.stringify(Object.fromEntries(rows.map(({ what, sizes }) => [what, sizes])), null, 1)}\n`);
  const before = JSON.parse(readFileSync(kept, "utf8"));
  const over = rows.filter(({ bytes, most }) => bytes > most);
  for (const { what, bytes, most } of rows) console.log(`${what}: ${(bytes / KB).toFixed(1)} of ${most / KB} KB`);
  for (const { what, bytes, most, sizes } of over) {
    console.error(`\n${what}: ${bytes - most} bytes over the ${most / KB} KB it may have. Bring what it does not need at once when it is used.`);
    const grown = Object.entries(sizes).map(([chunk, now]) => ({ chunk, now, by: now - (before[what]?.[chunk] ?? 0) }));
    for (const { chunk, now, by } of grown.filter(({ by }) => by > 0).sort((a, b) => b.by - a.by)) console.error(`  ${chunk}: ${by} bytes more, ${now} now`);
  }
  if (over.length > 0) process.exitCode = 1;
}

if (import.meta.filename === process.argv[1]) main(process.argv.slice(2));
