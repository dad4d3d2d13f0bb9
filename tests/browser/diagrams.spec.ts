/** PG31: what a diagram says runs nowhere and reaches nothing; what is drawn stays while others write. */
import type { Page } from "@playwright/test";
import type { Desk } from "./desk";
import { payloads } from "./diagram-payloads";
import { expect, test } from "./fixtures";

const fenced = (text: string) => `\`\`\`mermaid\n${text}\n\`\`\``;
const flow = "flowchart LR\n  A[Card] --> B[Mill]";

/** Everything that would show that something ran: dialogs, a mark on the page, a request, a canary that was read. */
async function watchForHarm(page: Page): Promise<string[]> {
  const harm: string[] = [];
  page.on("dialog", (dialog) => {
    harm.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  // What the policy refuses never gets here.
  await page.route(/evil\.example|canary-1815/, (route) => {
    harm.push(`request ${route.request().url()}`);
    return route.abort();
  });
  await page.exposeFunction("harmed", (what: string) => void harm.push(what));
  await page.addInitScript(() => void (top === self && localStorage.setItem("canary", "canary-1815")));
  return harm;
}

test("PG31 a diagram is drawn, its source stays, and a mistake has its line", async ({ ada, open }) => {
  const text = ["# Engines", fenced(flow), fenced("flowchart TD\n  A -->\n"), fenced("nothing known")].join("\n\n");
  const desk = await open(ada, await ada.newDocument(text), { panes: "view" });
  const figures = desk.text.locator("figure.diagram");
  await expect(desk.text.getByRole("img", { name: "Flowchart" })).toBeVisible();
  await expect(figures.first().locator("pre")).toBeHidden();
  await expect(figures.first().locator("code")).toHaveText(flow);
  await expect(figures.nth(1)).toHaveAttribute("data-says", /^This diagram has a mistake in line \d: /);
  await expect(figures.nth(1).locator("pre")).toBeVisible();
  await expect(figures.nth(2)).toHaveAttribute("data-says", "This diagram does not say what kind it is in its first line.");
  await expect(desk.text.locator("svg")).toHaveCount(0);
});

test("PG31 the frame has an origin of its own, and the page's assets are all it asks for", async ({ ada, open, window }) => {
  const document = await ada.newDocument(fenced(flow));
  const asked: string[] = [];
  const page = await window(ada);
  page.on("request", (request) => {
    if (request.frame().url().includes("/frame/diagram")) asked.push(new URL(request.url()).pathname);
  });
  await page.goto(`/d/${document.id}?view`);
  await expect(page.getByRole("img", { name: "Flowchart" })).toBeVisible();
  const frame = page.frames().find((it) => it.url().endsWith("/frame/diagram"));
  const reached = await frame?.evaluate(() => {
    const tries = {
      origin: () => self.origin,
      cookie: () => globalThis.document.cookie,
      storage: () => String(localStorage.length),
      parent: () => parent.document.title,
      page: () => String(parent.localStorage.length),
    };
    return Object.entries(tries).map(([name, run]) => {
      try {
        return `${name}: ${run()}`;
      } catch {
        return `${name}: refused`;
      }
    });
  });
  expect(reached).toEqual(["origin: null", "cookie: refused", "storage: refused", "parent: refused", "page: refused"]);
  expect(asked.filter((path) => !/^\/(assets|frame\/diagram)/.test(path))).toEqual([]);
  expect(asked.join(), "the ELK layout is not loaded").not.toMatch(/elk/i);
  const other = await open(ada, await ada.newDocument("# No diagrams\n"), { panes: "view" });
  await expect(other.page.locator("iframe")).toHaveCount(0);
});

test.describe("hostile diagrams", () => {
  // The frame's own policy refuses what they try, and says so.
  test.use({ planted: /Content Security Policy|frame\/diagram|Trusted/ });

  test("PG31 nothing in them runs, reads or leaves", async ({ ada, window }) => {
    test.setTimeout(120_000);
    const document = await ada.newDocument(payloads.map(fenced).join("\n\n"));
    const page = await window(ada);
    const harm = await watchForHarm(page);
    await page.goto(`/d/${document.id}?view`);
    const figures = page.locator("figure.diagram");
    await expect(figures).toHaveCount(payloads.length);
    for (let at = 0; at < payloads.length; at++) {
      await figures.nth(at).scrollIntoViewIfNeeded();
      await expect(figures.nth(at)).toHaveAttribute("data-state", /drawn|mistake/, { timeout: 20_000 });
      const picture = figures.nth(at).locator("img");
      if ((await picture.count()) > 0) await picture.click({ force: true });
    }
    expect(await page.evaluate(() => "broken" in window)).toBe(false);
    expect(await figures.locator("svg, script, a, iframe, foreignObject").count()).toBe(0);
    expect(new URL(page.url()).pathname).toBe(`/d/${document.id}`);
    expect(harm).toEqual([]);
  });

  test("PG31 nothing in a formula runs", async ({ ada, open }) => {
    const formulas = [
      "\\href{javascript:harmed(1)}{x}",
      "\\operatorname{<img/src/onerror=harmed(1)>}",
      "\\text{<script>harmed(1)</script>}",
      "\\includegraphics{https://evil.example/x.png}",
      "\\htmlData{onclick=harmed(1)}{x}",
      "\\class{x}{\\style{background:url(https://evil.example)}{y}}",
      "\\unicode{<img src=x onerror=harmed(1)>}",
      "\\mathrm{</math><img src=x onerror=harmed(1)>}",
      "\\def\\a{\\a\\a}\\a",
      `${"\\sqrt{".repeat(2_000)}x${"}".repeat(2_000)}`,
    ];
    const text = formulas.map((formula) => `$${formula}$\n\n$$${formula}$$`).join("\n\n");
    const desk = await open(ada, await ada.newDocument(text), { panes: "view" });
    const harm = await watchForHarm(desk.page);
    await expect(desk.text.locator(".block")).not.toHaveCount(0);
    await desk.page.locator("math, .math").first().waitFor({ state: "attached" });
    await expect(desk.text.locator("img, script, a[href^='javascript'], [onerror], [onclick], [style]")).toHaveCount(0);
    expect(harm).toEqual([]);
  });
});

test("PG31 fifty formulas and five diagrams stand still while somebody types elsewhere", async ({ ada, open }) => {
  const formulas = Array.from({ length: 50 }, (_, n) => `Formula ${n}: $x^{${n}} + \\frac{1}{${n + 1}}$.`);
  const diagrams = Array.from({ length: 5 }, (_, n) => fenced(`flowchart LR\n  A${n}[Card ${n}] --> B${n}[Mill]`));
  const text = ["# Still", "Here is typed.", ...diagrams, ...formulas].join("\n\n");
  const desk = await open(ada, await ada.newDocument(text), { panes: "both" });
  const pictures = desk.text.locator("figure.diagram img.picture");
  for (let at = 0; at < 5; at++) {
    await desk.text.locator("figure.diagram").nth(at).scrollIntoViewIfNeeded();
    await expect(pictures.nth(at)).toBeVisible();
  }
  await desk.page.evaluate(() => {
    const still = [...document.querySelectorAll("article.prose .block")].slice(2);
    const seen = { still, touched: 0 };
    (globalThis as unknown as { seen: typeof seen }).seen = seen;
    const observer = new MutationObserver((records) => {
      seen.touched += records.filter(({ target }) => still.some((block) => block.contains(target))).length;
    });
    observer.observe(document.querySelector("article.prose") as Element, { childList: true, subtree: true, attributes: true, characterData: true });
  });
  await desk.source.focus();
  await desk.page.keyboard.press("Control+Home");
  await desk.page.keyboard.press("ArrowDown");
  await desk.page.keyboard.press("ArrowDown");
  await desk.page.keyboard.press("End");
  await desk.page.keyboard.type(" And typed, and typed again.");
  await expect(desk.text).toContainText("typed again.");
  const after = await desk.page.evaluate(() => {
    const { still, touched } = (globalThis as unknown as { seen: { still: Element[]; touched: number } }).seen;
    const now = [...document.querySelectorAll("article.prose .block")].slice(2);
    return { touched, same: now.length === still.length && now.every((block, at) => block === still[at]) };
  });
  expect(after).toEqual({ touched: 0, same: true });
});

test("PG31 of a diagram that is edited the last picture stays until the next is there", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(`${fenced(flow)}\n`), { panes: "both" });
  const picture = desk.text.locator("figure.diagram img.picture");
  await expect(picture).toBeVisible();
  const before = await picture.getAttribute("src");
  await desk.page.evaluate(() => {
    const counts = { least: 1 };
    (globalThis as unknown as { counts: typeof counts }).counts = counts;
    new MutationObserver(() => {
      counts.least = Math.min(counts.least, document.querySelectorAll("figure.diagram[data-state=drawn] img.picture").length);
    }).observe(document.querySelector("article.prose") as Element, { childList: true, subtree: true });
  });
  await desk.source.focus();
  await desk.page.keyboard.press("Control+Home");
  for (let line = 0; line < 2; line++) await desk.page.keyboard.press("ArrowDown");
  await desk.page.keyboard.press("End");
  await desk.page.keyboard.type(" --> C[Store]");
  await expect(picture).not.toHaveAttribute("src", before ?? "");
  await expect(desk.text.locator("figure.diagram")).not.toHaveAttribute("data-says", /./);
  expect(await desk.page.evaluate(() => (globalThis as unknown as { counts: { least: number } }).counts.least)).toBe(1);
});

test("PG31 the colours follow the theme", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument(fenced(flow)), { panes: "view", colorScheme: "light" });
  const picture = desk.text.locator("figure.diagram img.picture");
  await expect(picture).toBeVisible();
  const light = await picture.getAttribute("src");
  await desk.page.emulateMedia({ colorScheme: "dark" });
  await expect(picture).not.toHaveAttribute("src", light ?? "");
});

test("PG31 what nobody has scrolled to is drawn for paper as it would be on the screen", async ({ ada, open }) => {
  // How wide a plan is drawn is asked of the frame.
  const plan = "gantt\n  title Plan\n  section Mill\n  Axles :a, 2026-01-01, 30d\n  Wheels :b, after a, 20d";
  const text = `${"A line of no matter.\n\n".repeat(400)}${fenced(plan)}\n\n${fenced(flow)}\n`;
  const document = await ada.newDocument(text);
  const sizes = async (desk: Desk) => {
    const pictures = desk.text.locator("figure.diagram img.picture");
    await expect(pictures).toHaveCount(2);
    return pictures.evaluateAll((all) => all.map((it) => [it.getAttribute("width"), it.getAttribute("height")]));
  };
  const screen = await open(ada, document, { panes: "view" });
  await screen.text.locator("figure.diagram").first().scrollIntoViewIfNeeded();
  const wanted = await sizes(screen);
  const paper = await open(ada, document, { panes: "view" });
  await expect(paper.text.locator("figure.diagram img.picture")).toHaveCount(0);
  await paper.page.emulateMedia({ media: "print" });
  expect(await sizes(paper)).toEqual(wanted);
});
