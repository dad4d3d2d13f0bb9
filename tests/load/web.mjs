/**
 * `cargo xtask load web`: from a key to the painted preview, and to the other person's screen, in Chromium.
 *
 * Types into the middle of documents of several sizes and reports medians and 95th percentiles, at full speed and with
 * the processor slowed four times. Absolute times belong to the machine; compare runs on the same one.
 * Next: `browser.mjs` for how.
 */
import { beside, keys, ms, open, post, quantile, sample } from "./browser.mjs";

const SIZES_KB = (process.env.SIZES_KB ?? "10,100").split(",").map(Number);
const KEYS = Number(process.env.KEYS ?? 120);

await beside(async (_browser, url, start) => {
  const context = start.context();
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
});
