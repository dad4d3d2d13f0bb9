/**
 * Others' edits wait while a word is being composed, and the word is one step of undo.
 *
 * A change at the caret in the middle of an input method's composition makes browsers write the word twice, or write
 * over what the other wrote. So what others write is held until the composition ends, or for two seconds: then it is
 * let in, and held again. What would touch the word itself waits while the word is worked on, ten seconds at most, and
 * then ends the composition first, as commands do: the word stays as it stands. Phones compose every word, and keep
 * composing while nothing is typed: then others are held for a moment only. Next: `session/touching.ts`.
 */
import type { Extension, Transaction } from "@codemirror/state";
import { type EditorView, type PluginValue, runScopeHandlers, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import type { Hold } from "../session/session";
import { isRemote } from "./collab";

const heldMax = 2_000;
/** While nothing is composed. */
const quietHeldMax = 250;
/** So often what touches the word waits again. */
const againMax = 4;

const enters: ReadonlySet<string> = new Set(["insertParagraph", "insertLineBreak"]);

export interface Timers {
  later(ms: number, run: () => void): () => void;
}

const timers: Timers = {
  later(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export interface Holding {
  start(): void;
  /** Something was composed. */
  changed(): void;
  end(): void;
}

export interface Way {
  hold(): Hold;
  /** What waits would change what is composed. */
  inTheWay(held: Hold): boolean;
  /** Ends the composition. */
  finish(): void;
}

/** The rule itself, without a view. */
export function holding(way: Way, { later }: Timers = timers): Holding {
  let held: Hold | null = null;
  let composed = false;
  let again = 0;
  let period = heldMax;
  let cancel = () => {};
  const begin = (ms: number) => {
    held = way.hold();
    again = 0;
    wait(ms);
  };
  const wait = (ms: number) => {
    cancel();
    composed = false;
    period = ms;
    cancel = later(ms, () => {
      if (held && way.inTheWay(held)) {
        if (composed && again++ < againMax) return wait(heldMax);
        way.finish();
      }
      if (!held) return;
      held.letGo();
      begin(quietHeldMax);
    });
  };
  return {
    start() {
      if (!held) begin(heldMax);
    },
    changed() {
      if (!held) return;
      if (period === quietHeldMax) wait(heldMax);
      composed = true;
    },
    end() {
      cancel();
      held?.letGo();
      held = null;
    },
  };
}

export interface Composing {
  hold(): Hold;
  /** What follows is one step of undo until the answer is called. */
  whole(): () => void;
}

export function composition(how: Composing): Extension {
  return ViewPlugin.define((view) => new Composition(view, how), {
    eventHandlers: {
      beforeinput(event) {
        return this.entered(event);
      },
    },
    eventObservers: {
      compositionstart() {
        this.begin();
      },
      compositionend() {
        this.settle();
      },
      blur() {
        this.settle();
      },
    },
  });
}

/** Ends a composition as leaving the editor would; what is composed stays. */
export function finishComposing(view: EditorView): void {
  if (!view.compositionStarted) return;
  const focused = view.hasFocus;
  view.contentDOM.blur();
  if (focused) view.focus();
}

class Composition implements PluginValue {
  readonly #held: Holding;
  #span: { from: number; to: number } | null = null;
  #part: (() => void) | null = null;
  #context: EventTarget | null = null;

  constructor(
    private readonly view: EditorView,
    private readonly how: Composing,
  ) {
    this.#held = holding({
      hold: how.hold,
      inTheWay: (held) => this.#inTheWay(held),
      finish: () => (view.compositionStarted ? finishComposing(view) : this.end()),
    });
    queueMicrotask(() => this.#listen());
  }

  begin(): void {
    this.#closePart();
    this.start();
  }

  /** It may be seen by what it does before anything says so. */
  start(): void {
    this.#part ??= this.how.whole();
    this.#held.start();
  }

  /** After the editor has read what was composed, which it does in this turn: some are told of the end after the blur. */
  settle(): void {
    const { view } = this;
    setTimeout(() => (view.compositionStarted && view.hasFocus) || this.end());
  }

  end(): void {
    this.#closePart();
    this.#held.end();
  }

  /**
   * A new line in the middle of a word would be written by the browser, and break it. With an EditContext CodeMirror
   * does Enter at the next frame: what is typed before that would take its place.
   */
  entered({ inputType }: InputEvent): boolean {
    const { view } = this;
    if (view.state.readOnly || !enters.has(inputType)) return false;
    if (!this.#context && !view.compositionStarted) return false;
    (view as unknown as { observer?: { clearDelayedAndroidKey?(): void } }).observer?.clearDelayedAndroidKey?.();
    finishComposing(view);
    return runScopeHandlers(view, new KeyboardEvent("keydown", { key: "Enter", code: "Enter", keyCode: 13 }), "editor");
  }

  update({ view, transactions, state }: ViewUpdate): void {
    this.#listen();
    for (const transaction of transactions) if (transaction.docChanged) this.#follow(transaction);
    if (view.compositionStarted && view.hasFocus && !state.readOnly) this.start();
  }

  destroy(): void {
    this.end();
    this.#context?.removeEventListener("compositionstart", this.#started);
    this.#context?.removeEventListener("compositionend", this.#ended);
  }

  /** Where there is an EditContext (Android) it is the one that is told, and not the element. */
  #listen(): void {
    const context = (this.view.contentDOM as { editContext?: EventTarget | null }).editContext ?? null;
    if (context === null || context === this.#context) return;
    this.#context = context;
    context.addEventListener("compositionstart", this.#started);
    context.addEventListener("compositionend", this.#ended);
  }

  #closePart(): void {
    this.#part?.();
    this.#part = null;
    this.#span = null;
  }

  readonly #started = (): void => this.begin();
  readonly #ended = (): void => this.settle();

  #follow(transaction: Transaction): void {
    const { changes } = transaction;
    const span = this.#span;
    if (span) this.#span = { from: changes.mapPos(span.from, 1), to: changes.mapPos(span.to, -1) };
    if (isRemote(transaction) || !this.view.compositionStarted) return;
    this.#held.changed();
    changes.iterChangedRanges((_fromA, _toA, from, to) => {
      this.#span = { from: Math.min(this.#span?.from ?? from, from), to: Math.max(this.#span?.to ?? to, to) };
    });
  }

  #inTheWay(held: Hold): boolean {
    const { state, compositionStarted } = this.view;
    if (!compositionStarted) return true;
    const { head } = state.selection.main;
    const word = state.wordAt(head) ?? { from: head, to: head };
    const from = Math.min(this.#span?.from ?? head, word.from);
    const to = Math.max(this.#span?.to ?? head, word.to);
    // Without one, the browser composes inside the line's own nodes, and a change in them breaks it.
    if (this.#context) return held.touches(from, to);
    return held.touches(state.doc.lineAt(from).from, state.doc.lineAt(to).to);
  }
}
