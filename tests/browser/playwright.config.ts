/**
 * How the browser tests run: stories one at a time, nothing twice, in the Chromium that `cargo xtask` found.
 *
 * Invariant: no retries here. A test that fails sometimes is broken, or what it tests is; `cargo xtask test` runs it once more,
 * alone, and names it as unsteady.
 */
import { defineConfig } from "@playwright/test";

export const chromium = {
  executablePath: process.env["GALLEY_CHROMIUM"] ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "results",
  workers: 1,
  retries: 0,
  timeout: 60_000,
  forbidOnly: true,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  projects: [
    { name: "stories", testIgnore: "a11y.spec.ts" },
    // Each looks at one screen that nobody else is in: these run beside each other where they are asked to.
    { name: "screens", testMatch: "a11y.spec.ts", fullyParallel: true },
  ],
  use: {
    browserName: "chromium",
    launchOptions: chromium,
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    screenshot: "only-on-failure",
  },
});
