/**
 * `cargo xtask load web`: from a key to the painted preview, and to the other person's screen, in Chromium.
 *
 * Types into the middle of documents of several sizes and reports medians and 95th percentiles, at full speed and with
 * the processor slowed four times. Absolute times belong to the machine; compare runs on the same one.
 * Invariant: everything stays on loopback; the server, its folder and the browser end with the run.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const root = resolve(import.meta.dirname, "../..");
const { chromium } = createRequire(join(root, "tests/browser/package.json"))("playwright-core");

const SIZES_KB = (process.env.SIZES_KB ?? "10,100").split(",").map(Number);
const KEYS = Number(process.env.KEYS ?? 120);
/** The release build, as `cargo xtask load web` makes it, unless another is named. */
const BINARY = process.env.GALLEY_BINARY ?? join(root, "target/release/galley");
const PASSWORD = "only for this run 1";

/** Starts the release server on a free port; resolves with its address once it listens. */
async function serve(data) {
  const child = spawn(BINARY, ["serve", "--listen", "127.0.0.1:0", "--data", data, "--signup", "open", "--log", "warn"], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = line.match(/^listening on (.+)$/)?.[1];
    if (url) return { child, url };
  }
  throw new Error("the server did not start");
}

const post = (page, path, body) =>
  page.evaluate(
    async ([path, body]) => {
      const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json", "x-galley": "1" }, body: JSON.stringify(body) });
      return answer.json();
    },
    [path, body],
  );

/** About `kb` kilobytes of Markdown with everything people use. */
function sample(kb) {
  const section = (n) =>
    `## Section ${n}\n\nA paragraph with *emphasis*, **weight**, \`code\` and a [link](https://example.org/${n}). ` +
    `It goes on for a while, as paragraphs do, and ends here.\n\n- one\n- two\n- [ ] three\n\n\`\`\`rust\nfn main() { println!("{}", ${n}); }\n\`\`\`\n\n| a | b |\n|---|---|\n| ${n} | x |\n\n`;
  let text = "# A long document\n\n";
  for (let n = 1; text.length < kb * 1024; n++) text += section(n);
  return text;
}

/** In the page: stamps each typed mark and the first frame after the preview shows it. */
function instrument() {
  globalThis.stamps = { typed: new Map(), shown: new Map() };
  addEventListener("keydown", () => (globalThis.lastKey = performance.now()), true);
}

/** Types one mark at a time and waits until the preview shows it; milliseconds for each. */
async function keys(page, other, count) {
  const preview = [];
  const remote = [];
  for (let n = 0; n < count; n++) {
    const mark = `q${n}z`;
    await page.keyboard.type(mark.slice(0, -1));
    const wait = (p) =>
      p.evaluate(
        (mark) =>
          new Promise((done) => {
            const scope = document.querySelector(".preview .prose");
            const seen = () => scope.textContent.includes(mark);
            const finish = () => requestAnimationFrame(() => done(performance.timeOrigin + performance.now()));
            if (seen()) return finish();
            const observer = new MutationObserver(() => {
              if (!seen()) return;
              observer.disconnect();
              finish();
            });
            observer.observe(scope, { subtree: true, childList: true, characterData: true });
          }),
        mark,
      );
    const shown = wait(page);
    const arrived = other && wait(other);
    await page.keyboard.press("z");
    const key = await page.evaluate(() => performance.timeOrigin + globalThis.lastKey);
    preview.push((await shown) - key);
    if (arrived) remote.push((await arrived) - key);
    await page.keyboard.press("Space");
  }
  return { preview, remote };
}

const quantile = (samples, q) => samples.toSorted((a, b) => a - b)[Math.round((samples.length - 1) * q)] ?? NaN;
const ms = (value) => value.toFixed(1).padStart(8);

async function open(context, url) {
  const page = await context.newPage();
  await page.addInitScript(instrument);
  await page.goto(url);
  await page.locator(".cm-content").waitFor();
  await page.locator(".preview .prose .block").first().waitFor();
  return page;
}

const data = mkdtempSync(join(tmpdir(), "galley-web-"));
const { child, url } = await serve(data);
const browser = await chromium.launch({
  executablePath: process.env.GALLEY_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const start = await context.newPage();
  await start.goto(url);
  await post(start, "/api/signup", { name: "load", password: PASSWORD });
  console.log("size    slow   key to preview p50   p95 ms   key to other screen p50   p95 ms");
  for (const kb of SIZES_KB) {
    const document = await post(start, "/api/documents", { text: sample(kb) });
    for (const slow of [1, 4]) {
      const page = await open(context, `${url}/d/${document.id}?both`);
      const other = slow === 1 ? await open(context, `${url}/d/${document.id}?both`) : null;
      const session = await context.newCDPSession(page);
      await session.send("Emulation.setCPUThrottlingRate", { rate: slow });
      await page.bringToFront();
      await page.locator(".cm-content").click();
      await keys(page, null, 5);
      const { preview, remote } = await keys(page, other, KEYS);
      const far = remote.length > 0 ? `${ms(quantile(remote, 0.5))} ${ms(quantile(remote, 0.95))}` : "       -        -";
      console.log(`${String(kb).padStart(4)} KB ${slow}x    ${ms(quantile(preview, 0.5))} ${ms(quantile(preview, 0.95))}                ${far}`);
      await page.close();
      await other?.close();
    }
  }
} finally {
  await browser.close();
  child.kill("SIGTERM");
  await new Promise((done) => child.once("exit", done));
  rmSync(data, { recursive: true, force: true });
}
