/** What a page downloads, as `web/scripts/budgets.mjs` counts it, beside what it may. */
import { join, resolve } from "node:path";
import { measured } from "../../web/scripts/budgets.mjs";

const dist = resolve(import.meta.dirname, "../../web/dist");

export function bytes() {
  return measured(join(dist)).map(({ what, bytes, aim }) => {
    const verdict = `≤ ${kb(aim)} KB: ${bytes <= aim ? "PASS" : "**miss**"}`;
    return `| ${what} | ${kb(bytes)} KB br | | | | | ${verdict} |`;
  });
}

const kb = (bytes) => (bytes / 1024).toFixed(1).replace(/\.0$/, "");
