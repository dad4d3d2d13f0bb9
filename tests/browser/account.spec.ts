/** Accounts for real: passkeys, sessions, tokens, invitations, ways back in, and what an administrator does. */
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { password, Person } from "./people";

/** A device with a fingerprint reader, in software. */
async function authenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Your account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
}

test("a passkey is made, signs in without a name or a password, and is removed", async ({ ada, window }) => {
  const page = await window(ada);
  await authenticator(page);
  await page.goto("/settings");
  await page.getByLabel("Name of the passkey").fill("The blue laptop");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByText("The blue laptop")).toBeVisible();
  await signOut(page);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("heading", { name: "Your documents" })).toBeVisible();
  await page.goto("/settings");
  await page.locator(".desk-row", { hasText: "The blue laptop" }).getByRole("button", { name: "Remove" }).click();
  await page.getByRole("alert").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("The blue laptop")).toHaveCount(0);
  await signOut(page);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("alert")).toContainText("opens no account here");
});

test("another password and an ended session sign the other windows out as it happens", async ({ server, ada, open, window }) => {
  const document = await ada.newDocument("# Open elsewhere\n");
  const elsewhere = new Person(server);
  await elsewhere.call("POST", "/api/login", { name: "ada", password });
  const other = await open(elsewhere, document);
  const page = await window(ada);
  await page.goto("/settings");
  const row = page.locator(".desk-row", { hasText: "last used" }).filter({ has: page.getByRole("button", { name: "End" }) });
  await row.getByRole("button", { name: "End" }).click();
  await expect(other.page.getByRole("heading", { name: "You are signed out" })).toBeVisible();
  const third = new Person(server);
  await third.call("POST", "/api/login", { name: "ada", password });
  const again = await open(third, document);
  await page.getByLabel("Present password").fill(password);
  await page.getByLabel("New password").fill("a wholly different sentence");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("The password is changed.")).toBeVisible();
  await expect(again.page.getByRole("heading", { name: "You are signed out" })).toBeVisible();
  await page.getByLabel("Present password").fill("not this one");
  await page.getByLabel("New password").fill("a third long sentence");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("alert")).toContainText("password is wrong");
});

test("a token is shown once, works, and stops when it is revoked", async ({ server, ada, window }) => {
  const document = await ada.newDocument("# For a program\n");
  const page = await window(ada);
  await page.goto("/settings");
  await page.getByLabel("What the token is for").fill("Nightly copy");
  await page.getByRole("button", { name: "Make a token" }).click();
  const token = (await page.getByRole("group", { name: "New token" }).locator("code").textContent()) ?? "";
  const read = () => fetch(`${server.url}/api/documents/${document.id}/text`, { headers: { authorization: `Bearer ${token}` } });
  expect(await (await read()).text()).toBe("# For a program\n");
  await page.reload();
  await expect(page.getByText("Nightly copy")).toBeVisible();
  expect(await page.content()).not.toContain(token);
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("alert").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("Nightly copy")).toHaveCount(0);
  expect((await read()).status).toBe(401);
});

test("an administrator invites, suspends and gives a way back in", async ({ server, ada, open, window }) => {
  const bob = await Person.signUp(server, "bob", "Bob Babbage");
  const document = await bob.newDocument("# His\n");
  const his = await open(bob, document);
  const page = await window(ada);
  await page.goto("/admin");
  await page.getByRole("button", { name: "More for Bob Babbage" }).click();
  await page.getByRole("menuitem", { name: "Suspend" }).click();
  await expect(his.page.getByRole("heading", { name: "You are signed out" })).toBeVisible();
  await page.getByRole("button", { name: "More for Bob Babbage" }).click();
  await page.getByRole("menuitem", { name: "Let in again" }).click();
  await expect(page.getByText(/^Suspended/)).toHaveCount(0);
  await page.getByRole("button", { name: "More for Bob Babbage" }).click();
  await page.getByRole("menuitem", { name: "New password address" }).click();
  const reset = (await page.getByRole("group", { name: "New password for Bob Babbage" }).locator("code").textContent()) ?? "";
  const back = await window();
  await back.goto(reset);
  expect(new URL(back.url()).hash, "the word leaves the address bar").toBe("");
  await back.getByLabel("New password").fill("a wholly different sentence");
  await back.getByRole("button", { name: "Set the password" }).click();
  await expect(back.getByRole("link", { name: "His" })).toBeVisible();
  await page.getByLabel("Who it is for").fill("Grace");
  await page.getByRole("button", { name: "Make an invitation" }).click();
  await expect(page.getByText("Grace")).toBeVisible();
  await page.getByRole("button", { name: "More for Ada Lovelace" }).click();
  await page.getByRole("menuitem", { name: "No longer administrator" }).click();
  await expect(page.getByRole("alert")).toContainText("A server needs somebody who administers it");
});

test.describe("by invitation", () => {
  test.use({ serving: { signup: "invite" } });

  test("an invitation makes one account", async ({ ada, window }) => {
    const invite = (await (await ada.call("POST", "/api/admin/invites", { label: "Grace" })).json()) as { url: string };
    const page = await window();
    await page.goto(invite.url);
    await page.getByLabel("Name").fill("Grace Hopper");
    await page.getByLabel("Password", { exact: true }).fill("a long enough sentence");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("heading", { name: "Your documents" })).toBeVisible();
    const second = await window();
    await second.goto(invite.url);
    await second.getByLabel("Name").fill("Somebody Else");
    await second.getByLabel("Password", { exact: true }).fill("a long enough sentence");
    await second.getByRole("button", { name: "Create account" }).click();
    await expect(second.getByRole("alert")).toContainText("by invitation");
  });
});
