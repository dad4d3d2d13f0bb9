/** For other eyes: the system's own colours, no motion, large letters, narrow windows, spaced text. */
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { Person } from "./people";
import { screens, World } from "./screens";
import { Stock } from "./stock";

test("PG75 under forced colours what is on, where others are and what has the focus can be told", async ({ server, window }) => {
  const world = new World(server);
  const page = await window(await world.ada(), { forcedColors: "active" });
  await go(page, world, "document");
  const ground = (selector: string) => page.locator(selector).first().evaluate((element) => getComputedStyle(element).backgroundColor);
  expect(await ground('.modes [aria-pressed="true"]')).not.toBe(await ground('.modes [aria-pressed="false"]'));
  expect(await ground(".cm-peer-caret")).not.toBe(await ground(".cm-editor"));
  expect(await page.locator(".face").first().evaluate((face) => getComputedStyle(face).borderTopStyle)).toBe("solid");
  await page.keyboard.press("Tab");
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outline);
  expect(ring).toMatch(/solid 2px/);
  // The system's own selection, which it also colours.
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+a");
  await expect(page.locator(".cm-selectionBackground")).toHaveCount(0);
  expect(await page.evaluate(() => getSelection()?.isCollapsed)).toBe(false);
  world.end();
});

test("PG76 who wants no motion gets none", async ({ server, window }) => {
  const world = new World(server);
  const page = await window(await world.ada(), { reducedMotion: "reduce" });
  for (const name of ["document", "share"]) {
    await go(page, world, name);
    const moving = await page.evaluate(() => {
      const seconds = (list: string) => list.split(",").some((it) => parseFloat(it) > 0);
      const moves = ({ transitionDuration, animationName, animationDuration, scrollBehavior }: CSSStyleDeclaration) =>
        seconds(transitionDuration) || (animationName !== "none" && seconds(animationDuration)) || scrollBehavior === "smooth";
      return [...document.querySelectorAll("*")].filter((element) => moves(getComputedStyle(element))).map((element) => element.className);
    });
    expect(moving).toEqual([]);
  }
  world.end();
});

for (const panes of ["view", "edit"] as const)
  test(`PG78 what others write moves neither the focus nor what is read (${panes})`, async ({ server, ada, open }) => {
    const sections = Array.from({ length: 80 }, (_, n) => `## Section ${n}\n\nWords of section ${n}.\n\n`).join("");
    const document = await ada.newDocument(sections);
    const other = await Stock.join(server, await Person.byLink(server, await ada.shareLink(document, "edit"), "Grace"), document, "y-websocket 3.1");
    const desk = await open(ada, document, { panes });
    // What the server rendered has been taken over.
    other.content.insert(other.content.length, "Ready.\n\n");
    await expect(desk.text).toContainText("Ready.");
    const share = desk.page.getByRole("button", { name: "Share", exact: true }).first();
    await share.focus();
    await desk.page.locator(panes === "view" ? ".pane.preview .scroller" : ".cm-scroller").evaluate((scroller) => (scroller.scrollTop = scroller.scrollHeight / 2));
    const read = (panes === "view" ? desk.text : desk.source).getByText("Words of section 42.", { exact: true });
    await read.evaluate((words) => words.scrollIntoView({ block: "center" }));
    const top = async () => Math.round((await read.boundingBox())?.y ?? -1);
    await expect.poll(async () => (await top()) === (await top())).toBe(true);
    const before = await top();
    for (let nth = 0; nth < 12; nth++) other.content.insert(0, `Above ${nth}.\n\n`);
    await expect(desk.text).toContainText("Above 11.");
    other.content.insert(other.content.length, "Below.\n");
    await expect(desk.text).toContainText("Below.");
    await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThan(4);
    await expect(share).toBeFocused();
    other.leave();
  });

const narrow = ["start-first", "documents", "document-edit", "document-view", "share-options", "settings", "history", "notes-active", "guest"];

for (const name of narrow)
  test(`PG77 ${name} at 400 %, its text spaced: nothing cut, nothing to be scrolled sideways`, async ({ server, window }) => {
    const world = new World(server);
    const page = await window(name.startsWith("start") || name === "guest" ? null : await world.ada(), { viewport: { width: 320, height: 640 } });
    await go(page, world, name);
    expect(await cut(page), "as it is").toEqual([]);
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }");
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    });
    await expect.poll(() => cut(page), "spaced").toEqual([]);
    world.end();
  });

/** What reaches beyond the window or is cut off in its box; what scrolls by itself (code, tables, rows of tabs) may. */
function cut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const wide = document.documentElement.scrollWidth > innerWidth;
    if (wide) found.push(`the page is ${document.documentElement.scrollWidth} wide`);
    for (const element of document.querySelectorAll<HTMLElement>("button, a, input, select, h1, h2, h3, p, label, [role=tab]")) {
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || element.closest(".sr, .skip, .cm-editor, pre, table")) continue;
      const { left, right } = element.getBoundingClientRect();
      const scrolls = (box: Element | null): boolean =>
        box !== null && ((/auto|scroll/.test(getComputedStyle(box).overflowX) && box.scrollWidth > box.clientWidth) || scrolls(box.parentElement));
      const says = `${element.tagName.toLowerCase()}.${element.className} “${element.textContent?.trim().slice(0, 30) ?? ""}”`;
      if ((right > innerWidth + 1 || left < -1) && !scrolls(element.parentElement)) found.push(`${says} from ${left} to ${right}`);
      const { overflowY, webkitLineClamp } = getComputedStyle(element);
      const clipped = element.scrollHeight > element.clientHeight + 3 && element.clientHeight > 0;
      if (clipped && overflowY === "hidden" && webkitLineClamp === "none" && element.tagName !== "INPUT") found.push(`${says} is cut`);
    }
    return found;
  });
}

async function go(page: Page, world: World, name: string): Promise<void> {
  const screen = screens.find((it) => it.name === name);
  if (!screen) throw new Error(`no screen is called ${name}`);
  await screen.go(page, world);
}
