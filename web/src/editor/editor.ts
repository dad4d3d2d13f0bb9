/**
 * The source: CodeMirror on the shared text.
 *
 * Puts the pieces of this folder together and answers with one handle. Invariant: whether one may write is decided by
 * the session and the page together, in one compartment, and never before the text is here. Next: `language.ts`, `lists.ts`, `carets.ts`, `actions.ts`.
 */
import { computed, type ReadonlySignal, effect, signal } from "@preact/signals";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { dropCursor, drawSelection, EditorView, highlightSpecialChars, placeholder as placeholderText } from "@codemirror/view";
import type { DocumentSession } from "../session/session";
import { type Actions, actions as actionsOf } from "./actions";
import { type ArrivalSurface, arriving, type Uploading } from "./arrivals";
import { remoteCarets } from "./carets";
import { collab } from "./collab";
import { type CommandName, commands } from "./commands";
import { composition, finishComposing } from "./composition";
import { direction, speak, type Tongue } from "./direction";
import { emoji } from "./emoji";
import { highlighting } from "./highlight";
import { keys } from "./keys";
import { markdown } from "./language";
import { lines } from "./lines";
import { noteMarks } from "./notes";
import { pasting } from "./paste";
import { steady } from "./steady";
import type { NoteSurface } from "./surface";
import { theme } from "./theme";

export interface Position {
  line: number;
  column: number;
  /** Characters. */
  selected: number;
}

export interface EditorHandle extends ArrivalSurface {
  readonly view: EditorView;
  run(command: CommandName): void;
  /** What is already there where the caret is: pressed buttons. */
  readonly active: ReadonlySignal<ReadonlySet<CommandName>>;
  /** There is something to redo. */
  readonly redoable: ReadonlySignal<boolean>;
  focus(): void;
  /** A new object whenever the text or the selection changed. */
  readonly position: ReadonlySignal<Position>;
  setWritable(writable: boolean): void;
  /** What the front matter says of language and direction. */
  speak(tongue: Tongue): void;
  destroy(): void;
  readonly notes: NoteSurface;
  readonly scroll: {
    /** The source line at the top edge, from 0, with a fraction. */
    topLine(): number;
    toLine(line: number): void;
    /** Exactly, however far it is: heights of what has not been drawn are guesses until then. */
    goTo(line: number): void;
  };
  /** Scrolls so that an offset stands so far below the top edge, and puts the caret somewhere, or leaves it. */
  bringTo(offset: number, px: number, caret: number | null): void;
}

export interface EditorOptions {
  /** For the style elements CodeMirror makes. */
  nonce: string;
  placeholder?: string;
  uploading: Uploading;
  /** HTML as nodes that nothing happens to. */
  inert(html: string): DocumentFragment;
  /** Markdown files were pasted. */
  onTexts(files: readonly File[]): void;
  /** What was pasted became Markdown. */
  onConverted(): void;
}

export function mountEditor(parent: HTMLElement, session: DocumentSession, options: EditorOptions): EditorHandle {
  const history = collab(session.text);
  const actions = actionsOf(history);
  const notes = noteMarks();
  const arrivals = arriving(options.uploading, history.cut);
  const allowed = signal(true);
  const phase = phases(session, allowed, options.placeholder ?? "");
  const caret = watchCaret(actions);
  let made: EditorView | null = null;
  const stopSettling = steady(session.text, () => made);
  const view = (made = new EditorView({
    parent,
    state: EditorState.create({
      doc: session.text.toString(),
      extensions: [
        EditorView.cspNonce.of(options.nonce),
        phase.extension,
        history.extension,
        composition({ hold: session.hold, whole: history.whole }),
        remoteCarets(session),
        notes.extension,
        keys(actions),
        arrivals.extension,
        pasting({ ...options, attach: arrivals.attach, cut: history.cut }),
        markdown(),
        direction(),
        emoji(),
        looks(),
        caret.extension,
      ],
    }),
  }));

  const stop = phase.follow(view);

  return {
    view,
    position: caret.position,
    run: (command) => actions[command].run(view),
    active: caret.active,
    redoable: history.redoable,
    focus: () => view.focus(),
    notes: notes.surface(view),
    ...arrivals.surface(view),
    speak: (tongue) => speak(view, tongue),
    setWritable: (writable) => void (allowed.value = writable),
    scroll: { topLine: () => topLine(view), toLine: (line) => toLine(view, line), goTo: (line) => goTo(view, line) },
    bringTo: (offset, px, to) => bringTo(view, offset, px, to),
    destroy() {
      stop();
      stopSettling();
      view.destroy();
    },
  };
}

type Phase = "arriving" | "reading" | "writing";

/** Before the text is here an empty source says nothing: what is typed into it would land before or after all of it. */
function phaseOf({ here, writable }: DocumentSession, allowed: boolean): Phase {
  if (!here.value) return "arriving";
  return allowed && writable.value ? "writing" : "reading";
}

/** What follows from the phase, and keeps following it. */
function phases(session: DocumentSession, allowed: ReadonlySignal<boolean>, placeholder: string) {
  const part = new Compartment();
  const now = computed(() => phaseOf(session, allowed.value));
  let known = now.peek();
  return {
    extension: part.of(allowing(known, placeholder)),
    follow: (view: EditorView) =>
      effect(() => {
        if (now.value === known) return;
        known = now.value;
        finishComposing(view);
        view.dispatch({ effects: part.reconfigure(allowing(known, placeholder)) });
      }),
  };
}

function allowing(phase: Phase, placeholder: string): Extension {
  if (phase === "writing") return placeholderText(placeholder);
  return [EditorState.readOnly.of(true), EditorView.editable.of(false)];
}

function looks(): Extension {
  // On touch, and in the system's own colours, the system's own selection, with its handles and menu.
  const native = matchMedia("(pointer: coarse), (forced-colors: active)").matches;
  return [
    theme,
    highlighting,
    lines,
    highlightSpecialChars(),
    EditorView.lineWrapping,
    EditorState.allowMultipleSelections.of(!native),
    native ? EditorView.scrollMargins.of(() => caretRoom) : [drawSelection({ cursorBlinkRate: blinkRate() }), dropCursor()],
    EditorView.contentAttributes.of({
      "aria-label": "Markdown source",
      // In the page, beside the source (ui/document/panes.tsx).
      "aria-describedby": "source-keys",
      tabindex: "0",
      spellcheck: "true",
      autocorrect: "on",
      autocapitalize: "sentences",
      writingsuggestions: "true",
      enterkeyhint: "enter",
    }),
  ];
}

/** A caret that is shown again does not stand right at a bar. */
const caretRoom = { top: 8, bottom: 12 };

function blinkRate(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 1_200;
}

/** Where the caret is, and what is already there. */
function watchCaret(actions: Actions) {
  const position = signal<Position>({ line: 1, column: 1, selected: 0 });
  const active = signal<ReadonlySet<CommandName>>(new Set());
  const extension = EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
    if (!docChanged && !selectionSet) return;
    position.value = positionOf(state);
    const now = activeIn(state, actions);
    if (!same(now, active.peek())) active.value = now;
  });
  return { position, active, extension };
}

function activeIn(state: EditorState, actions: Actions): Set<CommandName> {
  return new Set(commands.flatMap(({ name }) => (actions[name].active?.(state) ? [name] : [])));
}

function same<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  return a.size === b.size && [...a].every((it) => b.has(it));
}

function positionOf({ doc, selection: { main } }: EditorState): Position {
  const line = doc.lineAt(main.head);
  return { line: line.number, column: main.head - line.from + 1, selected: main.to - main.from };
}

function topLine(view: EditorView): number {
  const height = Math.max(0, view.scrollDOM.scrollTop - view.documentPadding.top);
  const block = view.lineBlockAtHeight(height);
  const within = block.height > 0 ? Math.min(1, Math.max(0, (height - block.top) / block.height)) : 0;
  return view.state.doc.lineAt(block.from).number - 1 + within;
}

function toLine(view: EditorView, line: number): void {
  const { doc } = view.state;
  const number = Math.min(Math.max(Math.floor(line) + 1, 1), doc.lines);
  const block = view.lineBlockAt(doc.line(number).from);
  const within = Math.min(1, Math.max(0, line + 1 - number));
  view.scrollDOM.scrollTop = line <= 0 ? 0 : block.top + block.height * within + view.documentPadding.top;
}

function bringTo(view: EditorView, offset: number, yMargin: number, caret: number | null): void {
  view.dispatch({
    effects: EditorView.scrollIntoView(offset, { y: "start", yMargin }),
    ...(caret === null ? {} : { selection: { anchor: caret } }),
  });
}

const goneToPx = 24;

function goTo(view: EditorView, line: number): void {
  const { doc } = view.state;
  const { from } = doc.line(Math.min(Math.max(Math.floor(line) + 1, 1), doc.lines));
  view.dispatch({ effects: EditorView.scrollIntoView(from, { y: "start", yMargin: goneToPx }) });
}
