/** What stands under a point of the window, and what a person does with it: presses, selections. */

export interface Point {
  node: Node;
  offset: number;
}

/** The text next to a point; null outside the sheet's text. */
export function nearestAt(article: HTMLElement, x: number, y: number): Point | null {
  const caret = caretAt(x, y);
  return caret && article.contains(caret.node) ? caret : null;
}

/** The character under a point; null beside the text and between paragraphs. */
export function hitAt(article: HTMLElement, x: number, y: number): Point | null {
  const caret = nearestAt(article, x, y);
  if (!(caret?.node instanceof Text)) return null;
  const { node, offset } = caret;
  for (const from of [offset, offset - 1]) {
    if (from >= 0 && from < node.length && covers(node, from, x, y)) return { node, offset: from };
  }
  return null;
}

/** A row is higher than its letters; a finger between two rows is on one of them. */
const LEADING = 0.4;

function covers(node: Text, from: number, x: number, y: number): boolean {
  const range = document.createRange();
  range.setStart(node, from);
  range.setEnd(node, from + 1);
  return [...range.getClientRects()].some(({ left, right, top, bottom, height }) => {
    const more = height * LEADING;
    return x >= left - 1 && x <= right + 1 && y >= top - more && y <= bottom + more;
  });
}

/** Two names for one thing: the standard's, and the one that browsers had before. */
interface Carets {
  caretPositionFromPoint?(x: number, y: number): { offsetNode: Node; offset: number } | null;
  caretRangeFromPoint?(x: number, y: number): Range | null;
}

function caretAt(x: number, y: number): Point | null {
  const carets = document as Carets;
  const position = carets.caretPositionFromPoint?.(x, y);
  if (position) return { node: position.offsetNode, offset: position.offset };
  const range = carets.caretRangeFromPoint?.(x, y);
  return range ? { node: range.startContainer, offset: range.startOffset } : null;
}

/** What is selected, if it begins in the sheet; as far as the sheet goes. */
export function selectionIn(article: HTMLElement): Range | null {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (!article.contains(range.startContainer)) return null;
  if (article.contains(range.endContainer)) return range;
  // Three clicks on the last paragraph select up to whatever stands behind the sheet.
  const within = range.cloneRange();
  within.setEnd(article, article.childNodes.length);
  return within;
}

/** A finger or a hand is never quite still. */
const DRAG_MIN = 5;

const ownUse = "a, button, input, label, select, summary, textarea, video, audio";

/** Plain clicks on the text: no drag, no selection, nothing that has a use of its own. */
export function presses(article: HTMLElement, press: (x: number, y: number) => void): () => void {
  let down: { x: number; y: number } | null = null;
  const pressed = ({ clientX: x, clientY: y }: MouseEvent) => void (down = { x, y });
  const clicked = (event: MouseEvent) => {
    const { clientX: x, clientY: y } = event;
    const still = down !== null && Math.hypot(x - down.x, y - down.y) < DRAG_MIN;
    down = null;
    const plain = event.button === 0 && event.detail < 2 && !(event.shiftKey || event.ctrlKey || event.metaKey || event.altKey);
    const busy = event.defaultPrevented || (event.target instanceof Element && event.target.closest(ownUse) !== null);
    if (still && plain && !busy && selectionIn(article) === null) press(x, y);
  };
  const stops = [listen(article, "mousedown", pressed as EventListener), listen(article, "click", clicked as EventListener)];
  return () => stops.forEach((stop) => stop());
}

export function listen(target: EventTarget, type: string, listener: EventListener, options?: AddEventListenerOptions): () => void {
  target.addEventListener(type, listener, options);
  return () => target.removeEventListener(type, listener, options);
}
