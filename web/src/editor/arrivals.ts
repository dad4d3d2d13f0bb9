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
import { fileLabel, fileText, gapAfter, gapBefore } from "../session/landing";
import type { Upload } from "../session/uploads";

export interface Attachment {
  body: Blob;
  name: string;
}

/** A place in the text, and those that come to it together. */
export interface Spot {
  at: number;
  between: Row["between"];
  row: object;
}

/** What the page does for the editor: it sends, and it draws. */
export interface Uploading {
  add(attachments: readonly Attachment[], spot: Spot): readonly Upload[];
  /** The text has it now. */
  landed(upload: Upload): void;
  /** Shows an upload in an element; the answer stops it. */
  draw(upload: Upload, into: HTMLElement): () => void;
}

export type Where = { kind: "caret" } | { kind: "end" } | { kind: "at"; offset: number } | { kind: "point"; x: number; y: number };

/** What the page can bring into the text. */
export interface ArrivalSurface {
  /** Pictures and files to a place: sent first, written when they are stored. */
  attach(attachments: readonly Attachment[], where: Where): void;
  /** One that was on its way before this page began. */
  resume(upload: Upload, spot: Spot): void;
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
  const on: Settling = { cut, landed: (upload) => uploading.landed(upload) };
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
    queueMicrotask(() => state.field(arrivals).forEach(({ upload }) => settle(view, upload, on)));
  });
  const attach = (view: EditorView, attachments: readonly Attachment[], where: Where) => {
    if (attachments.length === 0) return;
    const { at, between } = placeOf(view, where);
    const neighbour = view.state.field(arrivals).find((it) => it.at === at)?.row;
    const row = neighbour ?? { between, written: new Set(), size: 0 };
    bring(view, uploading.add(attachments, { at, between: row.between, row }), at, row);
  };
  const bring = (view: EditorView, uploads: readonly Upload[], at: number, row: Row) => {
    row.size += uploads.length;
    view.dispatch({ effects: come.of(uploads.map((upload) => ({ upload, at, row }))) });
    for (const upload of uploads) watch(view, upload, on);
  };
  const resumed = new WeakMap<object, Row>();
  return {
    extension: [arrivals, widgets, again] satisfies Extension,
    attach,
    surface: (view: EditorView): ArrivalSurface => ({
      attach: (attachments, where) => attach(view, attachments, where),
      resume(upload, { at, between, row: key }) {
        const row = resumed.get(key) ?? { between, written: new Set(), size: 0 };
        resumed.set(key, row);
        bring(view, [upload], Math.min(at, view.state.doc.length), row);
      },
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

interface Settling extends Pick<Uploading, "landed"> {
  cut(): void;
}

function watch(view: EditorView, upload: Upload, on: Settling): void {
  const stop = effect(() => {
    const { kind } = upload.state.value;
    if (kind !== "stored" && kind !== "cancelled") return;
    // Not within whatever the editor may be doing just now.
    untracked(() => queueMicrotask(() => (stop(), settle(view, upload, on))));
  });
}

function settle(view: EditorView, upload: Upload, on: Settling): void {
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
    view.contentDOM.addEventListener("compositionend", () => setTimeout(() => settle(view, upload, on)), { once: true });
    return;
  }
  on.cut();
  view.dispatch(landed(view.state, arrival, state.file, view.hasFocus));
  on.cut();
  on.landed(upload);
}

/** The edit that writes one of them. */
export function landed(state: EditorState, { upload, at, row }: Arrival, file: StoredFile, focused: boolean): TransactionSpec {
  const label = fileLabel(upload.name, file);
  const text = fileText(upload.name, file);
  const earlier = [...row.written].some((id) => id < upload.id);
  const later = [...row.written].some((id) => id > upload.id);
  const lead = earlier ? row.between : gapAbove(state, at, row.between);
  const trail = later && !earlier ? row.between : gapBelow(state, at);
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
  const lead = gapAbove(view.state, at, between);
  const insert = lead + text + gapBelow(view.state, at);
  return { changes: { from: at, insert }, selection: { anchor: at + lead.length + text.length }, scrollIntoView: true, userEvent: "input.attach" };
}

function gapAbove(state: EditorState, at: number, between: Row["between"]): string {
  const head = state.sliceDoc(state.doc.lineAt(Math.max(0, at - 2)).from, at);
  return gapBefore(head, at === state.doc.length, between);
}

function gapBelow(state: EditorState, at: number): string {
  return gapAfter(state.sliceDoc(at, at + 1));
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
