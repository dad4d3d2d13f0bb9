/**
 * The language of the source, and which way it reads.
 *
 * Where the front matter names a direction all of the text has it. Where it names none a paragraph reads the way its
 * first strong character does, as in the rendered text. Code and front matter read from left to right in every text.
 * Invariant: in a text without a letter that reads from right to left this adds nothing to the page.
 */
import { bidiIsolates, syntaxTree } from "@codemirror/language";
import { type EditorState, type Extension, type Line, type Range, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { isLiteral } from "./syntax";

/** As the front matter says; null where it says nothing. */
export interface Tongue {
  readonly lang: string | null;
  readonly dir: string | null;
}

export type Direction = "ltr" | "rtl";

const rightLetters = /[\u05be-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1eeff}]/u;
const firstLetter = /\p{L}/u;
/** What says nothing about the words around it: code, tags, the mark of an alert. */
const silent = /`[^`]*`|<[^>]*>|\[!\w+\]/g;
/** How far above what is seen the beginning of a paragraph is looked for. */
const linesAbove = 100;

const spoken = StateEffect.define<Tongue>();

const tongue = StateField.define<Tongue>({
  create: () => ({ lang: null, dir: null }),
  update: (before, { effects }) => (effects.find((it) => it.is(spoken))?.value as Tongue | undefined) ?? before,
  provide: (field) => [
    EditorView.contentAttributes.from(field, ({ lang, dir }) => ({
      ...(lang !== null && { lang }),
      ...((dir === "rtl" || dir === "ltr") && { dir }),
    })),
  ],
});

/** Whether anything here has ever read from right to left. */
const turned = StateField.define<boolean>({
  create: ({ doc }) => rightLetters.test(doc.toString()),
  update(before, { changes, docChanged }) {
    if (before || !docChanged) return before;
    let found = false;
    changes.iterChanges((_from, _to, _fromNew, _toNew, inserted) => void (found ||= rightLetters.test(inserted.toString())));
    return found;
  },
});

/** Whether lines may read another way than the whole. */
function mixed(state: EditorState): boolean {
  const { dir } = state.field(tongue);
  return dir === "rtl" || (dir !== "ltr" && state.field(turned));
}

export function direction(): Extension {
  return [tongue, turned, EditorView.perLineTextDirection.compute([tongue, turned], mixed), lineDirections, bidiIsolates()];
}

export function speak(view: EditorView, said: Tongue): void {
  view.dispatch({ effects: spoken.of(said) });
}

/** The direction of a paragraph that begins with this line; null when the next line decides. */
export function directionOf(text: string): Direction | null {
  const letter = firstLetter.exec(text.replace(silent, ""))?.[0];
  if (letter === undefined) return null;
  return rightLetters.test(letter) ? "rtl" : "ltr";
}

/** Of the lines from `from` to `to`, those that read another way than the whole text. */
export function turnedLines(state: EditorState, from: number, to: number): { at: number; dir: Direction }[] {
  if (!mixed(state)) return [];
  const whole: Direction = state.field(tongue).dir === "rtl" ? "rtl" : "ltr";
  const open = state.field(tongue).dir !== "rtl";
  const [first, last] = [state.doc.lineAt(from).number, state.doc.lineAt(to).number];
  const found: { at: number; dir: Direction }[] = [];
  let now: Direction | null = null;
  for (let number = paragraphStart(state, first); number <= last; number++) {
    const line = state.doc.line(number);
    const literal = isLiteral(state, line.from);
    if (literal || isAlone(line)) now = null;
    if (!literal && open) now ??= directionOf(line.text);
    const dir = literal ? "ltr" : (now ?? whole);
    if (number >= first && dir !== whole) found.push({ at: line.from, dir });
    if (isHeading(line)) now = null;
  }
  return found;
}

function paragraphStart({ doc }: EditorState, number: number): number {
  const least = Math.max(1, number - linesAbove);
  while (number > least && !isAlone(doc.line(number))) number--;
  return number;
}

/** A line that what stands above it has no part in. */
function isAlone(line: Line): boolean {
  return line.text.trim() === "" || isHeading(line);
}

function isHeading({ text }: Line): boolean {
  return /^ {0,3}#{1,6}\s/.test(text);
}

const attributed = {
  ltr: Decoration.line({ attributes: { dir: "ltr" } }),
  rtl: Decoration.line({ attributes: { dir: "rtl" } }),
};

const lineDirections = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = this.#read(view);
    }

    update({ view, startState, state, docChanged, viewportChanged }: ViewUpdate): void {
      const other = mixed(startState) !== mixed(state) || startState.field(tongue) !== state.field(tongue);
      if (docChanged || viewportChanged || other || syntaxTree(startState) !== syntaxTree(state)) this.decorations = this.#read(view);
    }

    #read({ state, visibleRanges }: EditorView): DecorationSet {
      const found = visibleRanges.flatMap(({ from, to }) => turnedLines(state, from, to));
      const ranges: Range<Decoration>[] = found.map(({ at, dir }) => attributed[dir].range(at));
      return Decoration.set(ranges, true);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);
