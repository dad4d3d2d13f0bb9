/**
 * What the measurements in a browser share: a release server on loopback, Chromium, a document of a size, and typing.
 *
 * Invariant: everything stays on loopback; the server, its folder and the browser end with the run.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const root = resolve(import.meta.dirname, "../..");
export const { chromium: playwright } = createRequire(join(root, "tests/browser/package.json"))("playwright-core");

/** The release build, as `cargo xtask load` makes it, unless another is named. */
const BINARY = process.env.GALLEY_BINARY ?? join(root, "target/release/galley");
export const PASSWORD = "only for this run 1";

export const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const launch = () => playwright.launch({ executablePath: process.env.GALLEY_CHROMIUM ?? "/usr/bin/chromium", args: flags });

/** Runs `work(browser, url, start, stop)` beside a server of its own; `start` is a page signed in as an account, `stop` ends the server. */
export async function beside(work, options = []) {
  const data = mkdtempSync(join(tmpdir(), "galley-web-"));
  const { child, url } = await serve(data, options);
  const browser = await launch();
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await new Promise((done) => child.once("exit", done));
  };
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const start = await context.newPage();
    await start.goto(url);
    await post(start, "/api/signup", { name: "load", password: PASSWORD });
    await work(browser, url, start, stop);
  } finally {
    await browser.close();
    await stop();
    rmSync(data, { recursive: true, force: true });
  }
}

/** Starts the release server on a free port; resolves with its address once it listens. */
async function serve(data, flags) {
  const child = spawn(BINARY, ["serve", "--listen", "127.0.0.1:0", "--data", data, "--signup", "open", "--log", "warn", ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = line.match(/^listening on (.+)$/)?.[1];
    if (url) return { child, url };
  }
  throw new Error("the server did not start");
}

/** Asks the server, as the page does. */
export const post = (page, path, body) =>
  page.evaluate(
    async ([path, body]) => {
      const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json", "x-galley": "1" }, body: JSON.stringify(body) });
      return answer.json();
    },
    [path, body],
  );

/** About `kb` kilobytes of Markdown with everything people use. */
export function sample(kb) {
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
export async function keys(page, other, count) {
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

export const quantile = (samples, q) => samples.toSorted((a, b) => a - b)[Math.round((samples.length - 1) * q)] ?? NaN;
export const ms = (value) => value.toFixed(1).padStart(8);


/** A window on a document, with its editor and its preview. */
export async function open(context, url) {
  const page = await context.newPage();
  await page.addInitScript(instrument);
  await page.goto(url);
  await page.locator(".cm-content").waitFor();
  await page.locator(".preview .prose .block").first().waitFor();
  return page;
}
