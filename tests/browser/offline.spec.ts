/** A page that loses its server: what it says, what it keeps, and what comes of it on return. */
import type { Browser, Page } from "@playwright/test";
import { Desk } from "./desk";
import { Person } from "./people";
import { expect, test } from "./train";

test("OF16: typed in the tunnel, kept with the page closed, and merged on return", async ({ server, ada, open, line }) => {
  const grace = await Person.signUp(server, "grace", "Grace Hopper");
  const document = await ada.newDocument("# Train\n\n");
  await ada.addMember(document, "grace", "edit");
  const other = await open(grace, document, { panes: "both" });
  const desk = await open(ada, document, { panes: "both" });
  await desk.toEnd();
  await desk.page.keyboard.type("Online. ");
  await desk.expectSaved();

  await line.cut();
  await desk.page.keyboard.type("In the tunnel.");
  await expect(desk.saveState).toHaveText("Offline: 14 edits on this device");
  await other.toEnd();
  await other.page.keyboard.type("Grace too. ");
  expect(await leaves(desk.page)).toBe("without asking");

  await line.restore();
  const again = new Desk(await desk.page.context().newPage());
  await again.page.goto(`/d/${document.id}?both`);
  await again.expectSaved();
  await expect.poll(() => again.whole()).toContain("In the tunnel.");
  await other.expectSaved();
  await expect.poll(() => other.whole()).toContain("In the tunnel.");
  const text = await ada.text(document);
  expect(text).toContain("Online. ");
  expect(text).toContain("Grace too. ");
  expect(await again.whole()).toBe(text);
});

test("OF4: two tabs see each other in the tunnel, and closed one after the other both come back", async ({ ada, open, line }) => {
  const document = await ada.newDocument("# Train\n\n");
  const first = await open(ada, document, { panes: "both" });
  const context = first.page.context();
  const second = new Desk(await context.newPage());
  await second.page.goto(`/d/${document.id}?both`);
  await second.expectSaved();
  await line.cut();
  await typeAtEnd(first, "From the first.");
  await typeAtEnd(second, "From the second.");
  for (const desk of [first, second]) {
    await expect(desk.saveState).toHaveText("Offline: 31 edits on this device");
    await expect(desk.text).toContainText("From the first.");
    await expect(desk.text).toContainText("From the second.");
  }
  await line.restore();
  line.cutSync();
  const third = new Desk(await context.newPage());
  expect([await leaves(first.page), await leaves(second.page)]).toEqual(["without asking", "without asking"]);
  await third.page.goto(`/d/${document.id}?both`);
  await expect(third.saveState).toHaveText("Offline: 31 edits on this device");
  await typeAtEnd(third, "!");
  await expect(third.saveState).toHaveText("Offline: 32 edits on this device");
  await line.restore();
  await third.expectSaved();
  const text = await ada.text(document);
  expect([text.includes("From the first."), text.includes("From the second."), text.includes("!")]).toEqual([true, true, true]);
  await third.expectSource(text);
});

test("OF1: a tab that is killed loses nothing that was called kept", async ({ ada, open, line, browser }) => {
  const document = await ada.newDocument("# Train\n\n");
  const desk = await open(ada, document, { panes: "both" });
  await line.cut();
  await typeAtEnd(desk, "Written before the end.");
  await expect(desk.saveState).toHaveText("Offline: 23 edits on this device");
  await Promise.all([desk.page.waitForEvent("crash"), killPages(browser)]);
  await line.restore();
  const again = new Desk(await desk.page.context().newPage());
  await again.page.goto(`/d/${document.id}?both`);
  await again.expectSaved();
  expect(await ada.text(document)).toBe("# Train\n\nWritten before the end.");
});

test("OF5: a browser without storage works, says so, and asks before its edits are lost", async ({ ada, window, line }) => {
  const document = await ada.newDocument("# Train\n\n");
  const page = await window(ada);
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("denied", "SecurityError");
    };
  });
  await page.goto(`/d/${document.id}?both`);
  const desk = new Desk(page);
  await desk.expectSaved();
  await typeAtEnd(desk, "Online.");
  await desk.expectSaved();
  await line.cut();
  await typeAtEnd(desk, "Lost?");
  await expect(desk.saveState).toHaveText("Offline: 5 edits in this page");
  await desk.saveState.click();
  await expect(page.getByRole("region", { name: "The server cannot be reached" })).toContainText("This browser gives the page no storage. Keep the page open.");
  await page.keyboard.press("Control+s");
  await expect(page.getByText("Offline. 5 edits in this page, not on the server yet.")).toBeVisible();
  await line.restore();
  await desk.expectSaved();
  expect(await ada.text(document)).toBe("# Train\n\nOnline.Lost?");
  await line.cut();
  await typeAtEnd(desk, "!");
  await expect(desk.saveState).toHaveText("Offline: 1 edit in this page");
  expect(await leaves(page)).toBe("asking");
});

test("OF11: an older copy is never seen in a page the server rendered", async ({ ada, open, line }) => {
  const document = await ada.newDocument("# Train\n\nAs it was.\n");
  const first = await open(ada, document, { panes: "both" });
  await first.expectSource("# Train\n\nAs it was.\n");
  const page = await first.page.context().newPage();
  await page.addInitScript(watch);
  await leaves(first.page);
  const elsewhere = await open(ada, document, { panes: "both" });
  await elsewhere.select("was");
  await elsewhere.page.keyboard.type("is");
  await elsewhere.expectSaved();

  const letGo = line.holdSync();
  await page.goto(`/d/${document.id}?both`);
  await expect(page.locator("article.prose")).toContainText("As it is.");
  letGo();
  const desk = new Desk(page);
  await desk.expectSource("# Train\n\nAs it is.\n");
  await desk.expectSaved();
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  expect(seen.filter((text) => text.includes("As it was"))).toEqual([]);
  expect(seen.some((text) => text.includes("As it is"))).toBe(true);
});

/** As a phone does that needs the memory: no page is told. */
async function killPages(browser: Browser): Promise<void> {
  const system = await browser.newBrowserCDPSession();
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  for (const { type, id } of processInfo) if (type === "renderer") process.kill(id, "SIGKILL");
  await system.detach();
}

/** Keeps every text the page shows. */
function watch(): void {
  const seen: string[] = [];
  Object.assign(window, { seen });
  new MutationObserver(() => {
    const text = document.querySelector("#app")?.textContent ?? "";
    if (seen.at(-1) !== text) seen.push(text);
  }).observe(document, { childList: true, subtree: true, characterData: true });
}

async function typeAtEnd(desk: Desk, text: string): Promise<void> {
  await desk.page.bringToFront();
  await desk.toEnd();
  await desk.page.keyboard.type(text);
}

/** Closes a page as a person would. */
async function leaves(page: Page): Promise<"asking" | "without asking"> {
  const asked = page.waitForEvent("dialog").then((dialog) => dialog.accept().then(() => "asking" as const));
  const closed = page.waitForEvent("close").then(() => "without asking" as const);
  await page.close({ runBeforeUnload: true });
  const first = await Promise.race([asked, closed]);
  if (first === "asking") await closed;
  else asked.catch(() => undefined);
  return first;
}
