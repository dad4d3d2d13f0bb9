/**
 * Writes `render/src/emoji.txt`, GitHub's emoji codes: `npm pack gemoji@8`, unpack it, `node scripts/emoji.mjs <folder>`.
 *
 * One line a code, `code emoji`, in the order of the codes' bytes, which the renderer's search rests on.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
if (!folder) throw new Error("Name the folder of the unpacked package gemoji.");
const { gemoji } = await import(pathToFileURL(resolve(folder, "index.js")).href);
const lines = gemoji.flatMap(({ emoji, names }) => names.map((name) => `${name} ${emoji}\n`));
lines.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
writeFileSync(resolve(import.meta.dirname, "../render/src/emoji.txt"), lines.join(""));
console.log(`${lines.length} codes`);
