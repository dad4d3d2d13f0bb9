/** Who wrote this, and what changed since one last looked: brings the parts that draw when they are wanted. For the page's entry. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { EditorHandle } from "../editor/editor";
import type { Painting } from "../preview/painting";
import type { PreviewHandle } from "../preview/preview";
import { watchAbsence } from "./away";
import { api, type Me, type Passage, type Saying } from "../session/api";
import type { Authorship } from "../session/authorship";
import { browser } from "../session/browser";
import { dismiss, isDismissed } from "../session/dismissed";
import type { DocumentSession } from "../session/session";
import { createWhoWrote, type WhoWrote } from "../ui/document/authors/authors";
import { createSince, type Since } from "../ui/document/since/since";
import type { View } from "../ui/document/view";
import { canWrite } from "../ui/roles";
import { toast } from "../ui/toasts";

export interface AuthoringParts {
  document: { id: string };
  me: ReadonlySignal<Me>;
  session: DocumentSession;
  editor: ReadonlySignal<EditorHandle | null>;
  preview: ReadonlySignal<PreviewHandle | null>;
  view: ReadonlySignal<View>;
  /** Resolves when the text is here. */
  here(): Promise<void>;
  reveal(span: { from: number; to: number }): void;
  /** Where the page's text came from. */
  from: "server" | "device";
  notes: {
    post(note: Saying & Passage): Promise<void>;
    show(note: string): void;
  };
}

export interface Authoring {
  who: WhoWrote;
  since: Since;
}

/** What both rest on, made once. */
interface Ground {
  authorship: Authorship;
  painting: ReadonlySignal<Painting | null>;
  /** What a press on the text is for. */
  onPress(pressed: (offset: number) => void): void;
}

export function createAuthoring(parts: AuthoringParts): Authoring {
  const { document: { id }, session, editor, view } = parts;
  const text = () => session.text.toString();
  const ground = once(() => lay(parts));
  // Where there is only the text there are no bars to do without the tint.
  const only = computed(() => view.value === "view" || !canWrite(session.role.value));
  const who = createWhoWrote(only, () => void sayLine(parts, ground).catch(unloaded));
  const draw = once(async () => {
    await parts.here();
    const [{ drawAuthors }, { authorship, painting, onPress }] = await Promise.all([import("../ui/document/authors/draw"), ground()]);
    onPress(drawAuthors({ who, authorship, editor, painting, text }));
  });
  effect(() => {
    if (who.shown.value === "shown") void draw().catch(unloaded);
  });

  const keyboard = () => !matchMedia("(pointer: coarse)").matches;
  const seen = () => {
    dismiss(id, text());
    void api.seen(id).catch(() => undefined); // this device remembers it
  };
  const since = createSince(seen, keyboard);
  if (parts.from === "server") void lookBack(parts, since, ground).catch(() => undefined); // a page without it is whole
  watchAbsence({
    ...parts,
    async ground() {
      const { authorship, painting } = await ground();
      return { since, session, authorship, editor, painting, reveal: parts.reveal };
    },
  });
  return { who, since };
}

async function lay({ document: { id }, me, session, preview }: AuthoringParts): Promise<Ground> {
  const [{ watchAuthorship }, { createPainting }] = await Promise.all([import("../session/authorship"), import("../preview/painting")]);
  const { text, awareness } = session;
  let press = (_offset: number): void => undefined;
  const painting = signal<Painting | null>(null);
  effect(() => {
    const made = preview.value && createPainting(preview.value.canvas, (offset) => press(offset));
    painting.value = made;
    return () => made?.destroy();
  });
  return {
    authorship: watchAuthorship({ text, awareness, me, load: () => api.authors(id), world: browser }),
    painting: computed(() => painting.value),
    onPress: (pressed) => void (press = pressed),
  };
}

async function lookBack(parts: AuthoringParts, since: Since, ground: () => Promise<Ground>): Promise<void> {
  const { document: { id }, me, session, editor, reveal } = parts;
  if (me.peek().kind === "nobody") return;
  const { at_ms: at, text } = await api.since(id);
  await serverTold(session);
  const now = session.text.toString();
  if (at === null || text === null || text === now || isDismissed(id, now)) return;
  const [{ findChanges }, { authorship, painting }] = await Promise.all([import("../ui/document/since/find"), ground()]);
  await findChanges({ since, session, authorship, editor, painting, reveal }, text, at);
}

/** What is kept on the device is older than what the server compares with. */
function serverTold({ synced }: DocumentSession): Promise<void> {
  return new Promise((done) => {
    effect(() => {
      if (synced.value) done();
    });
  });
}

/** Who wrote the line the caret is in. */
async function sayLine({ editor }: AuthoringParts, ground: () => Promise<Ground>): Promise<void> {
  const state = editor.peek()?.view.state;
  if (!state) return;
  const line = state.doc.lineAt(state.selection.main.head);
  const [{ sharesIn }, { sentence }, { authorship }] = await Promise.all([import("../session/authorship"), import("../ui/document/authors/sentence"), ground()]);
  const shares = sharesIn(await authorship.settled(), line.from, line.to);
  toast(sentence(shares.map(({ author, part }) => ({ name: authorship.person(author ?? "").display, part }))));
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}

function unloaded(): void {
  toast("Who wrote this could not be loaded. Reload the page to try again.");
}
