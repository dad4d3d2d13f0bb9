/**
 * A page without the server: fills the frame the service worker kept (`/shell/…`) from what this device has, then goes
 * on as the page the server would have sent.
 *
 * Runs before the first paint and only as far as it must. Invariant: a page it makes is marked `from: "device"`; nothing
 * kept, or another address, is a calm page that says so. Next: `session/here.ts`, `session/device/`.
 */
import type { Card } from "./session/device/device";
import { fill } from "./preview/patch";
import { speak } from "./preview/tongue";
import { answered } from "./session/device/answered";
import { type Look, openDatabase, stores, transact } from "./session/device/database";
import { hereOnDisk, type Remembered } from "./session/here";
import type { Boot } from "./ui/boot";
import { canWrite } from "./ui/roles";
import { restoreTheme } from "./ui/theme";
import { viewOf } from "./ui/document/view";

restoreTheme();
document.documentElement.lang = "en";

const document_ = /^\/d\/([0-9a-f-]{36})\/?$/.exec(location.pathname)?.[1];

void start().catch(() => showOffline([]));

async function start(): Promise<void> {
  const who = await hereOnDisk();
  const found = who && (await find(who));
  if (who && found?.card) return showDocument(who, found.card, found.look);
  if (who?.me.kind === "account" && location.pathname === "/") return showDocuments(who, found?.cards ?? []);
  return showOffline(found?.cards ?? []);
}

interface Found {
  /** Of the document the address names. */
  card?: Card | undefined;
  look?: Look | undefined;
  /** Otherwise of all, last opened first. */
  cards: Card[];
}

async function find(who: Remembered): Promise<Found> {
  const database = await openDatabase(who.me.author);
  try {
    return await transact(database, [stores.cards, stores.looks], "readonly", async (store) => {
      const [card, look] = await Promise.all([
        document_ && answered<Card | undefined>(store(stores.cards).get(document_)),
        document_ && answered<Look | undefined>(store(stores.looks).get(document_)),
      ]);
      if (card) return { card, look: look || undefined, cards: [] };
      const cards = await answered<Card[]>(store(stores.cards).getAll());
      return { cards: cards.sort((a, b) => b.openedMs - a.openedMs) };
    });
  } finally {
    database.close();
  }
}

async function showDocument(who: Remembered, { document: record, renderer, born }: Card, look?: Look): Promise<void> {
  const title = record.title || "Untitled";
  document.title = `${title} · Galley`;
  const shown = document.querySelector(".bar .title");
  if (shown) shown.textContent = title;
  const panes = document.querySelector<HTMLElement>(".panes");
  const writes = who.me.kind === "account" && canWrite(record.role);
  if (panes) panes.dataset.view = viewOf(location.search) ?? (writes ? "both" : "view");
  const article = document.querySelector<HTMLElement>("article.prose");
  if (article && look) {
    fill(article, look.html);
    speak(article, look);
  }
  tell({ ...who, page: "document", from: "device", document: record, renderer, born });
  // The text first: it can be read while everything else is on its way.
  if (look) await painted();
  const editor = canWrite(record.role) ? import("./editor/editor") : null;
  const going = Promise.all([import("./document"), editor]);
  // What can be read stays, even where the rest cannot come.
  await (look ? going.catch(() => undefined) : going);
}

const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

async function showDocuments(who: Remembered, cards: readonly Card[]): Promise<void> {
  document.title = "Your documents · Galley";
  tell({ ...who, page: "documents", from: "device", documents: cards.map((card) => card.document) });
  await import("./documents");
}

async function showOffline(cards: readonly Card[]): Promise<void> {
  const { showOffline: show } = await import("./offline");
  show(cards.map((card) => card.document));
}

/** Where `readBoot` looks; no script element, whose text only a policy may set. */
function tell(boot: Boot): void {
  // Who was here came from a page of perhaps another build than this frame.
  const build = document.querySelector<HTMLMetaElement>("meta[name=build]")?.content ?? "";
  const element = document.createElement("div");
  element.id = "boot";
  element.hidden = true;
  element.textContent = JSON.stringify({ ...boot, build: `${boot.build.split("+")[0]}+${build}` });
  document.body.append(element);
}
