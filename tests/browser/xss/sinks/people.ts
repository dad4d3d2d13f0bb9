/** What people are called and what they say to each other. */
import { expect, type Page } from "@playwright/test";
import { Margin } from "../../margin";
import { uuid7 } from "../../notes";
import { Person } from "../../people";
import { Stock } from "../../stock";
import { lineOf } from "../batch";
import { look } from "../look";
import type { Sink } from "../sinks";
import type { Stage } from "../stage";
import type { Vector } from "../vectors";
import { wellFormed } from "./texts";

const nameChars = 40;
const everything = "#app, body";

/** Bodies, quotes, headings, replies, reactions; a clash's note is one of these. */
export const notes: Sink = {
  name: "notes",
  shows: "notes and replies in the margin, detached and exported ones too",
  batch: 30,
  every: 1,
  async put(stage, vectors) {
    const document = await stage.ada.newDocument("# Quiet\n\nNothing happens here, whatever is said.\n");
    for (const [at, { text }] of vectors.entries()) {
      const id = uuid7();
      const body = text.slice(0, 9_000);
      const note = { id, anchor: null, quote: at % 3 ? "Nothing happens here" : wellFormed(body.slice(0, 1_900)), before: body.slice(0, 30), after: body.slice(-30), heading: body.slice(0, 190), body };
      const said = await stage.ada.ask("POST", `/api/documents/${document.id}/notes`, note);
      expect(said.status, body).toBeLessThan(500);
      if (!said.ok) continue;
      await stage.ada.ask("POST", `/api/documents/${document.id}/notes/${id}/replies`, { id: uuid7(), body });
      await stage.ada.ask("POST", `/api/documents/${document.id}/notes/${id}/reactions`, { emoji: [body.slice(0, 12)] });
    }
    const { page, watch } = await stage.kept("notes", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path === `/d/${document.id}`);
    await page.goto(`/d/${document.id}?both#notes`);
    const margin = new Margin(page);
    await expect(margin.rail.getByRole("article").first()).toBeVisible();
    await page.keyboard.press("F8");
    await look(page, watch, ".prose, .rail");
    await margin.tab("Detached");
    await expect(margin.rail).toBeVisible();
    await look(page, watch, ".prose, .rail");
    await stage.ada.trash(document);
  },
};

/** Guests of such names write, are here, and leave notes; what their clients say of them is hostile too. */
export const guests: Sink = {
  name: "guests",
  shows: "people's names: carets, faces, who wrote this, versions' authors, notes",
  batch: 12,
  every: 2,
  async put(stage, vectors) {
    const document = await stage.ada.newDocument("# Guests\n\n");
    const here = await Promise.all(vectors.map((vector) => join(stage, document, vector)));
    const { page, watch } = await stage.kept("guests", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    const desk = await stage.desk({ page, watch }, document, "both");
    await desk.more("Who wrote this");
    await expect(page.getByRole("region", { name: "Who wrote this" }).getByRole("listitem").first()).toBeVisible();
    const everybody = page.getByRole("button", { name: /^Everybody here/ });
    if (await everybody.isVisible()) await everybody.click();
    await look(page, watch, ".prose, .legend, .faces, .cm-editor");
    await openNotes(page);
    await look(page, watch, ".prose, .rail");
    stage.stayWithin(page, watch, (path) => path.startsWith(`/d/${document.id}`));
    await stage.ada.ask("POST", `/api/documents/${document.id}/versions`, { name: "by all" });
    await page.goto(`/d/${document.id}/history`);
    await expect(page.locator(".version-pick").first()).toBeVisible();
    await look(page, watch);
    for (const stock of here) stock?.leave();
    await stage.ada.trash(document);
  },
};

async function join(stage: Stage, document: { id: string; title: string; role: string; url: string }, vector: Vector): Promise<Stock | null> {
  const link = await stage.ada.shareLink(document, "edit");
  const person = await Person.byLink(stage.server, link, lineOf(vector, nameChars) || "x").catch(() => Person.byLink(stage.server, link, "Quiet Heron"));
  const stock = await Stock.join(stage.server, person, document, "y-websocket 3.1");
  const text = lineOf(vector);
  const { awareness } = stock.provider;
  awareness.setLocalStateField("user", { name: text, color: text, colorLight: `url(${text})`, author: text, peer: text, guest: text });
  awareness.setLocalStateField("cursor", { anchor: text, head: { type: text, tname: text, item: text } });
  awareness.setLocalStateField(text.slice(0, 40) || "x", text);
  awareness.setLocalStateField("view", { at: text, line: text, slide: text });
  stock.content.insert(stock.content.length, wellFormed(`${lineOf(vector, 60)}\n\n`));
  await person.ask("POST", `/api/documents/${document.id}/notes`, { id: uuid7(), anchor: null, quote: "Guests", body: text || "x" });
  return stock;
}

/** Their notes in the margin, the first one open. */
async function openNotes(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.keyboard.press("F8");
  await expect(new Margin(page).rail.getByRole("article").first()).toBeVisible();
}

const pool = new WeakMap<Stage, Promise<Person[]>>();

function accountsOf(stage: Stage): Promise<Person[]> {
  const there = pool.get(stage) ?? Promise.all(Array.from({ length: 6 }, (_, n) => Person.signUp(stage.server, `member-${n}`, `Member ${n}`)));
  pool.set(stage, there);
  return there;
}

/** Display names of accounts: members of a document, in an administrator's lists, in their own settings. */
export const accounts: Sink = {
  name: "accounts",
  shows: "accounts' names, tokens' and invitations' labels: settings, administration, members, lists",
  batch: 6,
  every: 4,
  async put(stage, vectors) {
    const people = await accountsOf(stage);
    const document = await stage.ada.newDocument("# Members\n");
    for (const [at, vector] of vectors.entries()) {
      const person = people[at % people.length];
      const label = lineOf(vector, nameChars);
      await person?.ask("PATCH", "/api/me", { display: label });
      await person?.ask("POST", "/api/tokens", { label, scope: "read" });
      await stage.ada.ask("POST", "/api/admin/invites", { label });
      await stage.ada.ask("POST", `/api/documents/${document.id}/members`, { name: `member-${at}`, role: "edit" });
      await person?.newDocument(`# ${label}`);
    }
    const { page, watch } = await stage.kept("accounts", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path === "/admin");
    await page.goto("/admin");
    await expect(page.getByText("member-0").first()).toBeVisible();
    await look(page, watch, everything);
    const desk = await stage.desk({ page, watch }, document, "both");
    await page.getByRole("button", { name: /^Share/ }).locator("visible=true").click();
    await expect(desk.page.getByRole("dialog", { name: "Share" })).toContainText("member-0");
    await look(page, watch, "[role=dialog]");
    const own = await stage.kept("accounts", () => stage.window(stage.ada));
    await people[0]?.enter(own.page.context());
    stage.stayWithin(page, watch, (path) => path === "/settings" || path === "/");
    for (const path of ["/settings", "/"]) {
      await page.goto(path);
      await expect(page.getByRole("heading").first()).toBeVisible();
      await look(page, watch, everything);
    }
    await stage.ada.enter(own.page.context());
    await tidied(stage, people);
  },
};

/** Tokens and invitations pile up otherwise. */
async function tidied(stage: Stage, people: readonly Person[]): Promise<void> {
  const { invites } = (await (await stage.ada.call("GET", "/api/admin/invites")).json()) as { invites: { id: string }[] };
  for (const { id } of invites) await stage.ada.ask("DELETE", `/api/admin/invites/${id}`);
  for (const person of people) {
    const { tokens } = (await (await person.call("GET", "/api/tokens")).json()) as { tokens: { id: string }[] };
    for (const { id } of tokens) await person.ask("DELETE", `/api/tokens/${id}`);
  }
}

export const links: Sink = {
  name: "links",
  shows: "links' labels in the dialog for sharing",
  batch: 40,
  every: 2,
  async put(stage, vectors) {
    const document = await stage.ada.newDocument("# Links\n");
    for (const vector of vectors) await stage.ada.ask("POST", `/api/documents/${document.id}/links`, { role: "view", label: lineOf(vector, 60) });
    const { page, watch } = await stage.kept("links", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    await stage.desk({ page, watch }, document, "both");
    await page.getByRole("button", { name: /^Share/ }).locator("visible=true").click();
    await expect(page.getByRole("dialog", { name: "Share" }).locator(".linkrow").first()).toBeVisible();
    await look(page, watch, "[role=dialog]");
    await stage.ada.trash(document);
  },
};

export const requests: Sink = {
  name: "requests",
  shows: "what somebody says who asks for access, in the list and in the dialog for sharing",
  batch: 12,
  every: 6,
  async put(stage, vectors) {
    const document = await stage.ada.newDocument("# Asked\n");
    const link = await stage.ada.shareLink(document, "view");
    for (const vector of vectors) {
      const person = await Person.byLink(stage.server, link, lineOf(vector, nameChars) || "x").catch(() => null);
      await person?.ask("POST", `/api/documents/${document.id}/requests`, { role: "edit", message: lineOf(vector, 280) });
    }
    const { page, watch } = await stage.kept("requests", () => stage.window(stage.ada, { serviceWorkers: "block" }));
    stage.stayWithin(page, watch, (path) => path === "/" || path === `/d/${document.id}`);
    await page.goto("/");
    await expect(page.locator(".item").first()).toBeVisible();
    await look(page, watch, ".items");
    await page.goto(`/d/${document.id}#share`);
    await expect(page.getByRole("dialog", { name: "Share" })).toBeVisible();
    await look(page, watch, "[role=dialog]");
    await stage.ada.trash(document);
  },
};
