/**
 * Notes that mean harm, put in by the API: bodies, names, quotes, headings, anchors, reactions, ids.
 *
 * Nothing of them runs, violates the page's policy (fixtures.ts fails the test for that), breaks the page or its text,
 * or makes the server stumble.
 */
import type { Page } from "@playwright/test";
import { expect, phone, test } from "./fixtures";
import { Margin } from "./margin";
import { answer, leave, notesOf, uuid7 } from "./notes";
import { Person } from "./people";

const text = "# Quiet\n\nNothing happens here, whatever is said about it.\n\nA second paragraph.\n";

/** Each would set `broken`, leave the page, or change how it looks, if it were ever more than text. */
const bodies = [
  "<script>window.broken = 1</script>",
  "<img src=x onerror='window.broken = 1'>",
  "<svg onload='window.broken = 1'><a xlink:href='javascript:window.broken=1'>x</a></svg>",
  "javascript:window.broken=1 JAVASCRIPT:window.broken=1 data:text/html,<script>window.broken=1</script>",
  "https://example.org/\" onclick=\"window.broken=1",
  "https://user:word@example.org/ http://[::1 www..example https://www.example.org\u202egpj.exe",
  "[x](javascript:window.broken=1) <a href='javascript:window.broken=1'>x</a>",
  "@ada <b>@ada</b> @__proto__ @constructor @ada\u0301",
  "</textarea></article></main><style>body { display: none }</style>",
  "{{constructor.constructor('window.broken=1')()}} ${window.broken = 1}",
  `${"\u202e"}turned around ${"\u2066".repeat(50)} ${"a\u0301\u0302\u0303".repeat(200)}`,
  "W".repeat(9_000),
  "line\n".repeat(1_500),
  "\ud800 half a pair",
] as const;

const intact = async (page: Page) => {
  expect(await page.evaluate(() => "broken" in window)).toBe(false);
  await expect(page.locator("article.prose").getByRole("heading", { name: "Quiet" })).toBeVisible();
  await expect(page.locator("article.prose")).toContainText("Nothing happens here, whatever is said about it.");
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await expect(page.locator(".rail, .sheet").locator("script, style, img, iframe, svg[onload], form, [onclick], [onerror]")).toHaveCount(0);
  const links = await page.locator(".say a").evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  for (const link of links) expect(link).toMatch(/^https?:\/\/[^@]+$/);
};

test("hostile words stay words, in the margin and on a phone", async ({ server, ada, open }) => {
  const document = await ada.newDocument(text);
  const names = ["<img src=x onerror=window.broken=1>", "</b><script>window.broken=1</script>", "\u202eevil", "W".repeat(40)];
  const people = await Promise.all(
    names.map(async (name) => Person.byLink(server, await ada.shareLink(document, "comment"), name)),
  );
  let last = "";
  for (const [n, body] of bodies.entries()) {
    const by = people[n % people.length] ?? ada;
    const id = uuid7();
    const said = await by.ask("POST", `/api/documents/${document.id}/notes`, { id, anchor: null, quote: n % 2 ? "Nothing happens here" : body.slice(0, 1_900), before: body.slice(0, 30), after: body.slice(-30), heading: body.slice(0, 190), body });
    expect(said.status, body.slice(0, 80)).toBeLessThan(500);
    if (said.ok) last = id;
    if (said.ok) await by.ask("POST", `/api/documents/${document.id}/notes/${id}/replies`, { id: uuid7(), body });
  }
  const shown = (await notesOf(ada, document)).length;
  expect(shown).toBeGreaterThan(bodies.length - 3);

  const desk = await open(ada, document, { panes: "both" });
  const margin = new Margin(desk.page);
  await expect(margin.rail.getByRole("article").first()).toBeVisible();
  for (let step = 0; step < shown; step++) {
    await desk.page.keyboard.press("F8");
    await intact(desk.page);
  }
  await margin.tab("Detached");
  await expect(margin.rail.getByRole("article").first()).toBeVisible();
  await intact(desk.page);
  expect(last).not.toBe("");

  const held = await open(ada, document, { ...phone, panes: "view" });
  await held.page.getByRole("button", { name: /^Notes, / }).tap();
  await expect(held.page.getByRole("dialog", { name: "Notes" }).getByRole("article").first()).toBeVisible();
  await intact(held.page);
});

test("hostile places detach or do nothing, and the text is as it was", async ({ ada, open }) => {
  const document = await ada.newDocument(text);
  const end = (item: unknown, more: object = {}) => ({ tname: "content", item, assoc: 0, ...more });
  const anchors: unknown[] = [
    "x",
    [],
    { start: {}, end: {} },
    { start: end({ client: 1, clock: 2 ** 40 }), end: end({ client: 1, clock: -1 }) },
    { start: end({ client: -5, clock: 0 }), end: end({ client: "9", clock: null }) },
    { start: end({ client: 2 ** 53, clock: 0.5 }), end: end(null, { assoc: 2 ** 60 }) },
    { start: { tname: "notes", item: { client: 1, clock: 0 } }, end: { type: { client: 1, clock: 0 } } },
    JSON.parse(`{"start":${'{"a":'.repeat(200)}1${"}".repeat(200)},"end":1,"__proto__":{"broken":1}}`),
  ];
  for (const [n, anchor] of anchors.entries()) {
    const said = await ada.ask("POST", `/api/documents/${document.id}/notes`, { id: uuid7(), anchor, quote: `not there ${n}`, body: `Nowhere ${n}` });
    expect(said.status, JSON.stringify(anchor).slice(0, 100)).toBeLessThan(500);
  }
  for (const id of ["", "x", "../../trash", "n.__proto__", "00000000-0000-4000-8000-000000000000", "a".repeat(500)]) {
    const said = await ada.ask("POST", `/api/documents/${document.id}/notes`, { id, anchor: null, quote: "Quiet", body: "Odd" });
    expect(said.status, id).toBeLessThan(500);
  }
  const note = await leave(ada, document, "A second paragraph", "A good note");
  for (const emoji of [["<script>"], ["👍".repeat(500)], Array.from({ length: 300 }, (_, n) => String.fromCodePoint(0x1f600 + (n % 60))), "👍", null, [{}]]) {
    const said = await ada.ask("POST", `/api/documents/${document.id}/notes/${note}/reactions`, { emoji });
    expect(said.status, JSON.stringify(emoji).slice(0, 60)).toBeGreaterThanOrEqual(400);
    expect(said.status).toBeLessThan(500);
  }
  await answer(ada, document, note, "Still here");
  const desk = await open(ada, document, { panes: "both" });
  await new Margin(desk.page).open("A good note");
  await intact(desk.page);
  await desk.expectSource(text);
  expect(await ada.text(document)).toBe(text);
});
