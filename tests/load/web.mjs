/**
 * `cargo xtask load web`: how fast the page is, in Chromium, beside what it must reach.
 *
 * Documents of several sizes, at full speed and with the processor slowed four times: a key to its letter, to the rendered
 * text, to somebody else's screen; the page opened by a newcomer until it can be read and until it can be typed into; what
 * it holds. Appends its rows to `WEB.md`. Absolute times belong to the machine and to what else it does: a run says how
 * busy it was. Next: `typing.mjs`, `opening.mjs`, `bytes.mjs`.
 */
import { appendFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { beside, launch, post, quantile, sample } from "./browser.mjs";
import { bytes } from "./bytes.mjs";
import { memory, opening } from "./opening.mjs";
import { clock, toMiddle, typing } from "./typing.mjs";

const SIZES_KB = (process.env.SIZES_KB ?? "10,100,1024").split(",").map(Number);
const SLOW = (process.env.SLOW ?? "1,4").split(",").map(Number);
const KEYS = Number(process.env.KEYS ?? 120);
const RUNS = Number(process.env.RUNS ?? 7);
/** Typed before it counts: the first keys compile what they run. */
const WARM = 14;

/** What must be reached: of a figure, at a size and a speed, its quantile in milliseconds. */
const BARS = [
  { figure: "preview", kb: 100, slow: 1, part: 0.95, most: 33 },
  { figure: "preview", kb: 100, slow: 4, part: 0.95, most: 100 },
  { figure: "glyph", kb: 1024, slow: 1, part: 0.95, most: 50 },
  ...[10, 100, 1024].map((kb) => ({ figure: "remote", kb, slow: 1, part: 0.5, most: 20 })),
];

const WORDS = { glyph: "key to letter", preview: "key to preview", remote: "key to other screen", readable: "open to readable", editable: "open to editable", memory: "heap (MB)" };

await beside(async (browser, url, start) => {
  const state = await start.context().storageState();
  const rows = [];
  for (const kb of SIZES_KB) {
    const document = await post(start, "/api/documents", { text: sample(kb) });
    const address = `${url}/d/${document.id}?both`;
    for (const slow of SLOW) {
      const typed = await atKeys(browser, state, address, slow);
      const opened = await opening(browser, state, address, slow, RUNS);
      for (const [figure, samples] of Object.entries({ ...typed, ...opened })) if (samples.length > 0) rows.push(row(figure, kb, slow, samples));
      console.log(`${kb} KB, ${slow}x: done`);
    }
  }
  const table = [...rows.map(line), ...bytes()];
  const head = `\n## ${new Date().toISOString().slice(0, 16).replace("T", " ")}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}\n\n| what | size | speed | median ms | p95 ms | samples | bar |\n|---|---|---|---|---|---|---|\n`;
  console.log(`${head}${table.join("\n")}`);
  appendFileSync(join(import.meta.dirname, "WEB.md"), `${head}${table.join("\n")}\n`);
  if (table.some((it) => it.includes("**miss**"))) process.exitCode = 1;
});

/**
 * Typing alone, then at full speed beside somebody else, for whose screen alone that counts: this machine does their
 * browser's work too. A window behind another is drawn once a second, so they have a browser of their own.
 */
async function atKeys(browser, state, address, slow) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, storageState: state });
  const page = await window(context, address);
  // The pane that a hand moved leads the other.
  await page.mouse.move(300, 400);
  await page.mouse.wheel(0, 30);
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: slow });
  await typing(page, null, WARM);
  const { glyph, preview } = await typing(page, null, KEYS);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  const held = [await memory(page)];
  const remote = slow === 1 ? await seenBeyond(page, state, address) : [];
  await context.close();
  return { glyph, preview, remote, memory: held };
}

async function seenBeyond(page, state, address) {
  const browser = await launch();
  const other = await window(await browser.newContext({ viewport: { width: 1440, height: 900 }, storageState: state }), address);
  await typing(page, other, WARM);
  const { remote } = await typing(page, other, KEYS);
  await browser.close();
  return remote;
}

async function window(context, address) {
  const page = await context.newPage();
  await page.addInitScript(clock);
  await page.goto(address);
  await page.locator(".cm-content[contenteditable=true]").waitFor();
  await page.locator(".preview .prose .block").first().waitFor();
  await page.locator(".save", { hasText: "Saved" }).first().waitFor();
  await page.evaluate(toMiddle, 0.5);
  await page.evaluate(() => globalThis.clock.watch());
  return page;
}

function row(figure, kb, slow, samples) {
  const bar = BARS.find((it) => it.figure === figure && it.kb === kb && it.slow === slow);
  return { figure, kb, slow, median: quantile(samples, 0.5), p95: quantile(samples, 0.95), count: samples.length, missing: figure !== "memory" && ["glyph", "preview", "remote"].includes(figure) ? KEYS - samples.length : 0, bar: bar && { ...bar, met: quantile(samples, bar.part) <= bar.most } };
}

function line({ figure, kb, slow, median, p95, count, missing, bar }) {
  const verdict = bar ? `${bar.part === 0.5 ? "median" : "p95"} ≤ ${bar.most}: ${bar.met ? "PASS" : "**miss**"}` : "";
  // Of what was typed faster than it could be shown some never stood there on its own.
  const skipped = missing > 0 ? ` (${missing} unseen)` : "";
  return `| ${WORDS[figure]} | ${kb} KB | ${slow}x | ${median.toFixed(1)} | ${p95.toFixed(1)} | ${count}${skipped} | ${verdict} |`;
}
