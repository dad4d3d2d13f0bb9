/** The notes of one document: the calls behind the board, and what it needs of source and text. For the page's entry. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { EditorHandle } from "../editor/editor";
import type { PreviewHandle } from "../preview/preview";
import { api, type Document, type Me } from "../session/api";
import { browser } from "../session/browser";
import { createDrafts } from "../session/drafts";
import { createDirectory, type Directory } from "../session/people";
import type { DocumentSession } from "../session/session";
import { announce, announceLater } from "../ui/announce";
import type { Question } from "../ui/ask";
import type { View } from "../ui/document/view";
import { type Board, createBoard } from "../ui/notes/board";
import { hear, hearPassages } from "../ui/notes/hear";
import { createSurfaces, mark, type Noting } from "../ui/notes/surfaces";
import { nothingUnsent } from "../ui/notes/unsent";
import type { Queueing } from "./queueing";
import { canWrite } from "../ui/roles";
import { toast } from "../ui/toasts";

export interface NotingParts {
  document: Document;
  me: ReadonlySignal<Me>;
  session: DocumentSession;
  /** null: nothing is kept here. */
  queueing: Queueing | null;
  editor: ReadonlySignal<EditorHandle | null>;
  preview: ReadonlySignal<PreviewHandle | null>;
  view: Signal<View>;
  phone: ReadonlySignal<boolean>;
  ask(question: Question): void;
}

/** The width from which there is room beside the text; notes.css has the same number. */
const besideWidth = 1_100;
const hiddenKey = "galley-notes-hidden";

export function createNoting({ document, me, session, queueing, editor, preview, view, phone, ask }: NotingParts): Noting {
  const who = me.peek();
  const load = queueing?.people ?? (() => api.people(document.id));
  const directory = createDirectory({ me, load, ...(queueing && { kept: queueing.keptPeople }), world: browser });
  const notes = queueing?.notes ?? session.notes;
  const drafts = createDrafts({ document: document.id, author: who.kind === "nobody" ? "" : who.author });
  const surfaces = createSurfaces({
    source: computed(() => editor.value?.notes ?? null),
    text: computed(() => preview.value?.notes ?? null),
    view: computed(() => (canWrite(session.role.value) ? view.value : "view")),
    phone,
  });
  const over = widthBelow(besideWidth);
  const given = queueing?.calls ?? calls(document.id);
  const board = createBoard({
    notes,
    unsent: queueing?.unsent ?? nothingUnsent,
    drafts,
    directory,
    role: session.role,
    live: computed(() => session.status.value.kind === "live"),
    calls: given,
    selection: () => surfaces.selected.value?.span ?? null,
    reveal: surfaces.reveal,
    depth: surfaces.depth,
    ask,
    say: (sentence, undo) => toast(sentence, undo && { label: "Undo", run: undo }),
    shown: !over.peek() && !hidden() && (document.notes > 0 || drafts.note.peek() !== null),
  });
  mark(board, surfaces, phone);
  hear(notes, directory, announce);
  hearPassages(computed(() => caretOf(editor.value)), board.threads, directory, announceLater);
  rememberHidden(board, over);
  showAtFirst(board, over);
  askAgain(session, directory);
  if (queueing) learnNames(session, directory);
  return { board, surfaces, over, post: given.create };
}

/** Where somebody's caret stands, while nothing is selected. */
function caretOf(editor: EditorHandle | null): number | null {
  if (!editor || editor.position.value.selected > 0 || !editor.view.hasFocus) return null;
  return editor.view.state.selection.main.head;
}

/** Who wrote the notes is kept with them, also where nobody has looked at them yet. */
function learnNames({ notes, status }: DocumentSession, directory: Directory): void {
  let asked = false;
  effect(() => {
    if (asked || status.value.kind !== "live" || notes.all.value.length === 0) return;
    asked = true;
    if (directory.people.peek().size === 0) directory.refresh();
  });
}

/** Names that were kept here may be others by now. */
function askAgain({ status }: DocumentSession, directory: Directory): void {
  let away = false;
  effect(() => {
    const { kind } = status.value;
    if (kind === "offline") away = true;
    if (kind !== "live" || !away) return;
    away = false;
    directory.refresh();
  });
}

function calls(id: string) {
  const { notes } = api;
  return {
    create: notes.create.bind(null, id),
    edit: notes.edit.bind(null, id),
    resolve: notes.resolve.bind(null, id),
    attach: notes.attach.bind(null, id),
    remove: notes.remove.bind(null, id),
    reply: notes.reply.bind(null, id),
    editReply: notes.editReply.bind(null, id),
    removeReply: notes.removeReply.bind(null, id),
    react: notes.react.bind(null, id),
  };
}

function widthBelow(px: number): ReadonlySignal<boolean> {
  const query = matchMedia(`(max-width: ${px - 1}px)`);
  const below = signal(query.matches);
  query.addEventListener("change", () => (below.value = query.matches));
  return below;
}

function hidden(): boolean {
  return localStorage.getItem(hiddenKey) !== null;
}

/** The count in the page may be older than the notes; later ones of others only change the number in the bar. */
function showAtFirst({ ready, counts, shown }: Board, over: ReadonlySignal<boolean>): void {
  let arrived = false;
  effect(() => {
    if (arrived || !ready.value) return;
    arrived = true;
    const { open, detached } = counts.peek();
    if (open + detached > 0 && !over.peek() && !hidden()) shown.value = true;
  });
  over.subscribe((narrow) => {
    if (narrow) shown.value = false;
  });
}

/** Whoever puts the margin away finds it so the next time; where it lies over the text it always begins closed. */
function rememberHidden({ shown }: Board, over: ReadonlySignal<boolean>): void {
  let first = true;
  effect(() => {
    const now = shown.value;
    if (!first && !over.peek()) {
      if (now) localStorage.removeItem(hiddenKey);
      else localStorage.setItem(hiddenKey, "1");
    }
    first = false;
  });
}
