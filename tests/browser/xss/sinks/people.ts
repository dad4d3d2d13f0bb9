/** What people are called. */
import { expect, type Page } from "@playwright/test";
import { Margin } from "../../margin";
import { uuid7 } from "../../notes";
import { type Document, type Link, Person } from "../../people";
import { Stock } from "../../stock";
import { lineOf, wellFormed } from "../batch";
import { look } from "../look";
import type { Sink } from "../sinks";
import { forEach, type Stage } from "../stage";
import type { Vector } from "../vectors";
import { below } from "./said";
import { gone } from "./texts";

const nameChars = 40;
const everything = "#app, body";

/** Guests of such names write, are here, and leave notes; what their clients say of them is hostile too. */
export const guests: Sink = {
  name: "guests",
  shows: "people's names: carets, faces, who wrote this, versions' authors, notes",
  batch: 60,
  async put(stage, vectors) {
    const document = await stage.newDocument("# Guests\n\n");
    const link = await stage.ada.shareLink(document, "edit");
    const here = await forEach(vectors, (vector) => join(stage, document, link, vector));
    const { page, watch } = await stage.kept("guests", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    const desk = await stage.desk({ page, watch }, document, "both");
    const writers = page.getByRole("region", { name: "Who wrote this" });
    // The browser remembers that it shows.
    if (!(await writers.isVisible())) await desk.more("Who wrote this");
    await expect.poll(() => writers.getByRole("listitem").count()).toBeGreaterThanOrEqual(vectors.length);
    const everybody = page.getByRole("button", { name: /^Everybody here/ });
    if (await everybody.isVisible()) await everybody.click();
    await look(page, watch, ".prose, .legend, .faces, .menu, .cm-editor");
    await openNotes(page);
    await below(page, here.filter(({ noted }) => noted).length);
    await look(page, watch, ".prose, .rail");
    stage.stayWithin(page, watch, (path) => path.startsWith(`/d/${document.id}`));
    await stage.ada.ask("POST", `/api/documents/${document.id}/versions`, { name: "by all" });
    await page.goto(`/d/${document.id}/history`);
    await expect(page.locator(".version-pick").first()).toBeVisible();
    await look(page, watch, ".prose, .versions");
    for (const { stock } of here) stock.leave();
    await gone(stage, document);
  },
};

async function join(stage: Stage, document: Document, link: Link, vector: Vector): Promise<{ stock: Stock; noted: boolean }> {
  const named = await Person.byLink(stage.server, link, lineOf(vector, nameChars) || "x").catch(() => null);
  if (!named) stage.turnedAway++;
  const person = named ?? (await Person.byLink(stage.server, link, "Quiet Heron"));
  const stock = await Stock.join(stage.server, person, document, "y-websocket 3.1");
  const text = lineOf(vector);
  const { awareness } = stock.provider;
  awareness.setLocalStateField("user", { name: text, color: text, colorLight: `url(${text})`, author: text, peer: text, guest: text });
  awareness.setLocalStateField("cursor", { anchor: text, head: { type: text, tname: text, item: text } });
  awareness.setLocalStateField(text.slice(0, 40) || "x", text);
  awareness.setLocalStateField("view", { at: text, line: text, slide: text });
  stock.content.insert(stock.content.length, wellFormed(`${lineOf(vector, 60)}\n\n`));
  const said = await person.ask("POST", `/api/documents/${document.id}/notes`, { id: uuid7(), anchor: null, quote: "Guests", body: wellFormed(text) || "x" });
  return { stock, noted: said.ok };
}

/** Their notes in the margin, the first one open. */
async function openNotes(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.keyboard.press("F8");
  await expect(new Margin(page).rail.getByRole("article").first()).toBeVisible();
}

/** So many accounts, whose names change with each batch. */
const members = 60;

const pool = new WeakMap<Stage, Promise<Person[]>>();

function accountsOf(stage: Stage): Promise<Person[]> {
  const all = Array.from({ length: members }, (_, n) => n);
  const there = pool.get(stage) ?? forEach(all, (n) => Person.signUp(stage.server, `member-${n}`, `Member ${n}`));
  pool.set(stage, there);
  return there;
}

/** Display names of accounts: members of a document, in an administrator's lists, in their own settings. */
export const accounts: Sink = {
  name: "accounts",
  shows: "accounts' names, tokens' and invitations' labels: settings, administration, members, lists",
  batch: members,
  async put(stage, vectors) {
    const people = (await accountsOf(stage)).slice(0, vectors.length);
    const [first] = people;
    if (!first) return;
    const document = await stage.newDocument("# Members\n");
    const answers = await forEach(vectors, async (vector, at) => {
      const label = lineOf(vector, nameChars);
      await first.ask("POST", "/api/tokens", { label, scope: "read" });
      await stage.ada.ask("POST", "/api/admin/invites", { label });
      await stage.ada.ask("POST", `/api/documents/${document.id}/members`, { name: `member-${at}`, role: "edit" });
      return people[at]?.ask("PATCH", "/api/me", { display: label });
    });
    stage.turnedAway += answers.filter((answer) => !answer?.ok).length;
    const { page, watch } = await stage.kept("accounts", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path === "/admin");
    await page.goto("/admin");
    for (const { name } of [{ name: "member-0" }, { name: `member-${vectors.length - 1}` }]) await expect(page.getByText(name, { exact: true }).first()).toBeAttached();
    await look(page, watch, everything);
    const desk = await stage.desk({ page, watch }, document, "both");
    await page.getByRole("button", { name: /^Share/ }).locator("visible=true").click();
    await expect(desk.page.getByRole("dialog", { name: "Share" })).toContainText(`member-${vectors.length - 1}`);
    await look(page, watch, "[role=dialog]");
    const own = await stage.kept("accounts-own", () => stage.window(first, { serviceWorkers: "block" }));
    stage.stayWithin(own.page, own.watch, (path) => path === "/settings" || path === "/");
    for (const path of ["/settings", "/"]) {
      await own.page.goto(path);
      await expect(own.page.getByRole("heading").first()).toBeVisible();
      await look(own.page, own.watch, everything);
    }
    await tidied(stage, first);
    await gone(stage, document);
  },
};

/** Tokens and invitations pile up otherwise. */
async function tidied(stage: Stage, person: Person): Promise<void> {
  const { invites } = (await (await stage.ada.call("GET", "/api/admin/invites")).json()) as { invites: { id: string }[] };
  await forEach(invites, ({ id }) => stage.ada.ask("DELETE", `/api/admin/invites/${id}`));
  const { tokens } = (await (await person.call("GET", "/api/tokens")).json()) as { tokens: { id: string }[] };
  await forEach(tokens, ({ id }) => person.ask("DELETE", `/api/tokens/${id}`));
}

export const links: Sink = {
  name: "links",
  shows: "links' labels in the dialog for sharing",
  batch: 100,
  async put(stage, vectors) {
    const document = await stage.newDocument("# Links\n");
    const answers = await forEach(vectors, (vector) => stage.ada.ask("POST", `/api/documents/${document.id}/links`, { role: "view", label: lineOf(vector, 60) }));
    const made = answers.filter(({ ok }) => ok).length;
    stage.turnedAway += vectors.length - made;
    const { page, watch } = await stage.kept("links", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    await stage.desk({ page, watch }, document, "both");
    await page.getByRole("button", { name: /^Share/ }).locator("visible=true").click();
    await expect(page.getByRole("dialog", { name: "Share" }).locator(".linkrow")).toHaveCount(made);
    await look(page, watch, "[role=dialog]");
    await gone(stage, document);
  },
};

export const requests: Sink = {
  name: "requests",
  shows: "what somebody says who asks for access, in the list and in the dialog for sharing",
  batch: 60,
  async put(stage, vectors) {
    const document = await stage.newDocument("# Asked\n");
    const link = await stage.ada.shareLink(document, "view");
    const answers = await forEach(vectors, async (vector) => {
      const named = await Person.byLink(stage.server, link, lineOf(vector, nameChars) || "x").catch(() => null);
      const person = named ?? (await Person.byLink(stage.server, link, "Quiet Heron"));
      return person.ask("POST", `/api/documents/${document.id}/requests`, { role: "edit", message: wellFormed(lineOf(vector, 280)) });
    });
    const asked = answers.filter(({ ok }) => ok).length;
    stage.turnedAway += vectors.length - asked;
    const { page, watch } = await stage.kept("requests", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path === "/" || path === `/d/${document.id}`);
    await page.goto("/");
    await expect(page.locator(".item").first()).toBeVisible();
    await look(page, watch, ".items");
    await page.goto(`/d/${document.id}#share`);
    const dialog = page.getByRole("dialog", { name: "Share" });
    await expect(dialog).toBeVisible();
    if (asked > 0) await expect.poll(() => dialog.getByRole("button", { name: /^(?:Allow|Decline)/ }).count()).toBeGreaterThanOrEqual(asked);
    await look(page, watch, "[role=dialog]");
    await gone(stage, document);
  },
};
