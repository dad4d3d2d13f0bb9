/** A local network: plain http under a name that is not this machine's own. Everything works, and says what it is not. */
import { chromium as engine } from "@playwright/test";
import { Desk } from "./desk";
import { expect, test } from "./fixtures";
import { Person, password } from "./people";
import { chromium } from "./playwright.config";
import { freePort, Server } from "./server";

test("two people edit over plain http, and the page says that it is not encrypted", async () => {
  const port = await freePort();
  const url = `http://galley.example:${port}`;
  const server = await Server.start({ port, flags: ["--public-url", url] });
  const args = [...chromium.args, "--host-resolver-rules=MAP galley.example 127.0.0.1"];
  const browser = await engine.launch({ ...chromium, args });
  try {
    await expect.poll(() => setUp(server), "the address for the first account").toContain(url);
    const page = await (await browser.newContext({ baseURL: url })).newPage();
    await page.goto(setUp(server));
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await expect(page.getByText("not encrypted")).toBeVisible();
    await page.getByLabel("Name", { exact: true }).fill("Ada");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByRole("button", { name: /New document/ }).first().click();
    const desk = new Desk(page);
    await expect(desk.source).toBeFocused();
    await page.keyboard.type("# Over the air\n\nworks");
    await expect(desk.text.getByRole("heading", { name: "Over the air" })).toBeVisible();
    await desk.expectSaved();

    await page.getByRole("button", { name: "Share", exact: true }).first().click();
    await page.getByRole("button", { name: "Link that can edit" }).click();
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
    const link = await page.evaluate(async () => {
      const answer = await fetch(`/api${location.pathname.replace("/d/", "/documents/")}/links`);
      return ((await answer.json()) as { links: { url: string }[] }).links[0]?.url ?? "";
    });
    const other = await (await browser.newContext()).newPage();
    await other.goto(link);
    await other.getByRole("button", { name: "Start" }).click();
    await other.locator(".cm-content").focus();
    await other.keyboard.press("Control+End");
    await other.keyboard.type(" for two");
    await desk.expectSource("# Over the air\n\nworks for two");
  } finally {
    await browser.close();
    await server.dispose();
  }
});

/** The one-time address that the server prints when others can reach it. */
function setUp(server: Server): string {
  return /http:\/\/\S+setup\S+/.exec(server.said.join("\n"))?.[0] ?? "";
}

test("another machine's name is not served", async () => {
  const server = await Server.start();
  try {
    const ada = await Person.signUp(server, "ada");
    await ada.newDocument("x");
    const { port } = new URL(server.url);
    const answer = await fetch(`http://127.0.0.1:${port}/`, { redirect: "manual" });
    expect(answer.status).toBeGreaterThanOrEqual(300);
    expect(answer.headers.get("location") ?? "").toContain("localhost");
  } finally {
    await server.dispose();
  }
});
