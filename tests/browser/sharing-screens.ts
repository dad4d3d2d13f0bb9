/** The screens about who may do what: sharing, asking, settings, administration. Part of the list in `screens.ts`. */
import { expect, type Page } from "@playwright/test";
import { type Document, Person } from "./people";
import type { Screen, World } from "./screens";

const text = "# Notes on the Analytical Engine\n\nIt weaves algebraical patterns.\n";
const day = 24 * 60 * 60_000;

export const sharingScreens: readonly Screen[] = [
  { name: "share-people", who: "ada", go: async (page, world) => void (await crowd(page, world)) },
  {
    name: "share-options",
    who: "ada",
    go: async (page, world) => {
      await crowd(page, world);
      await page.getByRole("button", { name: "End and password of Co-authors" }).click();
      await page.getByLabel("Password", { exact: true }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: "share-editor",
    who: "nobody",
    go: async (page, world) => {
      const [ada, document] = await written(world);
      const bob = await Person.signUp(world.server, "bob", "Bob Babbage");
      await ada.addMember(document, "bob", "edit");
      await bob.enter(page.context());
      await page.goto(`/d/${document.id}?edit#share`);
      await expect(page.getByText("Only the owner can change who has access.")).toBeVisible();
    },
  },
  {
    name: "ask-access",
    who: "nobody",
    go: async (page, world) => {
      const [ada, document] = await written(world);
      await page.goto((await ada.shareLink(document, "view")).url);
      await page.getByRole("button", { name: "Ask for access" }).locator("visible=true").click();
      await expect(page.getByRole("dialog", { name: "Ask for access" })).toBeVisible();
    },
  },
  {
    name: "link-password",
    who: "nobody",
    go: async (page, world) => {
      const [ada, document] = await written(world);
      await page.goto((await ada.shareLink(document, "view", { password: "jacquard" })).url);
      await page.getByLabel("Password").fill("not this one");
      await page.getByRole("button", { name: "Open" }).click();
      await expect(page.getByRole("alert")).toBeVisible();
    },
  },
  {
    name: "documents-live",
    who: "ada",
    go: async (page, world) => {
      const [ada, document] = await written(world);
      await ada.newDocument("# A letter to Augustus");
      await world.grace(document, "patterns");
      await (await Person.byLink(world.server, await ada.shareLink(document, "view"))).call("POST", `/api/documents/${document.id}/requests`, { role: "edit" });
      await page.goto("/");
      await expect(page.getByText("In it now: Grace Hopper")).toBeAttached();
    },
  },
  {
    name: "trash",
    who: "ada",
    go: async (page, world) => {
      const [ada, document] = await written(world);
      await ada.newDocument("# The loom");
      await ada.trash(document);
      await page.goto("/");
      await page.getByRole("tab", { name: "Trash" }).click();
      await expect(page.getByText("deleted in 30 days")).toBeVisible();
    },
  },
  {
    name: "delete-for-good",
    who: "ada",
    go: async (page, world) => {
      const [ada, document] = await written(world);
      await ada.newDocument("# The loom");
      await ada.trash(document);
      await page.goto("/");
      await page.getByRole("tab", { name: "Trash" }).click();
      await page.getByRole("button", { name: /^More for/ }).click();
      await page.getByRole("menuitem", { name: "Delete for good…" }).click();
      await expect(page.getByRole("dialog", { name: "Delete for good?" })).toBeVisible();
    },
  },
  { name: "settings", who: "ada", go: async (page, world) => settings(page, await world.ada()) },
  {
    name: "settings-token",
    who: "ada",
    go: async (page, world) => {
      await settings(page, await world.ada());
      await page.getByLabel("What the token is for").fill("A third one");
      await page.getByRole("button", { name: "Make a token" }).click();
      await page.getByRole("group", { name: "New token" }).scrollIntoViewIfNeeded();
    },
  },
  { name: "admin", who: "ada", go: async (page, world) => administration(page, world) },
  {
    name: "admin-reset",
    who: "ada",
    go: async (page, world) => {
      await administration(page, world);
      await page.getByRole("button", { name: "More for Bob Babbage" }).click();
      await page.getByRole("menuitem", { name: "New password address" }).click();
      await expect(page.getByRole("group", { name: "New password for Bob Babbage" })).toBeVisible();
    },
  },
  {
    name: "start-invited",
    who: "nobody",
    go: async (page, world) => {
      const invite = (await (await (await world.ada()).call("POST", "/api/admin/invites", { label: "Grace" })).json()) as { url: string };
      await page.goto(invite.url);
      await expect(page.getByText("You are invited")).toBeVisible();
    },
  },
  {
    name: "start-reset",
    who: "nobody",
    go: async (page, world) => {
      await world.ada();
      await page.goto("/#reset=00");
      await expect(page.getByRole("heading", { name: "New password" })).toBeVisible();
    },
  },
];

async function written(world: World): Promise<[Person, Document]> {
  const ada = await world.ada();
  return [ada, await ada.newDocument(text)];
}

/** A document with members, three kinds of links and somebody who asks for more; the share dialog is open. */
async function crowd(page: Page, world: World): Promise<void> {
  const [ada, document] = await written(world);
  for (const [name, display, role] of [
    ["tomasz", "Tomasz Bielak", "edit"],
    ["ama", "Ama Serwaa", "edit"],
    ["jonas", "Jonas Weil of the Society for the Diffusion of Useful Knowledge".slice(0, 40), "comment"],
  ] as const) {
    await Person.signUp(world.server, name, display);
    await ada.addMember(document, name, role);
  }
  const reader = await ada.shareLink(document, "view", { label: "First draft" });
  await ada.shareLink(document, "edit", { label: "Co-authors", password: "jacquard" });
  await ada.shareLink(document, "comment", { label: "Readers’ group", expires_ms: Date.now() + 7 * day });
  const guest = await Person.byLink(world.server, reader, "Quiet Heron");
  await guest.call("POST", `/api/documents/${document.id}/requests`, { role: "edit", message: "There is a typing mistake in the second line." });
  await page.goto(`/d/${document.id}?both#share`);
  await expect(page.getByRole("dialog", { name: "Share" }).getByRole("button", { name: "Copy", exact: true })).toHaveCount(3);
  await expect(page.getByRole("button", { name: "Allow" })).toBeVisible();
}

async function settings(page: Page, ada: Person): Promise<void> {
  await ada.call("POST", "/api/tokens", { label: "Nightly copy", scope: "read", expires_ms: Date.now() + 90 * day });
  await ada.call("POST", "/api/tokens", { label: "Proof-reading script", scope: "edit" });
  await page.goto("/settings");
  await expect(page.getByText("Proof-reading script")).toBeVisible();
  await expect(page.getByText("this one")).toBeVisible();
}

async function administration(page: Page, world: World): Promise<void> {
  const ada = await world.ada();
  await Person.signUp(world.server, "bob", "Bob Babbage");
  await Person.signUp(world.server, "eve", "Eve Elsewhere");
  const users = (await (await ada.call("GET", "/api/admin/users")).json()) as { users: { name: string; author: string }[] };
  const eve = users.users.find((user) => user.name === "eve");
  await ada.call("PATCH", `/api/admin/users/${eve?.author}`, { suspended: true });
  await ada.call("POST", "/api/admin/invites", { label: "Grace Hopper" });
  for (const body of ["# One", "# Two"]) await ada.newDocument(body);
  await page.goto("/admin");
  await expect(page.getByText("Grace Hopper")).toBeVisible();
}
