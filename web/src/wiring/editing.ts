/** The editor of a document page: loaded when one may write, and what it asks of the page. For the page's entry. */
import { effect, type ReadonlySignal, type Signal } from "@preact/signals";
import type { EditorHandle } from "../editor/editor";
import { inert } from "../preview/patch";
import type { PreviewHandle } from "../preview/preview";
import { type Linked, linkScroll } from "../preview/scroll";
import type { DocumentSession } from "../session/session";
import type { Uploads } from "../session/uploads";
import { keycaps } from "../ui/chord";
import type { Queueing } from "./queueing";
import { uploadingFor } from "../ui/document/attaching";
import type { Desk } from "../ui/document/desk";
import { keys } from "../ui/document/more";
import type { View } from "../ui/document/view";
import { toast } from "../ui/toasts";

export interface EditingParts {
  desk: Desk;
  session: DocumentSession;
  uploads: Uploads;
  /** null: nothing is kept here. */
  queueing: Queueing | null;
  source: HTMLElement;
  editor: Signal<EditorHandle | null>;
  preview: ReadonlySignal<PreviewHandle | null>;
  scroll: Signal<Linked | null>;
  view: ReadonlySignal<View>;
  guest: boolean;
  /** Resolves when the text is here: an editor never shows an older one than the page. */
  here(): Promise<void>;
}

/** The editor comes as soon as one may write, and stays; it locks by itself when the session says so. */
export function bringEditor(parts: EditingParts): void {
  const { desk, session } = parts;
  let coming = false;
  effect(() => {
    if (!desk.writes.value || coming) return;
    coming = true;
    parts.source.setAttribute("aria-busy", "true");
    mount(parts)
      .catch(() => toast("The editor could not be loaded. Reload the page to try again."))
      .finally(() => {
        parts.source.removeAttribute("aria-busy");
        session.notes.begin();
      });
  });
  // Notes come after what they are about: the text, and for those who write the editor.
  void parts.here().then(() => {
    if (!desk.writes.peek()) session.notes.begin();
  });
}

async function mount({ desk, session, uploads, queueing, source, editor, preview, scroll, view, guest, here }: EditingParts): Promise<void> {
  const [{ mountEditor }] = await Promise.all([import("../editor/editor"), here()]);
  const kept = queueing?.keepUploads(uploads) ?? null;
  const mounted = mountEditor(source, session, {
    nonce: document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "",
    placeholder: "Start by entering a title here",
    inert,
    uploading: uploadingFor(uploads, kept),
    onTexts: desk.bring,
    onConverted: sayOnce,
  });
  editor.value = mounted;
  kept?.resume((upload, spot) => mounted.resume(upload, spot));
  if (preview.value) scroll.value = linkScroll(mounted, preview.value);
  effect(() => {
    const tongue = preview.value?.tongue.value;
    if (tongue) mounted.speak(tongue);
  });
  const elsewhere = document.activeElement !== document.body;
  if (desk.text() === "" && !guest && view.value !== "view" && !elsewhere) mounted.focus();
}

/** That formatted text becomes Markdown is told once on a device. */
function sayOnce(): void {
  const key = "galley-pasted";
  if (localStorage.getItem(key) !== null) return;
  localStorage.setItem(key, "1");
  toast(`Pasted as Markdown. ${keycaps(keys.pastePlain).join("-")} pastes plain text.`);
}
