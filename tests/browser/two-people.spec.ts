/** Two people in one document: they see each other, they type at once, and a reader cannot change a byte. */
import { once } from "node:events";
import WebSocket from "ws";
import { expect, test } from "./fixtures";
import { Person } from "./people";
import { hostile, queryAwareness } from "./raw";

test("two people see each other's carets and end with the same text", async ({ server, ada, open }) => {
  const grace = await Person.signUp(server, "grace", "Grace Hopper");
  const document = await ada.newDocument("# Together\n\nAda: \n\nGrace: \n");
  await Person.byLink(server, await ada.shareLink(document, "edit"));
  const link = await ada.shareLink(document, "edit");
  await grace.call("POST", `/api/links/${link.id}/redeem`, { secret: new URL(link.url).hash.slice(1) });

  const [first, second] = [await open(ada, document, { panes: "both" }), await open(grace, document, { panes: "both" })];
  await expect(first.people).toContainText("Grace Hopper");
  await expect(second.people).toContainText("Ada Lovelace");

  const typed = (name: string) => Array.from({ length: 60 }, (_, n) => `${name}${n} `).join("");
  await first.source.getByText("Ada:").click();
  await first.page.keyboard.press("End");
  await second.source.getByText("Grace:").click();
  await second.page.keyboard.press("End");
  await Promise.all([first.page.keyboard.type(typed("a")), second.page.keyboard.type(typed("g"))]);

  await expect(first.page.locator(".cm-editor").getByText("Grace Hopper")).toBeAttached();
  await expect(second.page.locator(".cm-editor").getByText("Ada Lovelace")).toBeAttached();
  const whole = `# Together\n\nAda: ${typed("a")}\n\nGrace: ${typed("g")}\n`;
  await first.expectSource(whole);
  await second.expectSource(whole);
  await first.expectSaved();
  await second.expectSaved();
  expect(await ada.text(document)).toBe(whole);
});

test("a guest opens a link, is asked for nothing but a name, and writes", async ({ ada, open, window }) => {
  const document = await ada.newDocument("# Shared\n\nHello.\n");
  const link = await ada.shareLink(document, "edit");
  const owner = await open(ada, document, { panes: "both" });

  const page = await window(null);
  await page.goto(link.url);
  await expect(page.getByRole("heading", { name: "Shared" })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/d/${document.id}`));
  expect(page.url()).not.toContain("#");
  await page.getByRole("region", { name: "Your name here" }).getByLabel("Write as").fill("Grace");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.locator(".cm-content")).toBeVisible();
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("Written by a guest.");

  await owner.expectSource("# Shared\n\nHello.\nWritten by a guest.");
  await expect(owner.people).toContainText("Grace");
  await expect(owner.page.locator(".cm-editor").getByText("Grace")).toBeAttached();
});

test("a link that is revoked ends at once, and the page says what is safe", async ({ ada, window }) => {
  const document = await ada.newDocument("# Shared\n");
  const link = await ada.shareLink(document, "edit");
  const page = await window(null);
  await page.goto(link.url);
  await expect(page.locator("button.save")).toHaveText("Saved");
  await ada.call("DELETE", `/api/documents/${document.id}/links/${link.id}`);
  await expect(page.getByRole("heading", { name: "You no longer have access" })).toBeVisible({ timeout: 3_000 });
  await page.goto(link.url);
  await expect(page.getByRole("heading", { name: "This link does not work any more" })).toBeVisible();
});

test("a link to view shows no way to write", async ({ ada, window }) => {
  const document = await ada.newDocument("# Shared\n\n- [ ] task\n");
  const link = await ada.shareLink(document, "view");
  const page = await window(null);
  await page.goto(link.url);
  await expect(page.getByRole("heading", { name: "Shared" })).toBeVisible();
  await expect(page.locator("button.save")).toHaveText("Saved");
  await expect(page.locator(".cm-content")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Share" })).toHaveCount(0);
  await expect(page.getByRole("checkbox")).toBeDisabled();
});

test.describe("however often one comes", () => {
  test.use({ serving: { flags: ["--limit", "person_upgrades_per_second=1000"] } });

  test("a link to view cannot change a byte by any message", async ({ server, ada }) => {
    const text = "# Only to read\n";
    const document = await ada.newDocument(text);
    const guest = await Person.byLink(server, await ada.shareLink(document, "view"));
    const ticket = await guest.ticket(document);
    const address = `${server.url.replace(/^http/, "ws")}/sync/${document.id}?ticket=${ticket}`;
    for (const protocol of [[], ["galley.v1"]]) {
      for (const [name, frame] of hostile()) {
        const socket = new WebSocket(address, protocol);
        await once(socket, "open");
        socket.on("error", () => undefined);
        socket.send(frame);
        await settled(socket);
        expect(await ada.text(document), `${name} as ${protocol.join() || "stock"}`).toBe(text);
      }
    }
  });
});

/** Until the server has answered a question sent after the frame, or hung up. */
async function settled(socket: WebSocket): Promise<void> {
  const closed = once(socket, "close");
  const answered = new Promise<void>((resolve) => {
    socket.on("message", (data: Buffer) => data[0] === 1 && resolve());
  });
  socket.send(queryAwareness());
  await Promise.race([closed, answered]);
  socket.terminate();
}
