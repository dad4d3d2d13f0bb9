/** `/` for somebody signed in: the list of documents. */
import { signal } from "@preact/signals";
import { render } from "preact";
import { api, exportAllPath, type Imported, importPath } from "./session/api";
import { watchEvents } from "./session/events";
import { send } from "./session/send";
import { settle } from "./settle";
import "./styles/pages/documents.css";
import { readBoot, takeApp } from "./ui/boot";
import { downloadFrom } from "./ui/document/files";
import { askBeforeLeaving } from "./ui/leaving";
import { DocumentsPage } from "./ui/list/documents-page";
import { createImporting } from "./ui/list/importing";
import { createList } from "./ui/list/list";
import { toast } from "./ui/toasts";

const boot = readBoot();
void settle(boot);
const me = signal(boot.me);

const list = createList(
  {
    load: (trash) => api.documents({ trash }),
    create: (text) => api.create({ text }),
    rename: (id, title) => api.patch(id, { title }),
    trash: api.trash,
    restore: api.restore,
    erase: api.erase,
    leave: api.leave,
    open: (document) => location.assign(document.url),
    say: (sentence, undo) => toast(sentence, undo && { label: "Undo", run: undo }),
  },
  boot.documents ?? null,
);

const importing = createImporting({
  limits: { file: boot.limits.file_bytes, all: boot.limits.import_bytes },
  send: (name, body, progress) => send<Imported>(importPath(name), body, progress),
  texts: list.bring,
  made: () => void list.refresh(),
  say: toast,
});

askBeforeLeaving(importing.busy);

watchEvents({
  onPresence: list.meet,
  onChanged: () => void list.refresh(),
  onNotes: list.counted,
  onMention: list.mentioned,
});

async function signOut(): Promise<void> {
  await api.logout();
  location.replace("/");
}

async function rename(display: string): Promise<void> {
  me.value = await api.rename(display);
}

const failed = (error: unknown) => toast(error instanceof Error ? error.message : "That did not work. Try again.");

render(
  <DocumentsPage
    me={me}
    list={list}
    importing={importing}
    onExport={() => downloadFrom(exportAllPath)}
    onSignOut={() => void signOut().catch(failed)}
    onRenameMe={(display) => void rename(display).catch(failed)}
  />,
  takeApp(),
);

// The shortcut of the installed app. Reloading the page must not make another one.
if (new URLSearchParams(location.search).has("new")) {
  history.replaceState(null, "", location.pathname);
  void list.create();
}

// Coming back with the browser's Back shows what has changed meanwhile.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
