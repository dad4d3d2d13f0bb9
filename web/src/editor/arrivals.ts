/**
 * Pictures and files on their way into the text. Until one is stored nobody else sees anything of it: here it is drawn
 * below the line it belongs to, at a place that moves with the text. Once stored it is written there, in one edit.
 *
 * Invariant: what comes to one place keeps the order in which it was brought, whichever is stored first, and is written
 * once or never. Next: `session/uploads.ts`, `paste.ts`.
 */
import { effect, untracked } from "@preact/signals";
import { EditorSelection, type EditorState, type Extension, type Range, StateEffect, StateField, type TransactionSpec } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";
import type { StoredFile } from "../session/api";
import type { Upload } from "../session/uploads";
import { altOf, nameOf } from "./names";

export interface Attachment {
  body: Blob;
  name: string;
}

/** What the page does for the editor: it sends, and it draws. */
export interface Uploading {
  add(attachments: readonly Attachment[]): readonly Upload[];
  /** Shows an upload in an element; the answer stops it. */
  draw(upload: Upload, into: HTMLElement): () => void;
}

export type Where = { kind: "caret" } | { kind: "end" } | { kind: "at"; offset: number } | { kind: "point"; x: number; y: number };

/** What the page can bring into the text. */
export interface ArrivalSurface {
  /** Pictures and files to a place: sent first, written when they are stored. */
  attach(attachments: readonly Attachment[], where: Where): void;
  /** What is stored already, as an edit of its own. */
  insert(text: string, where: Where): void;
}

/** Those that came to one place: how they stand apart, and which have been written. */
interface Row {
  /** Paragraphs of their own, or in a line. */
  between: "\n\n" | " ";
  readonly written: Set<number>;
  size: number;
}

export interface Arrival {
  readonly upload: Upload;
  readonly at: number;
  readonly row: Row;
}

interface Landing {
  id: number;
  at: number;
  /** What was brought before it comes after so many characters of what is written, */
  before: number;
  /** what was brought after it after so many. */
  after: number;
}

const come = StateEffect.define<readonly Arrival[]>();
const landing = StateEffect.define<Landing>();
const gone = StateEffect.define<number>();

export const arrivals = StateField.define<readonly Arrival[]>({
  create: () => [],
  update(before, { changes, docChanged, effects }) {
    const landed = effects.find((it) => it.is(landing))?.value as Landing | undefined;
    let next = docChanged
      ? before.map((it) => {
          if (landed?.at !== it.at) return { ...it, at: changes.mapPos(it.at, -1) };
          return { ...it, at: it.at + (it.upload.id < landed.id ? landed.before : landed.after) };
        })
      : before;
    if (landed) next = next.filter(({ upload }) => upload.id !== landed.id);
    for (const it of effects) {
      if (it.is(come)) next = [...next, ...it.value];
      else if (it.is(gone)) next = next.filter(({ upload }) => upload.id !== it.value);
    }
    return next;
  },
});

/** `cut`: what follows is undone on its own. */
export function arriving(uploading: Uploading, cut: () => void) {
  const widgets = EditorView.decorations.compute([arrivals, "doc"], (state) => {
    const drawn = state.field(arrivals).map(({ upload, at }): Range<Decoration> => {
      const widget = new ArrivalWidget(upload, uploading);
      return Decoration.widget({ widget, block: true, side: 1 }).range(state.doc.lineAt(at).to);
    });
    return Decoration.set(drawn, true);
  });
  // What was stored while nobody might write here is written as soon as one may.
  const again = EditorView.updateListener.of(({ startState, state, view }) => {
    if (!startState.readOnly || state.readOnly) return;
    queueMicrotask(() => state.field(arrivals).forEach(({ upload }) => settle(view, upload, cut)));
  });
  const attach = (view: EditorView, attachments: readonly Attachment[], where: Where) => {
    if (attachments.length === 0) return;
    const { at, between } = placeOf(view, where);
    const uploads = uploading.add(attachments);
    const neighbour = view.state.field(arrivals).find((it) => it.at === at)?.row;
    const row = neighbour ?? { between, written: new Set(), size: 0 };
    row.size += uploads.length;
    view.dispatch({ effects: come.of(uploads.map((upload) => ({ upload, at, row }))) });
    for (const upload of uploads) watch(view, upload, cut);
  };
  return {
    extension: [arrivals, widgets, again] satisfies Extension,
    attach,
    surface: (view: EditorView): ArrivalSurface => ({
      attach: (attachments, where) => attach(view, attachments, where),
      insert(text, where) {
        cut();
        view.dispatch(inserted(view, text, where));
        cut();
      },
    }),
  };
}

function placeOf(view: EditorView, where: Where): { at: number; between: Row["between"] } {
  const { state } = view;
  const at = offsetOf(view, where);
  const line = state.doc.lineAt(at);
  const alone = line.text.trim() === "" || where.kind === "end";
  return { at, between: alone ? "\n\n" : " " };
}

function offsetOf(view: EditorView, where: Where): number {
  const { doc, selection } = view.state;
  if (where.kind === "at") return Math.min(where.offset, doc.length);
  if (where.kind === "point") return view.posAtCoords(where, false);
  return where.kind === "caret" ? selection.main.to : doc.length;
}

function watch(view: EditorView, upload: Upload, cut: () => void): void {
  const stop = effect(() => {
    const { kind } = upload.state.value;
    if (kind !== "stored" && kind !== "cancelled") return;
    // Not within whatever the editor may be doing just now.
    untracked(() => queueMicrotask(() => (stop(), settle(view, upload, cut))));
  });
}

function settle(view: EditorView, upload: Upload, cut: () => void): void {
  const state = upload.state.peek();
  const arrival = view.state.field(arrivals).find((it) => it.upload === upload);
  if (!arrival) return;
  if (state.kind === "cancelled") {
    arrival.row.size -= 1;
    return view.dispatch({ effects: gone.of(upload.id) });
  }
  if (state.kind !== "stored" || view.state.readOnly) return;
  if (view.compositionStarted) {
    // A change beside a word that is being composed would write it twice.
    view.contentDOM.addEventListener("compositionend", () => setTimeout(() => settle(view, upload, cut)), { once: true });
    return;
  }
  cut();
  view.dispatch(landed(view.state, arrival, state.file, view.hasFocus));
  cut();
}

/** The edit that writes one of them. */
export function landed(state: EditorState, { upload, at, row }: Arrival, file: StoredFile, focused: boolean): TransactionSpec {
  const label = file.picture ? altOf(upload.name) : nameOf(upload.name);
  const text = `${file.picture ? "!" : ""}[${label}](${file.url})`;
  const earlier = [...row.written].some((id) => id < upload.id);
  const later = [...row.written].some((id) => id > upload.id);
  const lead = earlier ? row.between : gapBefore(state, at, row);
  const trail = earlier ? gapAfter(state, at, " ") : later ? row.between : gapAfter(state, at, " ");
  row.written.add(upload.id);
  const insert = lead + text + trail;
  const { main } = state.selection;
  const here = main.empty && main.head === at;
  const start = at + lead.length;
  const words = start + text.indexOf("[") + 1;
  const chosen = focused && row.size === 1 && file.picture !== null;
  const selection = chosen ? EditorSelection.range(words, words + label.length) : EditorSelection.cursor(start + text.length);
  return {
    changes: { from: at, insert },
    effects: landing.of({ id: upload.id, at, before: earlier ? 0 : lead.length, after: lead.length + text.length }),
    ...(here ? { selection, scrollIntoView: true } : {}),
    userEvent: "input.attach",
  };
}

/** A picture or file that is stored already, written as if it had just come. */
function inserted(view: EditorView, text: string, where: Where): TransactionSpec {
  const { at, between } = placeOf(view, where);
  const lead = gapBefore(view.state, at, { between, written: new Set(), size: 1 });
  const insert = lead + text + gapAfter(view.state, at, " ");
  return { changes: { from: at, insert }, selection: { anchor: at + lead.length + text.length }, scrollIntoView: true, userEvent: "input.attach" };
}

function gapBefore(state: EditorState, at: number, row: Row): string {
  const before = state.sliceDoc(Math.max(0, at - 2), at);
  if (before === "" || before.endsWith("\n\n")) return "";
  const inText = state.doc.lineAt(at).text.slice(0, at - state.doc.lineAt(at).from).trim() !== "";
  if (row.between === "\n\n" && inText) return "\n\n";
  if (row.between === "\n\n" && at === state.doc.length && before.endsWith("\n") && state.doc.lineAt(at - 1).text.trim() !== "") return "\n";
  return /\S$/.test(before) ? " " : "";
}

function gapAfter(state: EditorState, at: number, gap: string): string {
  return /[\p{L}\p{N}![(*_`]/u.test(state.sliceDoc(at, at + 1)) ? gap : "";
}

class ArrivalWidget extends WidgetType {
  constructor(
    private readonly upload: Upload,
    private readonly uploading: Uploading,
  ) {
    super();
  }

  override eq(other: ArrivalWidget): boolean {
    return other.upload === this.upload;
  }

  override get estimatedHeight(): number {
    return 56;
  }

  override toDOM(view: EditorView): HTMLElement {
    const dom = document.createElement("div");
    dom.className = "cm-arrival";
    const stop = this.uploading.draw(this.upload, dom);
    const size = new ResizeObserver(() => view.requestMeasure());
    size.observe(dom);
    stops.set(dom, () => (stop(), size.disconnect()));
    return dom;
  }

  override destroy(dom: HTMLElement): void {
    stops.get(dom)?.();
  }

  /** Presses and keys in it are its own. */
  override ignoreEvent(): boolean {
    return true;
  }
}

const stops = new WeakMap<HTMLElement, () => void>();
