/** Who may do what, as people see it: each person's own controls, and what happens in the other window. */
import type { Page } from "@playwright/test";
import { Desk } from "./desk";
import { expect, phone, test } from "./fixtures";
import { Person } from "./people";

const share = (page: Page) => page.getByRole("button", { name: /^Share/ }).locator("visible=true");
const ask = (page: Page) => page.getByRole("button", { name: "Ask for access" }).locator("visible=true");
const dialog = (page: Page) => page.getByRole("dialog", { name: "Share" });
const lost = (page: Page) => page.getByRole("heading", { name: "You no longer have access" });

test("a member, a commenter and a guest who may edit see exactly their controls, and lose them as it happens", async ({
  server,
  ada,
  open,
  window,
}) => {
  const document = await ada.newDocument("# Plan\n\nFirst line.\n");
  const bob = await Person.signUp(server, "bob", "Bob Babbage");
  const owner = await open(ada, document);
  await share(owner.page).click();
  const people = dialog(owner.page);
  await people.getByLabel("Add people by account name").fill("nobody-here");
  await people.getByRole("button", { name: "Add" }).click();
  await expect(people.getByRole("alert")).toContainText("Nobody here has this account name");
  await people.getByLabel("Add people by account name").fill("bob");
  await people.getByRole("button", { name: "Add" }).click();
  await expect(people.getByLabel("What Bob Babbage may do")).toHaveValue("edit");
  await people.getByRole("button", { name: "Can comment" }).click();
  await expect(people.getByRole("button", { name: "Copy", exact: true })).toHaveCount(1);
  await people.getByRole("button", { name: "New link" }).click();
  await expect(people.getByRole("button", { name: "Copy", exact: true })).toHaveCount(2);
  const fresh = people.locator(".linkrow").first();
  await expect(fresh.getByLabel(/^What .* allows$/), "a new link gives no more than it must").toHaveValue("view");
  await fresh.getByLabel(/^What .* allows$/).selectOption("edit");
  let links: { url: string; role: string }[] = [];
  const address = (role: string) => links.find((link) => link.role === role)?.url ?? "";
  // What was chosen is on its way to the server.
  await expect
    .poll(async () => {
      ({ links } = (await (await ada.call("GET", `/api/documents/${document.id}/links`)).json()) as { links: typeof links });
      return address("edit");
    })
    .not.toBe("");

  const member = await open(bob, document);
  await expect(share(member.page)).toBeVisible();
  await expect(member.source).toBeEditable();
  const commenter = await window();
  await commenter.goto(address("comment"));
  await expect(ask(commenter)).toBeVisible();
  await expect(share(commenter)).toHaveCount(0);
  await expect(commenter.locator(".cm-content")).toHaveCount(0);
  const editor = await window();
  await editor.goto(address("edit"));
  await expect(share(editor)).toBeVisible();
  await expect(editor.locator("button.save")).toHaveText("Saved");

  await people.getByLabel("What Bob Babbage may do").selectOption("view");
  await expect(ask(member.page)).toBeVisible();
  await expect(share(member.page)).toHaveCount(0);
  const row = people.locator(".linkrow", { has: owner.page.locator("select").filter({ hasText: "Can edit" }) }).first();
  await row.getByRole("button", { name: "Revoke" }).click();
  await row.getByRole("alert").getByRole("button", { name: "Revoke" }).click();
  await expect(lost(editor)).toBeVisible();
  await people.getByLabel("What Bob Babbage may do").selectOption("Remove…");
  await people.getByRole("alert").getByRole("button", { name: "Remove" }).click();
  await expect(lost(member.page)).toBeVisible();
  await expect(commenter.getByRole("heading", { name: "Plan" })).toBeVisible();
});

test("whoever asks for more gets it while both look on", async ({ server, ada, open }) => {
  const document = await ada.newDocument("# Plan\n");
  const reader = await Person.byLink(server, await ada.shareLink(document, "view"), "Quiet Heron");
  const owner = await open(ada, document);
  const theirs = await open(reader, document);
  await ask(theirs.page).click();
  await theirs.page.getByLabel("A word to Ada Lovelace").fill("A typing mistake in the title.");
  await theirs.page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(theirs.page.getByRole("button", { name: "Asked for access" }).locator("visible=true")).toBeVisible();
  await owner.page.getByRole("button", { name: "Share, 1 asking for access" }).locator("visible=true").click();
  await expect(dialog(owner.page)).toContainText("A typing mistake in the title.");
  await dialog(owner.page).getByRole("button", { name: "Allow" }).click();
  await expect(theirs.page.getByRole("button", { name: /^Ask/ })).toHaveCount(0);
  await theirs.page.getByRole("button", { name: "Edit", exact: true }).click();
  await theirs.source.click();
  await theirs.page.keyboard.press("Control+End");
  await theirs.page.keyboard.type("Mended.");
  await theirs.expectSaved();
  await expect(dialog(owner.page).getByLabel("What Quiet Heron may do")).toHaveValue("edit");
});

test("edits that a lower role refuses stay in the page and can be copied", async ({ server, ada, open }) => {
  const document = await ada.newDocument("Text.\n");
  const link = await ada.shareLink(document, "edit");
  const guest = await Person.byLink(server, link, "Quiet Heron");
  const theirs = await open(guest, document, { panes: "edit" });
  await theirs.source.click();
  const lowered = ada.call("PATCH", `/api/documents/${document.id}/links/${link.id}`, { role: "view" });
  await theirs.page.keyboard.type("typed at the very moment ");
  await lowered;
  await expect(ask(theirs.page)).toBeVisible();
  const typed = (await theirs.page.locator(".save").textContent()) ?? "";
  // Either everything was saved before the role changed, or what was not is named and can be copied.
  if (!typed.startsWith("Saved")) {
    await theirs.page.locator("button.save").click();
    await expect(theirs.page.getByText("only on this device")).toBeVisible();
    await expect(theirs.page.getByRole("button", { name: "Copy the text" })).toBeVisible();
  }
});

test("a link with a password asks for it, and another password lets go of who is in", async ({ ada, window }) => {
  const document = await ada.newDocument("# Behind a password\n");
  const link = await ada.shareLink(document, "view", { password: "jacquard" });
  const page = await window(null, phone);
  await page.goto(link.url);
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Open" }).click();
  await expect(page.getByRole("alert")).toContainText("not the link’s password");
  await page.getByLabel("Password").fill("jacquard");
  await page.getByRole("button", { name: "Open" }).click();
  await expect(page.getByRole("heading", { name: "Behind a password" })).toBeVisible();
  await expect(page.locator("button.save")).toHaveText("Saved");
  await ada.call("PATCH", `/api/documents/${document.id}/links/${link.id}`, { password: "another" });
  await expect(lost(page)).toBeVisible();
});

test("the list shows who is in as they come and go, and a new member without a reload", async ({ server, ada, open, window }) => {
  const bob = await Person.signUp(server, "bob", "Bob Babbage");
  const document = await ada.newDocument("# The loom\n");
  const hers = await window(ada);
  const his = await window(bob);
  await Promise.all([hers.goto("/"), his.goto("/")]);
  await expect(his.getByText("Nothing here yet")).toBeVisible();
  await ada.addMember(document, "bob", "edit");
  await expect(his.getByRole("link", { name: "The loom" })).toBeVisible();
  await expect(his.getByText("Can edit")).toBeVisible();
  const desk = await open(bob, document);
  await expect(hers.getByText("In it now: Bob Babbage")).toBeAttached();
  await desk.page.goto("about:blank");
  await expect(hers.getByText("In it now: Bob Babbage")).toHaveCount(0);
});

test("leaving, handing over, and deleting for good", async ({ server, ada, window }) => {
  const bob = await Person.signUp(server, "bob", "Bob Babbage");
  const document = await ada.newDocument("# The loom\n");
  await ada.addMember(document, "bob", "view");
  const hers = await window(ada);
  await hers.goto(`/d/${document.id}#share`);
  await dialog(hers).getByLabel("What Bob Babbage may do").selectOption("Make owner…");
  await dialog(hers).getByRole("alert").getByRole("button", { name: "Make owner" }).click();
  await expect(dialog(hers)).toContainText("Only the owner can change who has access.");
  await hers.goto("/");
  await hers.getByRole("button", { name: "More for The loom" }).click();
  await hers.getByRole("menuitem", { name: "Leave…" }).click();
  await hers.getByRole("button", { name: "Leave", exact: true }).click();
  await expect(hers.getByText("Nothing here yet")).toBeVisible();
  const his = await window(bob);
  await bob.trash(document);
  await his.goto("/");
  await his.getByRole("button", { name: "trash", exact: true }).click();
  await his.getByRole("button", { name: "More for The loom" }).click();
  await his.getByRole("menuitem", { name: "Delete for good…" }).click();
  const erased = his.waitForResponse((answer) => answer.url().endsWith("/erase"));
  await his.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
  expect((await erased).status()).toBe(204);
  await expect(his.getByText("The trash is empty.")).toBeVisible();
  await his.goto(`/d/${document.id}`);
  await expect(his.getByRole("heading", { name: "This document is deleted" })).toBeVisible();
});

test("a phone shares too", async ({ ada, window }) => {
  const document = await ada.newDocument("# On the train\n");
  const page = await window(ada, phone);
  await page.goto(`/d/${document.id}`);
  const desk = new Desk(page);
  await desk.expectSaved();
  await share(page).click();
  await dialog(page).getByRole("button", { name: "Link that can edit" }).click();
  await expect(dialog(page).getByRole("button", { name: "Copy", exact: true })).toBeVisible();
  await dialog(page).getByRole("button", { name: /^End and password/ }).click();
  await dialog(page).getByRole("button", { name: "7 days" }).click();
  await expect(dialog(page)).toContainText("Expires");
});
