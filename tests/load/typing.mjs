/**
 * How long a key takes: to its letter in the source, to the rendered text beside it, and to somebody else's screen.
 *
 * All keys come at a steady rate, whether or not the page keeps up, as from a person. Everything is stamped inside the
 * pages: a key by the browser's own time of the input, a sight after the frame that holds it was painted. Invariant: what
 * is looked through for a sight is only what has just changed, so that looking costs nothing that grows with the text.
 */

/** Between two keys: 120 words a minute. */
const PACE_MS = Number(process.env.PACE_MS ?? 100);
const WORD = 16;
/** Words are never typed twice: each begins with a number, whose keys are no letter's. */
let made = 0;
/** Until the last sight is waited for no longer. */
const PATIENCE_MS = 20_000;

/** In every page, before its own scripts: the clock. */
export function clock() {
  const sights = { glyph: new Map(), preview: new Map() };
  const keys = new Map();
  const waiting = [];
  const unpressed = [];
  const now = () => performance.timeOrigin + performance.now();
  const painted = (then) => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => then(now());
    after.port2.postMessage(null);
  });
  const look = (name) => (records) => {
    if (waiting.length === 0) return;
    const nodes = new Set(records.flatMap(({ target, addedNodes }) => (addedNodes.length > 0 ? [...addedNodes] : [target])));
    const text = [...nodes].map((node) => (name === "glyph" ? (node.parentElement?.closest(".cm-line") ?? node) : node).textContent).join("\n");
    const seen = waiting.filter((word) => !sights[name].has(word) && text.includes(word));
    for (const word of seen) sights[name].set(word, null);
    if (seen.length > 0) painted((at) => seen.forEach((word) => sights[name].set(word, at)));
  };
  const stamp = ({ key, timeStamp }) => {
    if (unpressed[0]?.at(-1) === key) keys.set(unpressed.shift(), performance.timeOrigin + timeStamp);
  };
  addEventListener("keydown", stamp, { capture: true });
  globalThis.clock = {
    sights,
    keys,
    /** The key that makes this word is pressed next, here or elsewhere; the one before may not have come yet. */
    expect(word, here) {
      waiting.push(word);
      if (here) unpressed.push(word);
    },
    forget: () => waiting.splice(0),
    watch() {
      const parts = { glyph: ".cm-content", preview: ".preview .prose" };
      for (const [name, part] of Object.entries(parts)) new MutationObserver(look(name)).observe(document.querySelector(part), { subtree: true, childList: true, characterData: true });
    },
  };
}

/** In the page: puts the caret at the end of the paragraph nearest to the middle, in sight in both panes. */
export function toMiddle(part = 0.5) {
  const { view } = document.querySelector(".cm-content").cmTile.root;
  const { doc } = view.state;
  let line = doc.line(Math.max(1, Math.floor(doc.lines * part)));
  while (!line.text.startsWith("A paragraph") && line.number < doc.lines) line = doc.line(line.number + 1);
  view.dispatch({ selection: { anchor: line.to }, scrollIntoView: true });
  view.focus();
}

/** Types so many letters; milliseconds to each sight. `other`: another window on the same document, or null. */
export async function typing(page, other, count) {
  const words = [];
  let word = "";
  let next = performance.now();
  const press = async (key) => {
    await new Promise((done) => setTimeout(done, Math.max(0, next - performance.now())));
    next += PACE_MS;
    void page.keyboard.press(key);
  };
  for (let n = 0; n < count; n++) {
    if (word.length === WORD || word === "") {
      word = String(10_000 + made++);
      for (const key of ["Space", ...word]) await press(key);
    }
    const letter = String.fromCharCode(97 + (n % 26));
    word += letter;
    words.push(word);
    await Promise.all([page.evaluate((word) => globalThis.clock.expect(word, true), word), other?.evaluate((word) => globalThis.clock.expect(word, false), word)]);
    await press(letter);
  }
  const pages = [page, ...(other ? [other] : [])];
  for (const it of pages) await it.waitForFunction(settled, [words.at(-1), it === page], { timeout: PATIENCE_MS }).catch(() => undefined);
  const [here, there] = await Promise.all([page.evaluate(stamps), other?.evaluate(stamps)]);
  const since = (sights) => words.flatMap((word) => (sights?.[word] && here.keys[word] ? [sights[word] - here.keys[word]] : []));
  return { glyph: since(here.glyph), preview: since(here.preview), remote: since(there?.glyph), typed: words.length };
}

const settled = ([word, both]) => globalThis.clock.sights.glyph.get(word) && (!both || globalThis.clock.sights.preview.get(word));

function stamps() {
  const { keys, sights, forget } = globalThis.clock;
  forget();
  return { keys: Object.fromEntries(keys), glyph: Object.fromEntries(sights.glyph), preview: Object.fromEntries(sights.preview) };
}
