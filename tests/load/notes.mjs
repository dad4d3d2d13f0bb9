/**
 * `cargo xtask load notes`: how soon a note written on a phone stands in somebody else's margin, and what a thousand
 * notes cost the person who types.
 *
 * The first part selects words in the preview of a phone profile, writes a note and posts it; the time runs from the
 * press of Post to the thread in the other window's margin. The second opens and types into a document of 100 KB without
 * notes and with them, in turn. Compare ratios. Next: `browser.mjs` for how.
 */
import { randomBytes } from "node:crypto";
import { beside, keys, ms, open, post, quantile, sample } from "./browser.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 40);
const NOTES = Number(process.env.NOTES ?? 1_000);
const KEYS = Number(process.env.KEYS ?? 100);
const OPENINGS = Number(process.env.OPENINGS ?? 7);
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

await beside(async (browser, url, start) => {
  await fromPhone(browser, url, start);
  await manyNotes(url, start);
}, ["--limit", "wishes_per_minute=1000000"]);

/** From the phone's Post to the other's margin. */
async function fromPhone(browser, url, start) {
  const lines = Array.from({ length: 9 }, (_, n) => `Sentence number ${n} waits for a note.`);
  const document = await post(start, "/api/documents", { text: `# Notes from a phone\n\n${lines.join("\n\n")}\n` });
  const link = await post(start, `/api/documents/${document.id}/links`, { role: "comment" });
  const phone = await (await browser.newContext(PHONE)).newPage();
  await phone.goto(link.url);
  await phone.locator(".prose .block").first().waitFor();
  await phone.getByRole("button", { name: /read|skip|not now|close/i }).first().click({ timeout: 2_000 }).catch(() => {});
  const desk = await open(start.context(), `${url}/d/${document.id}?both#notes`);
  await desk.locator(".rail").waitFor();
  const took = [];
  for (let n = 0; n < ROUNDS; n++) {
    await select(phone, `number ${n % lines.length} waits`);
    await phone.locator(".note-button").click();
    const field = phone.getByRole("textbox", { name: "New note" });
    await field.fill(`note ${n}.`);
    await phone.evaluate(() => addEventListener("click", () => (globalThis.pressed = performance.timeOrigin + performance.now()), { capture: true, once: true }));
    const there = arrival(desk, ".rail", `note ${n}.`);
    await phone.getByRole("button", { name: "Post", exact: true }).click();
    const at = await there;
    took.push(at - (await phone.evaluate(() => globalThis.pressed)));
    await field.waitFor({ state: "detached" });
    if (await phone.locator("dialog.sheet").isVisible()) await phone.keyboard.press("Escape");
    await phone.locator("dialog.sheet").waitFor({ state: "detached" });
    await start.evaluate(removeNotes, document.id);
    await desk.locator(".rail .note").waitFor({ state: "detached" });
  }
  console.log(`phone to margin   p50 ${ms(quantile(took, 0.5))}   p95 ${ms(quantile(took, 0.95))} ms   (${ROUNDS} notes)`);
  await phone.context().close();
  await desk.close();
}

/** Opening and typing, without notes and with them. */
async function manyNotes(url, start) {
  const documents = [];
  for (const count of [0, NOTES]) {
    const text = sample(100);
    const document = await post(start, "/api/documents", { text });
    const places = [...text.matchAll(/Section \d+|goes on for a while|println|as paragraphs do/g)];
    await start.evaluate(leaveNotes, [document.id, pick(places, count, text), randomBytes(6).toString("hex")]);
    documents.push({ count, document, opening: [], noted: [], preview: [], glyph: [] });
  }
  for (let n = 0; n < OPENINGS; n++) {
    for (const it of documents) {
      const { editable, noted } = await opened(start.context(), `${url}/d/${it.document.id}?both`, it.count);
      it.opening.push(editable);
      it.noted.push(noted);
    }
  }
  for (const it of documents) {
    const page = await open(start.context(), `${url}/d/${it.document.id}?both`);
    await page.bringToFront();
    if (it.count > 0) await page.locator(".rail .note").first().waitFor();
    await page.locator(".cm-content").click();
    await keys(page, null, 5);
    it.preview = (await keys(page, null, KEYS)).preview;
    it.glyph = await glyphs(page, KEYS);
    await page.close();
  }
  console.log("notes  to write   to notes   key to glyph p50      p95   key to preview p50      p95 ms");
  for (const { count, opening, noted, glyph, preview } of documents) {
    const [write, there] = [quantile(opening, 0.5), quantile(noted, 0.5)];
    const keys = [glyph, preview].map((of) => `${ms(quantile(of, 0.5))} ${ms(quantile(of, 0.95))}`);
    console.log(`${String(count).padStart(5)}  ${ms(write)}   ${ms(there)}           ${keys[0]}             ${keys[1]}`);
  }
  const ratio = (of, q) => (quantile(documents[1][of], q) / quantile(documents[0][of], q)).toFixed(2);
  console.log(`ratio  to write ${ratio("opening", 0.5)}   glyph p50 ${ratio("glyph", 0.5)} p95 ${ratio("glyph", 0.95)}   preview p50 ${ratio("preview", 0.5)} p95 ${ratio("preview", 0.95)}`);
}

/** As many passages as asked for, with what stands around them, spread over the text; the same words come often. */
function pick(places, count, text) {
  return Array.from({ length: count }, (_, n) => {
    const place = places[Math.floor((n * places.length) / count)];
    const from = place.index;
    const to = from + place[0].length;
    return { quote: place[0], before: text.slice(Math.max(0, from - 32), from), after: text.slice(to, to + 32) };
  });
}

/** In the page: leaves them all by the API, a few at a time. */
async function leaveNotes([document, passages, seed]) {
  const id = (n) => `01999999-${seed.slice(0, 4)}-7${seed.slice(4, 7)}-8${seed.slice(7, 10)}-${n.toString(16).padStart(12, "0")}`;
  const leave = async (n) => {
    const body = JSON.stringify({ id: id(n), anchor: null, ...passages[n], body: `Note ${n}: is this so, and why?` });
    const answer = await fetch(`/api/documents/${document}/notes`, { method: "POST", headers: { "content-type": "application/json", "x-galley": "1" }, body });
    if (!answer.ok) throw new Error(await answer.text());
  };
  for (let n = 0; n < passages.length; n += 20) {
    await Promise.all(passages.slice(n, n + 20).map((_, at) => leave(n + at)));
  }
}

/** In the page: takes every note of the document away again. */
async function removeNotes(document) {
  const { notes } = await (await fetch(`/api/documents/${document}/notes`)).json();
  for (const { id } of notes) {
    await fetch(`/api/documents/${document}/notes/${id}`, { method: "DELETE", headers: { "content-type": "application/json", "x-galley": "1" } });
  }
}

/** From the address to a page one can write in, and to its first note in the margin. */
async function opened(context, url, notes) {
  const page = await context.newPage();
  const began = performance.now();
  await page.goto(url);
  await page.locator(".cm-content .cm-line").first().waitFor();
  await page.locator(".save", { hasText: "Saved" }).first().waitFor();
  const editable = performance.now() - began;
  if (notes > 0) await page.locator(".rail .note").first().waitFor();
  const noted = performance.now() - began;
  await page.close();
  return { editable, noted };
}

/** From a key to the first frame after the source has its letter. */
async function glyphs(page, count) {
  await page.evaluate(() => {
    globalThis.painted = [];
    const paint = (pressed) => requestAnimationFrame(() => setTimeout(() => globalThis.painted.push(performance.now() - pressed)));
    addEventListener("keydown", () => paint(performance.now()), { capture: true });
  });
  for (let n = 1; n <= count; n++) {
    await page.keyboard.press("x");
    await page.waitForFunction((n) => globalThis.painted.length >= n, n);
  }
  return page.evaluate(() => globalThis.painted);
}

/** Selects these words in the rendered text, as a long press would. */
async function select(page, words) {
  await page.evaluate((words) => {
    const block = [...document.querySelectorAll(".prose .block")].find((it) => it.textContent.includes(words));
    block.scrollIntoView({ block: "center" });
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.data.indexOf(words);
      if (at < 0) continue;
      getSelection().setBaseAndExtent(node, at, node, at + words.length);
      return;
    }
  }, words);
}

/** When the words are painted in this part of the page. */
function arrival(page, part, words) {
  return page.evaluate(
    ([part, words]) =>
      new Promise((done) => {
        const seen = () => document.querySelector(part)?.textContent.includes(words);
        const finish = () => requestAnimationFrame(() => done(performance.timeOrigin + performance.now()));
        if (seen()) return finish();
        const observer = new MutationObserver(() => {
          if (!seen()) return;
          observer.disconnect();
          finish();
        });
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      }),
    [part, words],
  );
}
