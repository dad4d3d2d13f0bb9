/** PG32: nobody is asked for an embed before its button is pressed. */
import { expect, test } from "./fixtures";

const text = "# Films\n\nBefore.\n\n{% youtube dQw4w9WgXcQ %}\n\n{% gist https://gist.github.com/octocat/6cad326836d38bd3a7ae %}\n\n{% embed https://example.org/unknown %}\n";

test.describe("embeds", () => {
  // Chromium warns of scripts beside one's own origin; in that frame the policy allows none.
  test.use({ planted: /youtube|gist\.github/ });

  test("PG32 no request leaves before the press, and none by itself after", async ({ ada, server, window }) => {
    const document = await ada.newDocument(text);
    const page = await window(ada);
    const elsewhere: string[] = [];
    const asked: string[] = [];
    await page.route(/^https:/, (route) => {
      elsewhere.push(route.request().url());
      return route.fulfill({ body: "<p>The film</p>", contentType: "text/html" });
    });
    page.on("request", (request) => {
      if (request.url().includes("/frame/")) asked.push(request.url().slice(server.url.length));
    });
    await page.goto(`/d/${document.id}?both`);
    await expect(page.locator("button.save")).toHaveText("Saved");
    const button = page.getByRole("button", { name: "Load from youtube.com" });
    await expect(button).toBeVisible();
    await expect(page.getByRole("button", { name: "Load from gist.github.com" })).toBeVisible();
    await expect(page.locator("article iframe")).toHaveCount(0);
    expect([elsewhere, asked]).toEqual([[], []]);

    await button.click();
    const frame = page.locator("article iframe");
    await expect(frame).toHaveAttribute("title", /^YouTube: /);
    await expect(frame).toHaveAttribute("sandbox", /allow-scripts/);
    await expect.poll(() => elsewhere).toEqual(["https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"]);
    expect(asked).toEqual(["/frame/embed/youtube?id=dQw4w9WgXcQ"]);

    // Writing elsewhere leaves it alone; it is the same element.
    await frame.evaluate((element) => element.setAttribute("data-same", ""));
    await page.locator(".cm-content").focus();
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("Written before. ");
    await expect(page.locator("article")).toContainText("Written before.");
    await expect(page.locator("article iframe[data-same]")).toHaveCount(1);
    expect(elsewhere.length).toBe(1);

    await page.getByRole("button", { name: "Close", exact: true }).click();
    await expect(frame).toHaveCount(0);
    await expect(button).toBeVisible();

    await page.reload();
    await expect(page.getByRole("button", { name: "Load from youtube.com" })).toBeVisible();
    await expect(page.locator("article iframe")).toHaveCount(0);
    expect(elsewhere.length).toBe(1);
  });

  test("PG32 without script there is a link", async ({ ada, window }) => {
    const document = await ada.newDocument(text);
    const page = await window(ada, { javaScriptEnabled: false });
    await page.goto(`/d/${document.id}`);
    await expect(page.getByRole("link", { name: /^YouTube: / })).toBeVisible();
    await expect(page.locator("button, iframe")).toHaveCount(0);
  });
});
