/** What people say to each other: notes, replies, reactions, and what the margin tells of two who rewrote the same. */
import { expect, type Page } from "@playwright/test";
import { Cut } from "../../cut";
import { Desk } from "../../desk";
import { Margin } from "../../margin";
import { uuid7 } from "../../notes";
import { Writer } from "../../writers";
import { lineOf, wellFormed } from "../batch";
import { look } from "../look";
import type { Sink } from "../sinks";
import { forEach } from "../stage";
import type { Vector } from "../vectors";
import { gone } from "./texts";

const bodyChars = 9_000;

/** Bodies, quotes, headings, and one long thread of replies. */
export const notes: Sink = {
  name: "notes",
  shows: "notes, replies and reactions in the margin, detached ones too",
  batch: 60,
  async put(stage, vectors) {
    const document = await stage.newDocument("# Quiet\n\nNothing happens here, whatever is said.\n");
    const path = `/api/documents/${document.id}/notes`;
    const first = uuid7();
    await stage.ada.call("POST", path, { id: first, anchor: null, quote: "Nothing happens here", body: "The first of them." });
    const answers = await forEach(vectors, async ({ text }, at) => {
      const body = wellFormed(text.slice(0, bodyChars));
      const around = { before: wellFormed(body.slice(0, 30)), after: wellFormed(body.slice(-30)), heading: wellFormed(body.slice(0, 190)) };
      const id = uuid7();
      const said = await stage.ada.ask("POST", path, { id, anchor: null, quote: at % 3 ? "Nothing happens here" : wellFormed(body.slice(0, 1_900)), ...around, body });
      expect(said.status, body).toBeLessThan(500);
      await stage.ada.ask("POST", `${path}/${first}/replies`, { id: uuid7(), body });
      await stage.ada.ask("POST", `${path}/${first}/reactions`, { emoji: [body.slice(0, 12)] });
      return said;
    });
    const made = answers.filter(({ ok }) => ok).length;
    stage.turnedAway += vectors.length - made;
    const open = answers.filter(({ ok }, at) => ok && at % 3 > 0).length;
    const { page, watch } = await stage.kept("notes", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path === `/d/${document.id}`);
    await page.goto(`/d/${document.id}?both#notes`);
    const margin = new Margin(page);
    await expect(margin.rail.getByRole("article").first()).toBeVisible();
    await look(page, watch, ".prose, .rail");
    await below(page, open + 1);
    const thread = await margin.open("The first of them.");
    const earlier = thread.getByRole("button", { name: /earlier repl/ });
    if (await earlier.isVisible()) await earlier.click();
    await expect(earlier).toHaveCount(0);
    await look(page, watch, ".prose, .rail");
    await margin.tab("Detached");
    await expect.poll(() => margin.rail.getByRole("article").count()).toBeGreaterThanOrEqual(made - open);
    await look(page, watch, ".prose, .rail");
    await gone(stage, document);
  },
};

/** Beside the text there is only what is near to what is seen of it; below each other all of them are there. */
export async function below(page: Page, least: number): Promise<void> {
  await page.getByRole("button", { name: "Order and more" }).click();
  const newest = page.getByRole("menuitem", { name: "Sort by newest" });
  if (await newest.isVisible()) await newest.click();
  else await page.keyboard.press("Escape");
  await expect.poll(() => new Margin(page).rail.getByRole("article").count()).toBeGreaterThanOrEqual(least);
}

/** Paragraphs that are told apart, and vectors in each version of one. */
const paragraphs = 5;
const inEach = 4;
/** What of a vector a version is likely to show. */
const clashChars = 110;

/** Somebody was away and comes back: each paragraph has some vectors in this side's words and others in the other's. */
export const clashes: Sink = {
  name: "clashes",
  shows: "both versions of paragraphs that two rewrote apart, and what changed while one was away",
  batch: paragraphs * inEach * 2,
  async put(stage, vectors) {
    const said = (side: number) => Array.from({ length: paragraphs }, (_, at) => wordsOf(vectors.slice((2 * at + side) * inEach, (2 * at + side + 1) * inEach), at));
    const [mine, theirs] = [said(0), said(1)];
    const [last] = vectors;
    const document = await stage.newDocument(before.join("\n\n"));
    const { page, watch } = await stage.kept("clashes", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    const line = await Cut.in(page);
    const desk: Desk = await stage.desk({ page, watch }, document, "both");
    const grace = await Writer.join(stage.server, stage.ada, document, (last && lineOf(last, 40)) || "Grace").catch(() => Writer.join(stage.server, stage.ada, document, "Grace"));
    await line.cut();
    await expect(desk.saveState).toContainText("Offline");
    await desk.write(mine.join("\n\n"));
    before.forEach((words, at) => grace.replace(words, theirs[at] ?? ""));
    await expect.poll(() => stage.ada.text(document).then((text) => text === grace.stock.text)).toBe(true);
    await line.join(5 * 60_000);
    await desk.expectSaved();
    await page.keyboard.press("Escape");
    await expect.poll(async () => ((await (await stage.ada.call("GET", `/api/documents/${document.id}/notes`)).json()) as { notes: unknown[] }).notes.length).toBeGreaterThan(0);
    await desk.more("Show notes");
    await expect(new Margin(page).rail.getByRole("article").first()).toBeVisible();
    await page.keyboard.press("F7");
    await look(page, watch, ".prose, .rail, .strip, .toasts, .cm-editor");
    grace.leave();
    await stage.drop("clashes");
    await gone(stage, document);
  },
};

const before = Array.from({ length: paragraphs }, (_, at) => `Paragraph ${at} says what it says, and the engine number ${at} weaves whatever is asked of it today.`);

/** A paragraph in one line, so that both sides have rewritten the same. */
function wordsOf(vectors: readonly Vector[], at: number): string {
  return wellFormed(`Words ${at}: ${vectors.map((vector) => lineOf(vector, clashChars)).join(" and ")} of it.`);
}
