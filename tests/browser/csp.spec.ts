/** The Content-Security-Policy: strict on every page, and every violation in any window fails the test it happens in. */
import { expect, test } from "./fixtures";

test("every page has the strict policy, with a nonce of its own", async ({ ada, server }) => {
  const document = await ada.newDocument("# Strict\n");
  const link = await ada.shareLink(document, "view");
  const nonces = new Set<string>();
  const pages = ["/", `/d/${document.id}`, new URL(link.url).pathname, "/nothing-here"];
  for (const path of pages) {
    const answer = await ada.ask("GET", path);
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy, path).not.toMatch(/unsafe-inline|unsafe-eval(?!')/);
    expect(policy, path).toContain("require-trusted-types-for 'script'");
    expect(policy, path).toMatch(/(default|object)-src 'none'/);
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(answer.headers.get("x-content-type-options"), path).toBe("nosniff");
    expect(answer.headers.get("referrer-policy"), path).toMatch(/no-referrer|same-origin/);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    if (nonce) nonces.add(nonce);
    const body = await answer.text();
    expect(body, path).not.toMatch(/<[^>]+\sstyle=|<style(?![^>]*nonce)|\son[a-z]+=/);
  }
  expect(nonces.size).toBeGreaterThanOrEqual(3);
  expect(server.said.join("\n")).not.toContain("panicked");
});

test.describe("the watch itself", () => {
  test.use({ planted: /style/ });

  test("sees a violation", async ({ ada, open, trouble }) => {
    const desk = await open(ada, await ada.newDocument("# Watched\n"), { panes: "both" });
    await desk.page.evaluate(() => document.body.setAttribute("style", "color: red"));
    await expect.poll(() => trouble.join()).toContain("style-src-attr");
  });
});

test("a hostile document stays text", async ({ ada, open }) => {
  const text = [
    "# <script>window.broken = 1</script>",
    "<img src=x onerror='window.broken = 1'>",
    "[x](javascript:window.broken=1)",
    "<svg onload='window.broken = 1'></svg>",
    "<iframe srcdoc='<script>parent.broken = 1</script>'></iframe>",
    "<style>body { display: none }</style>",
    "<form action='https://example.org'><button>x</button></form>",
  ].join("\n\n");
  const desk = await open(ada, await ada.newDocument(text), { panes: "both" });
  await desk.toEnd();
  await desk.page.keyboard.type("\n\n<a onclick='window.broken = 1'>still text</a>");
  await expect(desk.text).toContainText("still text");
  expect(await desk.page.evaluate(() => "broken" in window)).toBe(false);
  await expect(desk.text.locator("script, style, iframe, form, svg, [onerror], [onclick], [onload]")).toHaveCount(0);
  await expect(desk.text.locator("[href^='javascript']")).toHaveCount(0);
});
