/** RE15 and RE16 in a browser: its own text, its own selections, its registry of highlights. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "@playwright/test";
import { loadRenderer, type SourceMap } from "../../web/src/preview/wasm";
import { selections, source } from "../../web/src/preview/test/constructs";
import { expect, test } from "./fixtures";
import { Margin, pressText, selectText } from "./margin";
import { leave, notesOf, resolve as resolveNote } from "./notes";

const web = resolve(import.meta.dirname, "../../web");

/** Every example of both specifications, the hostile payloads, and the constructs. */
function texts(): string[] {
  const read = (path: string) => readFileSync(resolve(web, "render/tests", path), "utf8");
  const examples = ["commonmark-0.31.2", "gfm-0.29"].flatMap((name) => {
    const { examples } = JSON.parse(read(`spec/${name}.json`)) as { examples: [number, string, string][] };
    return examples.map(([, , markdown]) => markdown);
  });
  const payloads = read("payloads.txt").split("\n");
  return [...examples, ...payloads, ...payloads.map((payload) => `<pre>\n${payload}\n</pre>`), source];
}

test("re15 the browser's text is the one that was counted, run by run", async ({ page }) => {
  const renderer = await loadRenderer(readFileSync(resolve(web, "render-full.wasm")));
  const blocks: { text: string; html: string; begin: number; map: SourceMap }[] = [];
  for (const text of texts()) {
    renderer.update("");
    const { inserted, sources, maps } = renderer.update(text);
    for (const map of maps) blocks.push({ text, html: inserted[map.block] ?? "", begin: sources[map.block] ?? 0, map });
  }
  const read = await page.evaluate(
    (all) =>
      all.map((html) => {
        const template = document.createElement("template");
        template.innerHTML = html;
        return template.content.textContent;
      }),
    blocks.map(({ html }) => html),
  );
  const plain = (words: string) => words.replaceAll("\n", " ").replaceAll("\0", "\ufffd");
  let compared = 0;
  for (const [at, { text, begin, map }] of blocks.entries()) {
    const shown = read[at] ?? "";
    expect(shown.length, text).toBe(map.length);
    for (let run = 0; run < map.runs.length; run += 4) {
      const [from = 0, length = 0, there = 0, thereLength = 0] = map.runs.subarray(run, run + 4);
      if (length !== thereLength) continue;
      expect(plain(shown.slice(from, from + length)), text).toBe(plain(text.slice(begin + there, begin + there + length)));
      compared += length;
    }
  }
  expect(compared).toBeGreaterThan(20_000);
});

/** Selects words of the rendered text as a pointer does, over as many elements as they go. */
async function selectAcross(page: Page, words: string): Promise<void> {
  await page.evaluate((wanted) => {
    const article = document.querySelector("article.prose") ?? document.body;
    const nodes: Text[] = [];
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) nodes.push(walker.currentNode as Text);
    const at = nodes.map((node) => node.data).join("").indexOf(wanted);
    if (at < 0) throw new Error(`the text does not say ${wanted}`);
    const point = (unit: number, end: boolean): [Node, number] => {
      let left = unit;
      for (const node of nodes) {
        if (left < node.length || (end && left === node.length)) return [node, left];
        left -= node.length;
      }
      throw new Error("behind the end");
    };
    const [[from, fromOffset], [to, toOffset]] = [point(at, false), point(at + wanted.length, true)];
    for (let node: Node | null = from; node; node = node.parentNode) if (node instanceof HTMLDetailsElement) node.open = true;
    from.parentElement?.scrollIntoView({ block: "center" });
    getSelection()?.setBaseAndExtent(from, fromOffset, to, toOffset);
  }, words);
}

test("re15 a note on each kind of text quotes its source", async ({ ada, open }) => {
  const document = await ada.newDocument(source);
  const desk = await open(ada, document, { panes: "view" });
  const margin = new Margin(desk.page);
  for (const [at, [shown]] of selections.entries()) {
    await selectAcross(desk.page, shown);
    await expect(desk.page.getByRole("button", { name: "Note", exact: true })).toBeVisible();
    await desk.page.keyboard.press("Control+Alt+m");
    await expect(margin.field).toBeFocused();
    await desk.page.keyboard.type(String(at));
    await desk.page.keyboard.press("Control+Enter");
    await expect(margin.field).toHaveCount(0);
  }
  const notes = await notesOf(ada, document);
  const quotes = selections.map((_, at) => notes.find(({ body }) => body === String(at))?.quote);
  expect(quotes).toEqual(selections.map(([, written]) => written));
});

/** What each layer of highlights says. */
async function highlighted(page: Page): Promise<Record<string, string[]>> {
  return page.evaluate(() => {
    const said: Record<string, string[]> = {};
    for (const [name, highlight] of CSS.highlights) {
      const words = [...highlight].map(({ startContainer, startOffset, endContainer, endOffset }) => {
        const range = document.createRange();
        range.setStart(startContainer, startOffset);
        range.setEnd(endContainer, endOffset);
        return range.toString();
      });
      if (words.length > 0) said[name] = words.sort();
    }
    return said;
  });
}

test("re16 passages are highlighted, and stay so while others write", async ({ ada, open }) => {
  const document = await ada.newDocument(source);
  await leave(ada, document, "**strong ==marked== words** and `a  code`", "Over elements");
  await leave(ada, document, "==marked==", "Within it");
  await leave(ada, document, "quoted text\n> goes on", "Over lines");
  await resolveNote(ada, document, await leave(ada, document, "Last words.", "Settled"));
  const desk = await open(ada, document, { panes: "both" });
  const margin = new Margin(desk.page);
  const before = {
    "galley-note": ["quoted text\ngoes on", "strong marked words and a  code"],
    "galley-note-overlap": ["marked"],
    "galley-note-resolved": ["Last words."],
  };
  const after = { ...before, "galley-note-active": ["quoted text\ngoes on"] };
  await expect.poll(() => highlighted(desk.page)).toEqual(before);
  await pressText(desk.page, "quoted");
  await expect(margin.thread("Over lines")).toHaveAttribute("aria-current", "true");
  await expect.poll(() => highlighted(desk.page)).toEqual(after);
  const quote = desk.text.locator("blockquote");
  await quote.evaluate((element) => element.setAttribute("data-kept", ""));

  await desk.source.focus();
  await desk.page.keyboard.press("Control+Home");
  await desk.page.keyboard.insertText("Something new above.\n\n");
  await expect(desk.text.getByText("Something new above.")).toBeVisible();
  await expect.poll(() => highlighted(desk.page)).toEqual(after);
  await expect(quote).toHaveAttribute("data-kept", "");
});

test("pg87 re16 in a long text a passage is brought into sight, and its height is known", async ({ ada, open }) => {
  const paragraphs = Array.from({ length: 900 }, (_, n) => `Paragraph ${n} ${"goes on and on ".repeat(1 + (n % 23))}to its end.`);
  const document = await ada.newDocument(paragraphs.join("\n\n"));
  await leave(ada, document, "Paragraph 20 goes", "Near the top");
  await leave(ada, document, "Paragraph 700 goes", "Far below");
  const desk = await open(ada, document, { panes: "view" });
  const margin = new Margin(desk.page);
  await expect(desk.text.locator("> .part").first()).toBeVisible();
  await expect(desk.text.locator("> .block")).toHaveCount(0);
  await margin.expectCounts(2, 0, 0);
  // What comes near is laid out and moves the rest: a click waits until it stands still.
  await desk.text.getByText("Paragraph 20 goes").click({ position: { x: 30, y: 12 } });
  await expect(margin.thread("Near the top")).toHaveAttribute("aria-current", "true");
  await desk.page.keyboard.press("F8");
  await expect(margin.thread("Far below")).toBeFocused();
  const words = desk.text.getByText("Paragraph 700 goes");
  await expect(words).toBeInViewport();
  const apart = async () => {
    const [line, card] = await Promise.all([
      words.evaluate((element) => {
        const range = new Range();
        range.setStart(element.firstChild ?? element, 0);
        range.setEnd(element.firstChild ?? element, 9);
        const { top, bottom } = range.getBoundingClientRect();
        return (top + bottom) / 2;
      }),
      margin.thread("Far below").boundingBox(),
    ]);
    return card ? Math.abs(line - (card.y + 27)) : Number.NaN;
  };
  await expect.poll(apart).toBeLessThan(4);
  await selectText(desk.page, "Paragraph 700");
  await expect(desk.page.getByRole("button", { name: "Note", exact: true })).toBeVisible();
});

test("PG87 the spaces of a long text are those of a short one, whatever stands where two parts meet", async ({ ada, open }) => {
  const kinds = ["A paragraph.", "## Two", "More of it.", "---", "- one\n- two", "# One", "Words.", "### Three", "    code"];
  const document = await ada.newDocument(Array.from({ length: 300 }, (_, n) => kinds[n % kinds.length]).join("\n\n"));
  const desk = await open(ada, document, { panes: "view" });
  await expect(desk.text.locator("> .part").first()).toBeVisible();
  const [parted, flat] = await desk.text.evaluate((article) => {
    for (const part of article.children) (part as HTMLElement).style.contentVisibility = "visible";
    const blocks = [...article.querySelectorAll(".part > .block")];
    const tops = () => blocks.map((block) => Math.round(block.getBoundingClientRect().top - article.getBoundingClientRect().top));
    const before = tops();
    article.replaceChildren(...blocks);
    return [before, tops()];
  });
  expect(parted).toHaveLength(300);
  expect(parted).toEqual(flat);
});

test("re15 where the server renders nobody knows the places, and all else works", async ({ ada, window }) => {
  const document = await ada.newDocument(source);
  await leave(ada, document, "Last words.", "About the end");
  // The worker would have it kept.
  const page = await window(ada, { serviceWorkers: "block" });
  await page.context().route("**/*.wasm", (route) => route.abort());
  await page.goto(`/d/${document.id}?both`);
  await expect(page.locator("article.prose")).toHaveAttribute("data-note", /cannot render/);
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Control+End");
  await page.keyboard.type("More of them.");
  await expect(page.locator("article.prose")).toContainText("More of them.");
  await selectText(page, "quoted text");
  await expect(page.getByRole("complementary", { name: "Notes" })).toContainText("About the end");
  await expect(page.getByRole("button", { name: "Note", exact: true })).toHaveCount(0);
  expect(await highlighted(page)).toEqual({});
});
