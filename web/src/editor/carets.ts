/**
 * The others' carets and selections, and ours as they see it.
 *
 * Carets are drawn over the text, never in it: a widget between letters would disturb input methods and line breaks.
 * Between two reports of a peer its caret moves along with the text. Colours come from classes, places from CSSOM, so a
 * strict policy allows all of it. Next: `caret-label.ts` for where a name may stand.
 */
import { type EditorState, type Extension, Facet, type Range, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, type PluginValue, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { caretOf, userOf } from "../session/peers";
import { caretLayer, caretTheme } from "./caret-layer";
import { isRemote } from "./collab";

export interface Caret {
  client: number;
  name: string;
  /** Colour, 1 to 8. */
  peer: number;
  anchor: number;
  head: number;
  /** When it last moved of its own accord; its name shows for a while after. */
  moved: number;
}

export interface CaretSource {
  text: Y.Text;
  awareness: Awareness;
}

/** How long a name stays after its caret moved; `--label` in the tokens. */
export const labelMs = 2_000;
const publishEvery = 50;

const source = Facet.define<CaretSource, CaretSource | null>({ combine: ([first]) => first ?? null });
const placed = StateEffect.define<readonly Caret[]>();
/** A name's time is over. */
const faded = StateEffect.define<null>();

export const carets = StateField.define<readonly Caret[]>({
  create: () => [],
  update(before, transaction) {
    const reported = transaction.effects.find((effect) => effect.is(placed));
    if (reported) return reported.value;
    if (!transaction.docChanged) return before;
    const map = (at: number) => transaction.changes.mapPos(at, 1);
    return before.map((caret) => ({ ...caret, anchor: map(caret.anchor), head: map(caret.head) }));
  },
  provide: (field) => EditorView.decorations.from(field, selections),
});

export function caretsChanged(update: ViewUpdate): boolean {
  return update.transactions.some(({ effects }) => effects.some((effect) => effect.is(placed) || effect.is(faded)));
}

export function remoteCarets(from: CaretSource): Extension {
  return [source.of(from), carets, caretLayer, caretTheme, ViewPlugin.fromClass(CaretPlugin)];
}

function selections(all: readonly Caret[]): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  for (const { anchor, head, peer } of all) {
    if (anchor === head) continue;
    const mark = Decoration.mark({ class: `cm-peer-selection peer-${peer}` });
    ranges.push(mark.range(Math.min(anchor, head), Math.max(anchor, head)));
  }
  return Decoration.set(ranges, true);
}

class CaretPlugin implements PluginValue {
  readonly #source: CaretSource;
  #publishing: ReturnType<typeof setTimeout> | null = null;
  #fading: ReturnType<typeof setTimeout> | undefined;
  /** Somebody's caret stands in text that is still on its way. */
  #unknown = false;

  constructor(private readonly view: EditorView) {
    const from = view.state.facet(source);
    if (!from) throw new Error("remote carets without a source");
    this.#source = from;
    from.awareness.on("change", this.#heard);
    queueMicrotask(() => this.#look());
  }

  update(update: ViewUpdate): void {
    const mine = update.selectionSet || update.focusChanged || (update.docChanged && !update.transactions.every(isRemote));
    if (mine && update.view.hasFocus) this.#publishSoon();
    if (update.docChanged && this.#unknown) queueMicrotask(() => this.#look());
  }

  destroy(): void {
    this.#source.awareness.off("change", this.#heard);
    if (this.#publishing !== null) clearTimeout(this.#publishing);
    clearTimeout(this.#fading);
    this.#destroyed = true;
    this.#source.awareness.setLocalStateField("cursor", null);
  }

  #destroyed = false;

  readonly #heard = ({ added, updated, removed }: Record<"added" | "updated" | "removed", number[]>): void => {
    const own = this.#source.awareness.clientID;
    if ([...added, ...updated, ...removed].some((client) => client !== own)) this.#look();
  };

  #look(): void {
    if (this.#destroyed) return;
    const before = this.view.state.field(carets);
    const next = this.#read(before);
    this.view.dispatch({ effects: placed.of(next) });
    clearTimeout(this.#fading);
    const ends = next.map(({ moved }) => moved + labelMs - Date.now()).filter((left) => left > 0);
    if (ends.length === 0) return;
    this.#fading = setTimeout(() => this.view.dispatch({ effects: faded.of(null) }), Math.max(...ends) + 1);
  }

  #read(before: readonly Caret[]): Caret[] {
    const { awareness, text } = this.#source;
    const { length } = this.view.state.doc;
    this.#unknown = false;
    const found: Caret[] = [];
    for (const [client, state] of awareness.getStates()) {
      const user = client === awareness.clientID ? null : userOf(state);
      if (!user || !state["cursor"]) continue;
      const old = before.find((caret) => caret.client === client);
      const at = caretOf(state["cursor"], text);
      if (!at || Math.max(at.anchor, at.head) > length) {
        this.#unknown = true;
        if (old) found.push(old);
        continue;
      }
      const still = old?.head === at.head && old.anchor === at.anchor;
      found.push({ client, name: user.name, peer: user.peer, ...at, moved: still ? old.moved : Date.now() });
    }
    return found;
  }

  /** Others need to know a few times a second, not at every key. */
  #publishSoon(): void {
    this.#publishing ??= setTimeout(() => {
      this.#publishing = null;
      this.#publish();
    }, publishEvery);
  }

  /** In y-codemirror's words, so that its users see us too. */
  #publish(): void {
    const { awareness, text } = this.#source;
    const { anchor, head } = this.view.state.selection.main;
    if (Math.max(anchor, head) > text.length) return;
    const cursor = {
      anchor: Y.createRelativePositionFromTypeIndex(text, anchor),
      head: Y.createRelativePositionFromTypeIndex(text, head),
    };
    const told: unknown = awareness.getLocalState()?.["cursor"];
    if (JSON.stringify(told) !== JSON.stringify(cursor)) awareness.setLocalStateField("cursor", cursor);
  }
}

/** The caret of another tab, if it has one here. */
export function caretOfClient(state: EditorState, client: number): Caret | null {
  return state.field(carets, false)?.find((caret) => caret.client === client) ?? null;
}
