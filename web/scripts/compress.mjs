/**
 * Writes the brotli and gzip twins of a built front end: `node compress.mjs <dist>`.
 *
 * Once at build, at the slowest and best level, so that the server never compresses an asset. Both, because browsers
 * offer brotli only over https or on localhost. Invariant: a twin exists only where it is smaller than its original.
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const COMPRESSIBLE = new Set([".js", ".css", ".html", ".svg", ".json", ".wasm", ".txt", ".webmanifest"]);

const twins = {
  ".br": (bytes) =>
    brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  ".gz": (bytes) => gzipSync(bytes, { level: 9 }),
};

const dist = process.argv[2];
let before = 0;
let after = 0;
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !COMPRESSIBLE.has(extname(entry.name))) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const bytes = readFileSync(path);
  for (const [suffix, compress] of Object.entries(twins)) {
    const twin = compress(bytes);
    if (twin.length < bytes.length) writeFileSync(path + suffix, twin);
    if (suffix === ".br") after += Math.min(twin.length, bytes.length);
    // The renderers are what most of a page's first bytes are.
    if (suffix === ".br" && extname(path) === ".wasm") {
      console.log(`${entry.name}: ${bytes.length} bytes, ${twin.length} with brotli`);
    }
  }
  before += bytes.length;
}
console.log(`front end: ${Math.round(before / 1024)} KB, ${Math.round(after / 1024)} KB with brotli`);
