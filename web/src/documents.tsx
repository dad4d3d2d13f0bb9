/** `/` for somebody signed in: the list of documents. */
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { openDocuments, startSending } from "./wiring/sending";
import { api, type Document, exportAllPath, type Imported, importPath } from "./session/api";
import { browser } from "./session/browser";
import { adopt } from "./session/device/adopt";
import { openDevice } from "./session/device/device";
import { makeHere } from "./session/device/newborn";
import { own } from "./session/device/owners";
import { watchEvents } from "./session/events";
import { watchReach } from "./session/reach";
import { send } from "./session/send";
import { settle } from "./wiring/settle";
import { signingOut } from "./wiring/signing-out";
import "./styles/pages/documents.css";
import { readBoot, takeApp } from "./ui/boot";
import { downloadFrom } from "./ui/document/files";
import { titleIn } from "./ui/document/rename";
import { showFocused, trackViewport } from "./ui/document/viewport";
import { askBeforeLeaving } from "./ui/leaving";
import { DocumentsPage } from "./ui/list/documents-page";
import { createImporting } from "./ui/list/importing";
import { createList } from "./ui/list/list";
import { createShelf } from "./ui/list/shelf";
import { toast } from "./ui/toasts";

const boot = readBoot();
void settle(boot);
const me = signal(boot.me);
const device = boot.me.kind === "nobody" ? null : openDevice(boot.me.author);
own(boot.me);

const reaching = watchReach(device?.author ?? "", boot.from === "device" ? "away" : "here", { ...browser, me: api.me });
const shelf = createShelf(device, reaching.state);

const list = createList(
  {
    load,
    create: (text) => api.create({ text }),
    bear,
    rename: (id, title) => api.patch(id, { title }),
    trash: api.trash,
    restore: api.restore,
    erase: api.erase,
    leave: api.leave,
    open: (document) => location.assign(document.url),
    say: (sentence, undo) => toast(sentence, undo && { label: "Undo", run: undo }),
  },
  // What the shell writes is the device's, and the shelf has it.
  boot.from === "device" ? [] : (boot.documents ?? null),
  shelf,
);

/** The list of the server is also what this device may keep. */
async function load(trash: boolean): Promise<Document[]> {
  const documents = await api.documents({ trash });
  if (device && !trash) void openDocuments(device.author).then((open) => shelf.heard(documents, open)).catch(() => undefined);
  return documents;
}

/** Without a worker that answers for the server, a new page could not be opened. */
async function bear(text: string): Promise<Document> {
  if (!device || boot.me.kind === "nobody" || !navigator.serviceWorker?.controller)
    throw new Error("The server cannot be reached, and this browser keeps no pages for that. Try again when you are online.");
  return makeHere(device, boot.me, text, titleIn(text));
}

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
  onOpen: () => void (reaching.state.peek() === "here" || reaching.doubt()),
  onTrouble: () => void reaching.doubt(),
});

const sending = device && adopt(device).catch(() => undefined).then(() => startSending(device));
const signOut = signingOut(boot.me, device, async () => (await sending)?.now());

// What was sent is in the server's list from now on, as the server calls it.
void sending?.then(({ state }) => {
  let was = state.peek().kind;
  effect(() => {
    const { kind } = state.value;
    if (was === "sending" && kind !== "sending") void list.refresh();
    was = kind;
  });
});

let before = reaching.state.peek();
effect(() => {
  const now = reaching.state.value;
  if (now === "here" && before !== "here") void Promise.all([list.refresh(), sending?.then((it) => it.now())]);
  before = now;
});
if (boot.from !== "device" && boot.documents && device)
  void openDocuments(device.author).then((open) => shelf.heard(boot.documents ?? [], open)).catch(() => undefined);

async function rename(display: string): Promise<void> {
  me.value = await api.rename(display);
}

const failed = (error: unknown) => toast(error instanceof Error ? error.message : "That did not work. Try again.");

trackViewport(showFocused);
render(
  <DocumentsPage
    me={me}
    list={list}
    importing={importing}
    onExport={() => downloadFrom(exportAllPath)}
    onSignOut={signOut}
    onRenameMe={(display) => void rename(display).catch(failed)}
    kept={async (id) => device && (await import("./session/device/kept")).keptPage(device, id)}
    disk={boot.disk ?? null}
    onForget={(id) => void device?.forget(id).catch(failed)}
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
