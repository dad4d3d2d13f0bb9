/** Draws the others' carets and names over the text. */
import { type Extension } from "@codemirror/state";
import { Direction, EditorView, layer, type LayerMarker } from "@codemirror/view";
import { type Band, endsAtCaret, initials, nameParts, type Place, placeLabel } from "./caret-label";
import { type Caret, carets, caretsChanged, labelMs } from "./carets";

interface Drawn {
  client: number;
  peer: number;
  short: string;
  rest: string;
  place: Place;
  side: "start" | "end";
  shown: boolean;
  left: number;
  top: number;
  height: number;
}

class CaretMarker implements LayerMarker {
  constructor(private readonly drawn: Drawn) {}

  eq(other: LayerMarker): boolean {
    if (!(other instanceof CaretMarker)) return false;
    const [a, b] = [this.drawn, other.drawn];
    return (Object.keys(a) as (keyof Drawn)[]).every((key) => a[key] === b[key]);
  }

  draw(): HTMLElement {
    const caret = document.createElement("div");
    const label = document.createElement("b");
    label.append("", document.createElement("i"));
    caret.append(label);
    this.adjust(caret);
    return caret;
  }

  update(caret: HTMLElement, before: LayerMarker): boolean {
    if (!(before instanceof CaretMarker) || before.drawn.client !== this.drawn.client) return false;
    this.adjust(caret);
    return true;
  }

  private adjust(caret: HTMLElement): void {
    const { peer, short, rest, place, side, shown, left, top, height } = this.drawn;
    caret.className = `cm-peer-caret peer-${peer} ${place} ${side}${shown ? " shown" : ""}`;
    caret.style.left = `${left}px`;
    caret.style.top = `${top}px`;
    caret.style.height = `${height}px`;
    const [first, more] = caret.firstChild?.childNodes ?? [];
    if (first && first.nodeValue !== short) first.nodeValue = short;
    if (more && more.textContent !== rest) more.textContent = rest;
  }
}

const touch = typeof matchMedia === "function" ? matchMedia("(pointer: coarse)") : null;

export const caretLayer: Extension = [
  layer({
    above: true,
    class: "cm-peer-carets",
    update: (update) => update.docChanged || update.selectionSet || update.geometryChanged || update.viewportChanged || caretsChanged(update),
    markers(view) {
      const all = view.state.field(carets);
      if (all.length === 0) return [];
      const frame = frameOf(view);
      return all.flatMap((caret) => drawn(view, caret, frame) ?? []).map((it) => new CaretMarker(it));
    },
  }),
  nearness(),
];

interface Frame {
  /** Where the layer's own coordinates begin, in the window's. */
  left: number;
  top: number;
  right: number;
  visible: Band;
  own: Band | null;
}

function frameOf(view: EditorView): Frame {
  const { scrollDOM, scaleX, scaleY, state } = view;
  const rect = scrollDOM.getBoundingClientRect();
  const edge = view.textDirection === Direction.LTR ? rect.left : rect.right - scrollDOM.clientWidth * scaleX;
  const own = view.hasFocus ? view.coordsAtPos(state.selection.main.head) : null;
  return {
    left: edge - scrollDOM.scrollLeft * scaleX,
    top: rect.top - scrollDOM.scrollTop * scaleY,
    right: rect.right,
    visible: { top: rect.top, bottom: rect.bottom },
    own: own && lineBand(own, view),
  };
}

function drawn(view: EditorView, { client, name, peer, head, moved }: Caret, frame: Frame): Drawn | null {
  if (head < view.viewport.from || head > view.viewport.to) return null;
  const at = view.coordsAtPos(head);
  if (!at) return null;
  const { short, rest } = touch?.matches ? { short: initials(name), rest: "" } : nameParts(name);
  const band = lineBand(at, view);
  return {
    client,
    peer,
    short,
    rest,
    place: placeLabel(band, frame.visible, frame.own),
    side: endsAtCaret(at.left, name, frame.right) ? "end" : "start",
    shown: Date.now() - moved < labelMs,
    left: at.left - frame.left,
    top: band.top - frame.top,
    height: band.bottom - band.top,
  };
}

/** A little more than the letters: the caret stands in its line as the pencil would. */
function lineBand({ top, bottom }: Band, view: EditorView): Band {
  const more = Math.max(0, Math.min(view.defaultLineHeight - (bottom - top), 4) / 2);
  return { top: top - more, bottom: bottom + more };
}

/** The carets lie over the text but do not take its clicks, so pointing at one is noticed here. */
function nearness(): Extension {
  const reach = 6;
  return EditorView.domEventObservers({
    mousemove(event, view) {
      for (const caret of view.scrollDOM.querySelectorAll<HTMLElement>(".cm-peer-caret")) {
        const { left, top, bottom } = caret.getBoundingClientRect();
        const near = Math.abs(event.clientX - left) <= reach && event.clientY >= top && event.clientY <= bottom;
        caret.toggleAttribute("data-near", near);
      }
    },
  });
}

const colours = Object.fromEntries(
  Array.from({ length: 8 }, (_, index) => [`.peer-${index + 1}`, { "--c": `var(--peer-${index + 1})` }]),
);

export const caretTheme = EditorView.theme({
  ...colours,
  ".cm-peer-selection": {
    backgroundColor: "color-mix(in oklab, var(--c) var(--peer-wash), transparent)",
    borderRadius: "1px",
    padding: "3px 0",
  },
  ".cm-peer-carets": { pointerEvents: "none" },
  ".cm-peer-caret": {
    position: "absolute",
    width: "2px",
    marginLeft: "-1px",
    borderRadius: "1px",
    backgroundColor: "var(--c)",
  },
  ".cm-peer-caret b": {
    position: "absolute",
    font: "600 11px/16px var(--ui)",
    padding: "0 5px",
    whiteSpace: "nowrap",
    backgroundColor: "var(--c)",
    color: "var(--on-peer)",
    opacity: "0",
    transition: "opacity var(--quick) var(--ease)",
  },
  ".cm-peer-caret.shown b, .cm-peer-caret[data-near] b": { opacity: "1" },
  ".cm-peer-caret i": { display: "none", fontStyle: "normal" },
  ".cm-peer-caret[data-near] i": { display: "inline" },
  ".cm-peer-caret.none b": { display: "none" },
  ".cm-peer-caret.above b": { bottom: "100%" },
  ".cm-peer-caret.below b": { top: "100%" },
  ".cm-peer-caret.start b": { left: "0" },
  ".cm-peer-caret.end b": { right: "0" },
  ".cm-peer-caret.above.start b": { borderRadius: "3px 3px 3px 0" },
  ".cm-peer-caret.above.end b": { borderRadius: "3px 3px 0 3px" },
  ".cm-peer-caret.below.start b": { borderRadius: "0 3px 3px 3px" },
  ".cm-peer-caret.below.end b": { borderRadius: "3px 0 3px 3px" },
});
