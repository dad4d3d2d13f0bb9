/**
 * A page without the server: fills the frame the service worker kept (`/shell/…`) from what this device has, then goes
 * on as the page the server would have sent.
 *
 * Runs before the first paint and only as far as it must. Invariant: a page it makes is marked `from: "device"`; nothing
 * kept, or another address, is a calm page that says so. Next: `session/here.ts`, `session/device/`.
 */
import type { Card } from "./session/device/device";
import { answered, openDatabase, stores, transact } from "./session/device/database";
import { here, type Remembered } from "./session/here";
import type { Boot } from "./ui/boot";
import { restoreTheme } from "./ui/theme";
import { viewOf } from "./ui/document/view";

restoreTheme();
document.documentElement.lang = "en";

const who = here();
const document_ = /^\/d\/([0-9a-f-]{36})\/?$/.exec(location.pathname)?.[1];

void start().catch(() => showOffline([]));

async function start(): Promise<void> {
  const cards = who ? await kept(who) : [];
  const card = cards.find((it) => it.id === document_);
  if (who && card) return showDocument(who, card);
  if (who?.me.kind === "account" && location.pathname === "/") return showDocuments(who, cards);
  return showOffline(cards);
}

/** What the device has, last opened first. */
async function kept(who: Remembered): Promise<Card[]> {
  const database = await openDatabase(who.me.author);
  try {
    const cards = await transact(database, [stores.cards], "readonly", (store) =>
      answered<Card[]>(store(stores.cards).getAll() as IDBRequest<Card[]>),
    );
    return cards.sort((a, b) => b.openedMs - a.openedMs);
  } finally {
    database.close();
  }
}

async function showDocument(who: Remembered, { document: record, renderer, born }: Card): Promise<void> {
  const title = record.title || "Untitled";
  document.title = `${title} · Galley`;
  const shown = document.querySelector(".bar .title");
  if (shown) shown.textContent = title;
  const panes = document.querySelector<HTMLElement>(".panes");
  const writes = who.me.kind === "account" && (record.role === "edit" || record.role === "own");
  if (panes) panes.dataset.view = viewOf(location.search) ?? (writes ? "both" : "view");
  tell({ ...who, page: "document", from: "device", document: record, renderer, born });
  await import("./document");
}

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
