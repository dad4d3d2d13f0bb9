/** `/` for somebody signed in: the list of documents. */
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import type { Document, Listed } from "./session/api";
import { listing as api } from "./session/listing";
import { browser } from "./session/browser";
import { watchEvents } from "./session/events";
import { watchReach } from "./session/reach";
import { loaded, settle } from "./wiring/settle";
import "./styles/pages/documents.css";
import { readBoot, takeApp, yielded } from "./ui/boot";
import { askBeforeLeaving } from "./ui/leaving";
import { DocumentsPage } from "./ui/list/documents-page";
import { bringLater } from "./ui/list/later";
import { lateImporting } from "./ui/list/late-importing";
import { createList } from "./ui/list/list";
import { createShelf } from "./ui/list/shelf";
import { toast } from "./ui/toasts";

const boot = readBoot();
void settle(boot);
const me = signal(boot.me);
const reaching = watchReach(boot.me.kind === "nobody" ? "" : boot.me.author, boot.from === "device" ? "away" : "here", { ...browser, me: api.me });
const shelf = createShelf(reaching.state);
// What this device keeps comes after the list is shown: nothing of it is needed to read that.
const keeping = boot.me.kind === "nobody" ? null : import("./wiring/keeping-list").then(({ keepList }) => keepList(boot, shelf));
keeping?.catch(() => undefined); // said where somebody asks for it
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
  boot.from === "device" ? { documents: [], mark: "" } : boot.documents ? { documents: boot.documents, mark: boot.mark ?? "" } : null,
  shelf,
);

/** The list of the server is also what this device may keep. */
async function load(trash: boolean): Promise<Listed> {
  const listed = await api.documents(trash);
  if (!trash) void keeping?.then(({ heard }) => heard(listed.documents)).catch(() => undefined);
  return listed;
}

/** Without a worker that answers for the server, a new page could not be opened. */
async function bear(text: string): Promise<Document> {
  if (!keeping || !navigator.serviceWorker?.controller)
    throw new Error("The server cannot be reached, and this browser keeps no pages for that. Try again when you are online.");
  return (await keeping).bear(text);
}

const importing = lateImporting(async () => (await import("./wiring/importing-list")).importTo(list, boot.limits));
askBeforeLeaving(importing.busy);

watchEvents({
  onPresence: list.meet,
  onChanged: () => void list.refresh(),
  onList: (mark) => void list.catchUp(mark),
  onNotes: list.counted,
  onMention: list.mentioned,
  onOpen: () => void (reaching.state.peek() === "here" || reaching.doubt()),
  onTrouble: () => void reaching.doubt(),
});

// What was sent is in the server's list from now on, as the server calls it.
void keeping?.then(({ onSent }) => onSent(() => void list.refresh())).catch(() => undefined);
let before = reaching.state.peek();
effect(() => {
  const now = reaching.state.value;
  if (now === "here" && before !== "here") void Promise.all([list.refresh(), keeping?.then((it) => it.send())]).catch(() => undefined);
  before = now;
});

if (boot.from !== "device" && boot.documents) void keeping?.then(({ heard }) => heard(boot.documents ?? [])).catch(() => undefined);

async function rename(display: string): Promise<void> {
  me.value = await api.rename(display);
}

const failed = (error: unknown) => toast(error instanceof Error ? error.message : "That did not work. Try again.");

render(
  <DocumentsPage
    me={me}
    list={list}
    importing={importing}
    onSignOut={() => void keeping?.then((it) => it.signOut()).catch(failed)}
    onRenameMe={(display) => void rename(display).catch(failed)}
    kept={async (id) => (keeping ? (await keeping).kept(id) : null)}
    disk={boot.disk ?? null}
    onForget={(id) => void keeping?.then((it) => it.forget(id)).catch(failed)}
  />,
  takeApp(),
);

// After what is shown, and before somebody presses one.
void loaded().then(yielded).then(bringLater).catch(() => undefined);

// The shortcut of the installed app. Reloading the page must not make another one.
if (new URLSearchParams(location.search).has("new")) {
  history.replaceState(null, "", location.pathname);
  void list.create();
}

// Coming back with the browser's Back shows what has changed meanwhile.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
