/**
 * The state of a document page, and everything one can do on it. The components below it show this and call it; the
 * page's entry makes it from a session, an editor and a preview. Nothing here knows the network.
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Attachment, Where } from "../../editor/arrivals";
import { type Document, type LinkRole, type Me, exportPath, type StoredFile } from "../../session/api";
import type { DocumentSession } from "../../session/session";
import type { Uploads } from "../../session/uploads";
import type { EditorHandle } from "../../editor/editor";
import type { PreviewHandle } from "../../preview/preview";
import type { Linked } from "../../preview/scroll";
import type { Question } from "../ask";
import { copy } from "../copy";
import type { Noting } from "../notes/surfaces";
import { canWrite } from "../roles";
import { share } from "../share/system";
import { toast } from "../toasts";
import type { WhoWrote } from "./authors/authors";
import { attachmentsOf, caretOrEnd, choose } from "./attaching";
import { download, downloadFrom, fileName, type NotesAs } from "./files";
import { type FilesList, textOf } from "./files-list";
import { printText } from "./paper";
import { renaming, type TextEdit } from "./rename";
import { answer } from "./save-state";
import type { Since } from "./since/since";
import type { Outline } from "./outline/state";
import type { Slides } from "./slides/deck";
import { enterSlides, leaveSlides } from "./slides/enter";
import type { Together } from "./together/together";
import type { View } from "./view";

export type Overlay =
  | { kind: "none" }
  | { kind: "share" }
  | { kind: "ask-access" }
  | { kind: "palette" }
  | { kind: "help" }
  | { kind: "cheat-sheet" }
  | { kind: "name" }
  | { kind: "name-version" }
  | { kind: "files" }
  | { kind: "picture" }
  | { kind: "ask"; question: Question };

/** What the page is made of. The editor arrives later than the text, and only for those who may write. */
export interface DeskParts {
  document: Document;
  me: Signal<Me>;
  session: DocumentSession;
  /** The scrolling sheet with the rendered text in it, and the place for the source. */
  sheet: HTMLElement;
  article: HTMLElement;
  source: HTMLElement;
  editor: ReadonlySignal<EditorHandle | null>;
  preview: ReadonlySignal<PreviewHandle | null>;
  scroll: ReadonlySignal<Linked | null>;
  empty: ReadonlySignal<boolean>;
  view: Signal<View>;
  phone: ReadonlySignal<boolean>;
  together: Together;
  uploads: Uploads;
  files: FilesList;
  slides: Slides;
  outline: Outline;
  notes: Noting;
  who: WhoWrote;
  since: Since;
  /** What there is of the text beside this page. */
  beside: { shared(): Promise<string | null>; forget: (() => Promise<void>) | null };
  /** The role whoever looks has asked for. */
  asked: Signal<LinkRole | null>;
  /** How many people wait for the owner's answer. */
  waiting: ReadonlySignal<number>;
  /** Asks for more access. */
  ask(role: LinkRole, message: string): Promise<void>;
  trash(): Promise<void>;
  nameMe(display: string): Promise<void>;
  /** Takes a version of the text as it is now, under a name. */
  nameVersion(name: string): Promise<unknown>;
}

export interface Desk extends DeskParts, TextActions {
  overlay: ReadonlySignal<Overlay>;
  /** The title is being changed in its place. */
  renaming: Signal<boolean>;
  title: ReadonlySignal<string>;
  /** The role allows writing. */
  writes: ReadonlySignal<boolean>;
  /** An edit would be taken just now. */
  writable: ReadonlySignal<boolean>;
  /** The view as it can be had: without the right to write there is only the text. */
  shown: ReadonlySignal<View>;
  owner: ReadonlySignal<boolean>;
  /** There is more to be asked for than whoever looks may do. */
  asks: ReadonlySignal<boolean>;
  text(): string;
  edit(change: TextEdit): void;
  open(overlay: Overlay): void;
  close(): void;
  /** And gives the source the focus. */
  show(view: View): void;
  /** Without the focus: no keyboard comes. */
  look(view: View): void;
  /** The text as slides, and back. */
  present(): void;
  leaveSlides(): void;
  rename(title: string): void;
  saySaved(): void;
  askTrash(): void;
  /** Whether own edits that the server will not take may be let go of. */
  askDiscard(): void;
  /** Asks the owner for more; null when there is nothing more to ask for. */
  wayToMore: ReadonlySignal<(() => void) | null>;
  /** Gives the focus to the source, or where there is none to the text. */
  toText(): void;
  setName(display: string): void;
  /** The sentence why not, or null. */
  askAccess(role: LinkRole, message: string): Promise<string | null>;
}

export function createDesk(parts: DeskParts): Desk {
  const { session, editor, preview, document: record } = parts;
  const overlay = signal<Overlay>({ kind: "none" });
  const title = computed(() => {
    const stats = preview.value?.stats.value;
    // Until the text has been rendered here, its title is the one the server knew.
    const rendered = stats && (stats.words > 0 || parts.empty.value);
    return session.here.value && rendered ? (stats.title ?? "") : record.title;
  });
  const text = () => session.text.toString();
  const edit = (change: TextEdit) => {
    if (editor.value) return editor.value.view.dispatch({ changes: change });
    // It has not come yet, and shows the text as it will be then.
    session.doc.transact(() => {
      session.text.delete(change.from, change.to - change.from);
      session.text.insert(change.from, change.insert);
    });
  };
  const writes = computed(() => canWrite(session.role.value));
  const open = (next: Overlay) => void (overlay.value = next);
  const asks = computed(() => parts.me.value.kind !== "nobody" && !canWrite(session.role.value));

  return {
    ...parts,
    ...textActions({ parts, title, text, edit, open }),
    overlay,
    renaming: signal(false),
    title,
    writes,
    writable: session.writable,
    shown: computed(() => (writes.value && !parts.slides.on.value && !tooEarly(parts) ? parts.view.value : "view")),
    owner: computed(() => session.role.value === "own"),
    asks,
    wayToMore: computed(() => (asks.value ? () => open({ kind: "ask-access" }) : null)),
    text,
    edit,
    open,
    close: () => open({ kind: "none" }),
    show(view) {
      parts.view.value = view;
      // In the same turn as the press, or a phone does not open its keyboard.
      if (view === "edit") editor.value?.focus();
    },
    look: (view) => void (parts.view.value = view),
    present: () => enterSlides(parts),
    leaveSlides: () => leaveSlides(parts),
    toText() {
      if (writes.peek() && parts.view.peek() !== "view" && editor.peek()) editor.peek()?.focus();
      else parts.sheet.focus({ preventScroll: true });
    },
    rename: (next) => edit(renaming(text(), next)),
    saySaved: () => toast(answer(session.saved.value)),
    askDiscard: () => open({ kind: "ask", question: discardQuestion(() => void discard(parts).catch(failed)) }),
    askTrash: () => open({ kind: "ask", question: trashQuestion(() => void parts.trash().catch(failed)) }),
    askAccess: (role, message) => askAccess(parts, role, message),
    setName: (display) => void parts.nameMe(display).catch(failed),
  };
}

async function askAccess(parts: DeskParts, role: LinkRole, message: string): Promise<string | null> {
  try {
    await parts.ask(role, message);
    parts.asked.value = role;
    toast(`Asked. ${parts.document.owner.display} will see it on this document.`);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "That did not work. Try again.";
  }
}

/** A text that can be read already does not give way to a source that is still on its way. */
function tooEarly({ editor, phone, empty }: DeskParts): boolean {
  return phone.value && !editor.value && !empty.value;
}

/** What can be done with the text as a whole: taken away, or brought in. */
interface TextActions {
  downloadMarkdown(): void;
  /** As the server makes it: self-contained. */
  downloadAs(format: "html" | "zip"): void;
  downloadWithNotes(as: NotesAs): void;
  copyText(): Promise<void>;
  copyAddress(): Promise<void>;
  /** By the system's own sheet. */
  shareAddress(): Promise<void>;
  /** Markdown into the text. */
  bring(files: readonly File[]): Promise<void>;
  /** Pictures and files, to a place or to the caret. */
  attach(attachments: readonly Attachment[], where?: Where): void;
  chooseFiles(): void;
  print(): void;
  insertFile(file: StoredFile): void;
}

interface TextParts {
  parts: DeskParts;
  title: ReadonlySignal<string>;
  text(): string;
  edit(change: TextEdit): void;
  open(overlay: Overlay): void;
}

function textActions({ parts, title, text, edit, open }: TextParts): TextActions {
  const name = () => title.value || "Untitled";
  const attach = (attachments: readonly Attachment[], where?: Where) => {
    const editor = parts.editor.value;
    if (editor) editor.attach(attachments, where ?? caretOrEnd(editor));
    else toast(notYet);
  };
  return {
    downloadMarkdown: () => download(fileName(name(), "md"), "text/markdown;charset=utf-8", text()),
    downloadAs: (format) => downloadFrom(exportPath(parts.document.id, { format })),
    downloadWithNotes: (notes) => downloadFrom(exportPath(parts.document.id, { notes })),
    async copyText() {
      toast((await copy(text())) ? "The text is on the clipboard." : "The browser did not allow copying.");
    },
    async copyAddress() {
      const done = await copy(new URL(parts.document.url, location.href).href);
      toast(done ? "Copied. It opens for people who already have access." : "The browser did not allow copying.");
    },
    shareAddress: () => share(name(), new URL(parts.document.url, location.href).href),
    async bring(files) {
      const [file] = files;
      if (!file) return toast("Only Markdown files (.md) can be brought in.");
      const brought = await file.text();
      if (text().length === 0) edit({ from: 0, to: 0, insert: brought });
      else open({ kind: "ask", question: whereTo(file.name, brought, text, edit) });
    },
    attach,
    print: () => void printText(parts.article),
    chooseFiles: () => choose(null, "files", (files) => attach(attachmentsOf(files))),
    insertFile(file) {
      const editor = parts.editor.value;
      if (!editor) return toast(notYet);
      open({ kind: "none" });
      editor.insert(textOf(file), caretOrEnd(editor));
      editor.focus();
    },
  };
}

const notYet = "The editor is still being loaded. Try again in a moment.";

function discardQuestion(run: () => void): Question {
  return {
    title: "Discard your unsaved edits?",
    sentence: "They are deleted from this device and cannot be brought back. Copy the text first to keep them. What the server has stays as it is.",
    answers: [{ label: "Discard them", primary: true, run }],
  };
}

async function discard({ beside }: DeskParts): Promise<void> {
  await beside.forget?.();
  location.reload();
}

function trashQuestion(run: () => void): Question {
  return {
    title: "Move to the trash?",
    sentence: "Everybody loses access until you restore it. It stays in your trash, with all its links.",
    answers: [{ label: "Move to trash", primary: true, run }],
  };
}

function whereTo(name: string, brought: string, text: () => string, edit: (change: TextEdit) => void): Question {
  return {
    title: `Bring in ${name}`,
    sentence: "This document has text already. Others who are here see the change at once; undo takes it back.",
    answers: [
      { label: "Replace the text", run: () => edit({ from: 0, to: text().length, insert: brought }) },
      {
        label: "Add at the end",
        primary: true,
        run: () => edit({ from: text().length, to: text().length, insert: gap(text()) + brought }),
      },
    ],
  };
}

/** What belongs between a text and what follows it. */
function gap(text: string): string {
  if (text.endsWith("\n\n")) return "";
  return text.endsWith("\n") ? "\n" : "\n\n";
}

function failed(error: unknown): void {
  toast(error instanceof Error ? error.message : "That did not work. Try again.");
}
