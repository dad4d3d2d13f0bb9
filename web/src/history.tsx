/** `/d/{id}/history[/{version}]`: takes over the readable page, and brings what every version of the document was. */
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { createRenderings } from "./preview/renderings";
import { history as versions } from "./session/history";
import { settle } from "./wiring/settle";
import "./styles/pages/history.css";
import { readBoot, takeApp } from "./ui/boot";
import { copy } from "./ui/copy";
import { phoneQuery } from "./ui/document/view";
import { trackViewport } from "./ui/document/viewport";
import { idOf } from "./ui/history/entries";
import { createHistory } from "./ui/history/history";
import { HistoryPage } from "./ui/history/history-page";
import { stayFromNowhere } from "./ui/nowhere";
import { toast } from "./ui/toasts";

const boot = readBoot();
void settle(boot);
const record = boot.document;
if (!record) throw new Error("The page carries no document.");

// What the server rendered stays until the first own rendering.
const article = document.querySelector<HTMLElement>("article.prose") ?? Object.assign(document.createElement("article"), { className: "prose" });

const state = createHistory(
  {
    versions: (before) => versions.versions(record.id, before),
    version: (id) => versions.version(record.id, id),
    text: (id) => versions.text(record.id, id),
    now: () => versions.now(record.id),
    name: (name) => versions.name(record.id, name),
    rename: (id, name) => versions.rename(record.id, id, name),
    remove: (id) => versions.remove(record.id, id),
    restore: (id, what) => versions.restore(record.id, id, what),
    say: (sentence) => toast(sentence),
  },
  boot.version ?? null,
);

const narrow = matchMedia(phoneQuery);
const phone = signal(narrow.matches);
narrow.addEventListener("change", () => (phone.value = narrow.matches));

const addressOf = (id: string | null) => `${record.url}/history${id === null ? "" : `/${id}`}`;

effect(() => {
  if (state.loading.value.kind !== "ready") return;
  const at = state.at.value;
  const entry = state.entry.value;
  history.replaceState(null, "", addressOf(at === 0 ? null : idOf(entry)));
});

async function copyLink(id: string): Promise<void> {
  const done = await copy(new URL(addressOf(id), location.href).href);
  toast(done ? "Copied. It opens for people who can edit this document." : "The browser did not allow copying.");
}

stayFromNowhere();
render(
  <HistoryPage
    history={state}
    title={record.title}
    url={record.url}
    owner={record.role === "own"}
    phone={phone}
    renderings={createRenderings()}
    article={article}
    onCopy={(id) => void copyLink(id)}
  />,
  takeApp(),
);
trackViewport(() => undefined);
void state.load();

// Whoever comes back after a while sees what was written meanwhile.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void state.load();
});
