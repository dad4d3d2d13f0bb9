/**
 * `cargo xtask load lighthouse`: a document as a guest opens it on a phone, as Lighthouse sees it.
 *
 * A view link is followed once, as a guest does; the document's own page is then measured with Lighthouse's phone profile
 * (slow network and processor, simulated). Appends its row to `WEB.md`. Accessibility is the same on every machine;
 * performance wants a quiet one.
 */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { beside, flags, playwright, post, quantile, sample } from "./browser.mjs";

const RUNS = Number(process.env.RUNS ?? 3);
const BARS = { performance: 95, accessibility: 100 };
const root = resolve(import.meta.dirname, "../..");
const { default: lighthouse } = await import(pathToFileURL(join(root, "target/tools/lighthouse/node_modules/lighthouse/core/index.js")));

await beside(async (browser, url, start) => {
  const document = await post(start, "/api/documents", { text: sample(10) });
  const link = await post(start, `/api/documents/${document.id}/links`, { role: "view" });
  const guest = await cookies(browser, link.url);
  const reports = [];
  for (let run = 0; run < RUNS; run++) reports.push(await report(`${url}/d/${document.id}`, guest));
  writeFileSync(join(root, "target/lighthouse.json"), JSON.stringify(reports.at(-1), null, 1));
  const score = (name) => reports.map(({ categories }) => Math.round(categories[name].score * 100));
  const lines = Object.entries(BARS).map(([name, least]) => {
    const middle = quantile(score(name), 0.5);
    return `| Lighthouse, guest on a phone: ${name} | ${middle} | ${score(name).join(", ")} | ≥ ${least}: ${middle >= least ? "PASS" : "**miss**"} |`;
  });
  const head = `\n## ${new Date().toISOString().slice(0, 16).replace("T", " ")}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}\n\n| what | median | runs | bar |\n|---|---|---|---|\n`;
  console.log(`${head}${lines.join("\n")}\n`);
  for (const { title, displayValue, explanation } of lost(reports.at(-1))) console.log(`  ${title} ${displayValue ?? ""} ${explanation ?? ""}`);
  appendFileSync(join(import.meta.dirname, "WEB.md"), `${head}${lines.join("\n")}\n`);
  if (lines.some((line) => line.includes("**miss**"))) process.exitCode = 1;
});

/** What following the link leaves a guest with. */
async function cookies(browser, link) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.locator(".prose .block").first().waitFor();
  const all = await context.cookies();
  await context.close();
  return all;
}

/** A browser that has the guest's cookie and nothing else: what the page needs comes over the network. */
async function report(address, guest) {
  const folder = mkdtempSync(join(tmpdir(), "galley-lighthouse-"));
  const port = await freePort();
  const context = await playwright.launchPersistentContext(folder, { executablePath: process.env.GALLEY_CHROMIUM ?? "/usr/bin/chromium", args: [...flags, `--remote-debugging-port=${port}`] });
  try {
    await context.addCookies(guest);
    const { lhr } = await lighthouse(address, { port, output: "json", logLevel: "error", disableStorageReset: true, onlyCategories: Object.keys(BARS) });
    return lhr;
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What cost points. */
function lost({ audits, categories }) {
  return Object.values(categories).flatMap(({ auditRefs }) => auditRefs.filter(({ weight, id }) => weight > 0 && (audits[id].score ?? 1) < 1).map(({ id }) => audits[id]));
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}
