/** `/d/{id}`: takes over the readable page, joins the document, and brings the editor for those who may write. */
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import type { EditorHandle } from "./editor/editor";
import { inert } from "./preview/patch";
import { mountPreview, type PreviewHandle } from "./preview/preview";
import { type Linked, linkScroll } from "./preview/scroll";
import { api } from "./session/api";
import { history as versions } from "./session/history";
import { openSession } from "./session/session";
import { createAuthoring } from "./authoring";
import { createUploads } from "./session/uploads";
import { createNoting } from "./noting";
import { createSharing, hearOfRequests } from "./sharing";
import "./styles/pages/document.css";
import { readBoot, takeApp } from "./ui/boot";
import { keycaps } from "./ui/chord";
import { uploadingFor } from "./ui/document/attaching";
import { createDesk } from "./ui/document/desk";
import { DocumentPage } from "./ui/document/document-page";
import { createFilesList } from "./ui/document/files-list";
import { follow } from "./ui/document/follow";
import { keys } from "./ui/document/more";
import { createOutline } from "./ui/document/outline/state";
import { createSlides } from "./ui/document/slides/deck";
import { takeSheet } from "./ui/document/take-sheet";
import { ticking } from "./ui/document/task";
import { beTogether } from "./ui/document/together/together";
import { asksForSlides, firstView, phoneWidth, type View, viewOf } from "./ui/document/view";
import { trackViewport } from "./ui/document/viewport";
import { askBeforeLeaving } from "./ui/leaving";
import { canWrite } from "./ui/roles";
import { toast } from "./ui/toasts";

const boot = readBoot();
const record = boot.document;
if (!record) throw new Error("The page carries no document.");

const { sheet, article, scrolled } = takeSheet();
const source = document.createElement("div");
source.className = "source-text";

const me = signal(boot.me);
const session = openSession({
  document: record.id,
  epoch: record.epoch,
  url: location.origin.replace(/^http/, "ws") + `/sync/${record.id}`,
  role: record.role,
  me,
});

const editor = signal<EditorHandle | null>(null);
const preview = signal<PreviewHandle | null>(null);
const scroll = signal<Linked | null>(null);
const empty = signal(article.textContent.trim() === "");
const narrow = matchMedia(`(max-width: ${phoneWidth - 1}px)`);
const phone = signal(narrow.matches);
narrow.addEventListener("change", () => (phone.value = narrow.matches));

const guest = boot.me.kind === "guest";
const writes = canWrite(record.role);
const view = signal<View>(viewOf(location.search) ?? firstView({ writes, guest, empty: empty.value, phone: phone.value }));

const slides = createSlides({ article, preview, text: () => session.text.toString() }, asksForSlides(location.search));
const parts = { document: record, me, session, sheet, article, source, editor, preview, scroll, view, phone, slides };
const together = beTogether(parts);
const notes = createNoting({ ...parts, ask: (question) => desk.open({ kind: "ask", question }) });
const authoring = createAuthoring({ ...parts, synced, reveal: notes.surfaces.reveal });
const asked = signal(record.asked);
const waiting = signal(record.requests);
const uploads = createUploads(record.id);

const desk = createDesk({
  ...parts,
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

const share = createSharing(record.id);

// A guest is asked for a name once on a device, not at every visit.
const askedKey = `galley-named-${guest && boot.me.kind === "guest" ? boot.me.author : ""}`;
const arriving = guest && writes && localStorage.getItem(askedKey) === null;

render(
  <DocumentPage desk={desk} share={share} arriving={arriving} onArrived={() => localStorage.setItem(askedKey, "1")} />,
  takeApp(),
);
sheet.scrollTop = scrolled;
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
askBeforeLeaving(uploads.busy);
bringEditor();
hearOfRequests(desk, share, waiting);
if (location.hash === "#notes") notes.board.shown.value = true;
if (location.hash === "#share" && desk.writes.value) desk.open({ kind: "share" });
trackViewport(() => {
  const mounted = editor.value;
  if (phone.value && mounted?.view.hasFocus) mounted.view.dispatch({ scrollIntoView: true });
});

/** The editor comes as soon as one may write, and stays; it locks by itself when the session says so. */
function bringEditor(): void {
  let coming = false;
  effect(() => {
    if (!desk.writes.value || coming) return;
    coming = true;
    mount()
      .catch(() => toast("The editor could not be loaded. Reload the page to try again."))
      .finally(session.notes.begin);
  });
  // Notes come after what they are about: the text, and for those who write the editor.
  void synced().then(() => {
    if (!desk.writes.peek()) session.notes.begin();
  });
}

async function mount(): Promise<void> {
  const { mountEditor } = await import("./editor/editor");
  const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "";
  const placeholder = "Start by entering a title here";
  const mounted = mountEditor(source, session, { nonce, placeholder, inert, uploading: uploadingFor(uploads), onTexts: desk.bring, onConverted: saidOnce });
  editor.value = mounted;
  if (preview.value) scroll.value = linkScroll(mounted, preview.value);
  await synced();
  const elsewhere = document.activeElement !== document.body;
  if (desk.text() === "" && !guest && view.value !== "view" && !elsewhere) mounted.focus();
}

/** That formatted text becomes Markdown is told once on a device. */
function saidOnce(): void {
  const key = "galley-pasted";
  if (localStorage.getItem(key) !== null) return;
  localStorage.setItem(key, "1");
  toast(`Pasted as Markdown. ${keycaps(keys.pastePlain).join("-")} pastes plain text.`);
}

/** Before the first sync an empty text says nothing. */
function synced(): Promise<void> {
  return new Promise((done) => {
    effect(() => {
      if (session.synced.value) done();
    });
  });
}
