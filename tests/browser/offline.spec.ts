/** A page that loses its server: what it says, what it keeps, and what comes of it on return. */
import type { Page } from "@playwright/test";
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
