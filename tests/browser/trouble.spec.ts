/** Trouble of the server's, as people see it: a full disk, a damaged document. */
import { Desk } from "./desk";
import { expect, phone, test } from "./fixtures";
import { Person } from "./people";
import { Server } from "./server";

const full = ["--limit", "disk_readonly_bytes=9000000000000000000", "--limit", "disk_warn_bytes=0"];
const roomy = ["--limit", "disk_readonly_bytes=0", "--limit", "disk_warn_bytes=0"];
const sentence = "Not saved: the server’s disk is full";

/** The same server with another idea of how much room is enough; pages come back to it by themselves. */
async function restart(server: Server, flags: string[]): Promise<Server> {
  await server.end("SIGTERM");
  const again = await Server.start({ data: server.data, port: Number(new URL(server.url).port), flags });
  started.push(again);
  return again;
}

const started: Server[] = [];
test.afterEach(async () => void (await Promise.all(started.splice(0).map((server) => server.end("SIGKILL")))));

async function ready(server: Server, status: number): Promise<string> {
  let said = "";
  await expect
    .poll(async () => {
      const answer = await fetch(`${server.url}/readyz`);
      said = await answer.text();
      return answer.status;
    })
    .toBe(status);
  return said;
}

async function typeAtEnd(desk: Desk, text: string): Promise<void> {
  await desk.toEnd();
  await desk.page.keyboard.type(text);
}

for (const [name, options] of Object.entries({ desk: {}, phone })) {
  test(`PG83: on a ${name} a full disk is said, the editor goes on, and everything is sent when there is room`, async ({ server, ada, open }, info) => {
    test.slow();
    const document = await ada.newDocument("# Full\n\n");
    const desk = await open(ada, document, { panes: "edit", ...options });
    await typeAtEnd(desk, "Before. ");
    await desk.expectSaved();

    const tight = await restart(server, full);
    expect(await ready(tight, 503)).toMatch(/^full: /);
    const onDisk = await ada.text(document);
    await typeAtEnd(desk, "Meanwhile. ");
    await expect(desk.saveState).toContainText(name === "phone" ? "Not saved" : sentence, { timeout: 30_000 });
    await typeAtEnd(desk, "And on.");
    await expect(desk.saveState).toContainText("Not saved");
    await desk.expectSource("# Full\n\nBefore. Meanwhile. And on.");
    expect([onDisk, await ada.text(document)]).toEqual(["# Full\n\nBefore. ", "# Full\n\nBefore. "]);
    for (const scheme of ["light", "dark"] as const) {
      await desk.page.emulateMedia({ colorScheme: scheme });
      await desk.page.screenshot({ path: info.outputPath(`full-${name}-${scheme}.png`) });
    }

    const again = await restart(tight, roomy);
    await ready(again, 200);
    await expect(desk.saveState).toHaveText("Saved", { timeout: 45_000 });
    expect(await ada.text(document)).toBe("# Full\n\nBefore. Meanwhile. And on.");
    await again.end("SIGKILL");
  });
}

test("PG83: without room the list says it to whoever administers, and what it cannot do in one sentence", async ({ server, ada, window }, info) => {
  await ada.newDocument("# Here");
  const grace = await Person.signUp(server, "grace", "Grace Hopper");
  const tight = await restart(server, full);
  try {
    await ready(tight, 503);
    const page = await window(ada);
    await page.goto("/");
    await expect(page.getByText("The server’s disk is full")).toBeVisible();
    await expect(page.getByText("Here")).toBeVisible();
    await page.getByRole("button", { name: "New document" }).first().click();
    await expect(page.getByText(/disk is full, so nothing was changed/)).toBeVisible();
    await page.screenshot({ path: info.outputPath("list-full.png") });
    const other = await window(grace);
    await other.goto("/");
    await expect(other.getByRole("heading", { name: "Your documents" })).toBeVisible();
    await expect(other.getByText("The server’s disk is full")).toHaveCount(0);
  } finally {
    await tight.end("SIGKILL");
  }
});

test("PG82: a damaged document says so, gives its last good text as a new one, and nobody else notices", async ({ server, ada, open, window }, info) => {
  const words = "# Ledger\n\na text that is damaged in a test\n";
  const damaged = await ada.newDocument(words);
  const healthy = await ada.newDocument("# Healthy\n\n");
  const again = await restart(server, []);

  const desk = await open(ada, healthy, { panes: "edit" });
  await typeAtEnd(desk, "Before. ");
  await desk.expectSaved();
  const page = await window(ada);
  const answer = await page.goto(`/d/${damaged.id}`);
  expect(answer?.status()).toBe(423);
  await expect(page.getByRole("heading", { name: "This document is damaged" })).toBeVisible();
  await expect(page.getByLabel("The text")).toHaveText(words);
  await expect(page.getByRole("button", { name: "Copy" })).toBeVisible();
  const file = await page.request.get((await page.getByRole("link", { name: "Download .md" }).getAttribute("href")) ?? "");
  expect(await file.text()).toBe(words);
  await page.screenshot({ path: info.outputPath("damaged.png") });

  await page.getByRole("button", { name: "Make a new document from it" }).click();
  await page.waitForURL((url) => url.pathname.startsWith("/d/") && !url.pathname.includes(damaged.id));
  const made = new Desk(page);
  await made.expectSaved();
  await made.expectSource(words);
  await typeAtEnd(desk, "After.");
  await desk.expectSaved();
  expect(await ada.text(healthy)).toBe("# Healthy\n\nBefore. After.");
  await page.goto("/");
  await expect(page.getByRole("link", { name: /Healthy/ })).toBeVisible();
  expect((await page.goto(`/d/${damaged.id}`))?.status()).toBe(423);
  await again.end("SIGKILL");
});
