/** `/d/{id}`: takes over the readable page, joins the document, and brings the editor for those who may write. */
import { computed, effect, signal } from "@preact/signals";
import { render } from "preact";
import type { EditorHandle } from "./editor/editor";
import { mountPreview, type PreviewHandle } from "./preview/preview";
import type { Linked } from "./preview/scroll";
import { api } from "./session/api";
import { openDevice } from "./session/device/device";
import { history as versions } from "./session/history";
import { openSession } from "./session/session";
import { createAuthoring } from "./wiring/authoring";
import { followCard, putCard } from "./wiring/carding";
import { bringEditor } from "./wiring/editing";
import { beside, mindDevice } from "./wiring/minding";
import { createNoting } from "./wiring/noting";
import { onPhone, watchKeyboard } from "./wiring/phoning";
import { createQueueing, uploadsFor } from "./wiring/queueing";
import { settleDocument } from "./wiring/settle-document";
import { createSharing, hearOfRequests } from "./wiring/sharing";
import "./styles/pages/document.css";
import { findApp, readBoot, yielded } from "./ui/boot";
import { createDesk } from "./ui/document/desk";
import { DocumentPage } from "./ui/document/document-page";
import { createFilesList } from "./ui/document/files-list";
import { follow } from "./ui/document/follow";
import { createOutline } from "./ui/document/outline/state";
import { createSlides } from "./ui/document/slides/deck";
import { drawAround, takeSheet } from "./ui/document/take-sheet";
import { ticking } from "./ui/document/task";
import { beTogether } from "./ui/document/together/together";
import { asksForSlides, firstView, type View, viewOf } from "./ui/document/view";
import { askBeforeLeaving } from "./ui/leaving";
import { canWrite } from "./ui/roles";

const boot = readBoot();
const record = boot.document;
if (!record) throw new Error("The page carries no document.");

// The work of opening is done in several tasks: a reader who scrolls meanwhile waits for one of them on a slow phone. From
// the session to what listens to it there is no pause, so that nothing it says is missed.
await yielded();

const { sheet, article } = takeSheet();
const source = document.createElement("div");
source.className = "source-text";

const me = signal(boot.me);
const device = boot.me.kind === "nobody" ? null : openDevice(boot.me.author);
const from = boot.from ?? "server";
putCard(device, record, boot);
const session = openSession({
  document: record.id,
  epoch: record.epoch,
  url: location.origin.replace(/^http/, "ws") + `/sync/${record.id}`,
  role: record.role,
  me,
  device,
  from,
  born: boot.born ?? false,
});

const editor = signal<EditorHandle | null>(null);
const preview = signal<PreviewHandle | null>(null);
const scroll = signal<Linked | null>(null);
const empty = signal(article.textContent.trim() === "");
const phone = onPhone();

const guest = boot.me.kind === "guest";
const blank = empty.value && (from === "server" || boot.born === true);
const view = signal<View>(viewOf(location.search) ?? firstView({ role: record.role, guest, empty: blank, phone: phone.value }));

const slides = createSlides({ article, preview, text: () => session.text.toString() }, asksForSlides(location.search));
const queueing = device && createQueueing({ device, document: record, me, session });
const parts = { document: record, me, session, queueing, sheet, article, source, editor, preview, scroll, view, phone, slides };
const together = beTogether(parts);
const notes = createNoting({ ...parts, ask: (question) => desk.open({ kind: "ask", question }) });
const show = (note: string) => {
  notes.board.shown.value = true;
  notes.board.activate(note, "focus");
};
const authoring = createAuthoring({ ...parts, here, from, reveal: notes.surfaces.reveal, notes: { post: notes.post, show } });
const asked = signal(record.asked);
const waiting = signal(record.requests);
const uploads = uploadsFor(session, record, boot.limits.file_bytes);

const desk = createDesk({
  ...parts,
  beside: beside(session, device, record.id),
  empty,
  together,
  uploads,
  files: createFilesList({ load: () => api.files(record.id), remove: (name) => api.removeFile(record.id, name) }),
  outline: createOutline(phone),
  notes,
  ...authoring,
  asked,
  waiting,
  ask: (role, message) => api.ask(record.id, { role, message }),
  async trash() {
    await api.trash(record.id);
    location.assign("/");
  },
  nameVersion: (name) => versions.name(record.id, name),
  async nameMe(display) {
    me.value = await api.rename(display);
  },
});

const typing = watchKeyboard(desk);
const share = createSharing(record.id);

// A guest is asked for a name once on a device, not at every visit.
const askedKey = `galley-named-${guest && boot.me.kind === "guest" ? boot.me.author : ""}`;
const arriving = guest && canWrite(record.role) && localStorage.getItem(askedKey) === null;

const arrived = () => localStorage.setItem(askedKey, "1");
const page = <DocumentPage desk={desk} share={share} typing={typing} arriving={arriving} onArrived={arrived} />;
await yielded();
const app = findApp();
drawAround(sheet, app, () => render(page, app));
await yielded();
preview.value = mountPreview(article, {
  document: record.id,
  renderer: boot.renderer ?? "small",
  tasks: desk.writable,
  onTask(line, checked) {
    const change = ticking(desk.text(), line, checked);
    if (change) desk.edit(change);
  },
});

follow(desk, empty);
followCard(device, record, session, desk.title);
mindDevice(boot.me, device);
askBeforeLeaving(computed(() => uploads.busy.value || session.exposed.value > 0));
bringEditor({ ...parts, desk, uploads, here, guest });
hearOfRequests(desk, share, waiting);
settleDocument(boot, session, device, preview);
if (location.hash === "#notes") notes.board.shown.value = true;
if (location.hash === "#share" && desk.writes.value) desk.open({ kind: "share" });

/** Before the text is here an empty one says nothing. */
function here(): Promise<void> {
  return new Promise((done) => {
    effect(() => {
      if (session.here.value) done();
    });
  });
}
