/** A version as it reads, rendered by the worker; the article is its own, Preact only places it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { passageOf } from "../../preview/passage";
import { type Marked, type Pace, renderMarked } from "../../preview/rendered-diff";
import type { Rendering, Renderings } from "../../preview/renderings";
import { speak } from "../../preview/tongue";
import { type Changes, changesIn, revealFirst, type Surface } from "./changes";
import type { Shown } from "./history";

export interface PageViewProps {
  shown: Extract<Shown, { kind: "text" }>;
  renderings: Renderings;
  changes: Changes;
  /** The server's rendering of what the address names, until the first own one. */
  article: HTMLElement;
  /** The source can be looked at instead. */
  onSource(): void;
}

/** From so many blocks on, those out of sight are not laid out; as in the document's page. */
const LONG_BLOCKS = 250;

export function PageView({ shown, renderings, changes, article, onSource }: PageViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [hidden, setHidden] = useState(false);
  const { old, text, owner } = shown;

  useEffect(() => {
    const outer = scroller.current;
    outer?.prepend(article);
    return () => changes.hide(outer);
  }, []);
  useEffect(() => {
    let wanted = true;
    const show = async ([before, after]: [Rendering | null, Rendering]) => {
      const marked = await renderMarked(before, after, owner, pacer(() => wanted));
      const outer = scroller.current;
      if (!wanted || !outer || !marked) return;
      const surface = draw(article, outer, { before, after, shown, marked });
      changes.show(surface, shown);
      setHidden(old !== null && old !== text && surface.changes.length === 0);
      setTrouble(null);
      revealFirst(surface);
    };
    bothOf(renderings, old, text, () => wanted)
      .then(show)
      .catch((error: Error) => {
        if (wanted) setTrouble(error.message);
      });
    return () => void (wanted = false);
  }, [old, text, owner]);

  return (
    <div class="past-scroll scroller" ref={scroller} tabIndex={0} role="region" aria-label="Page of this version">
      {text === "" && (old ?? "") === "" && <p class="past-empty">Nothing was written yet.</p>}
      {(trouble ?? hidden) && (
        <p class="past-aside" role="status">
          {trouble ?? "What changed does not show on the page."}{" "}
          <button type="button" class="inline-link" onClick={onSource}>
            Look at the source
          </button>
        </p>
      )}
    </div>
  );
}

/** The older one first, so that the next step in the list finds it rendered; what nobody waits for any more is not begun. */
async function bothOf(renderings: Renderings, old: string | null, text: string, wanted: () => boolean): Promise<[Rendering | null, Rendering]> {
  const before = old === null ? null : await renderings.of(old);
  if (!wanted()) return [before, before as Rendering];
  return [before, await renderings.of(text)];
}

interface Drawing {
  before: Rendering | null;
  after: Rendering;
  shown: PageViewProps["shown"];
  marked: Marked;
}

/** A turn is no longer than this; a frame lasts 16. */
const TURN_MS = 8;

/** Rests between turns; stops when a newer wish has come. */
function pacer(wanted: () => boolean): Pace {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < TURN_MS) return "on";
    await new Promise((done) => setTimeout(done));
    began = performance.now();
    return wanted() ? "on" : "enough";
  };
}

function draw(article: HTMLElement, scroller: HTMLElement, { before, after, shown: { old, text, owner }, marked }: Drawing): Surface {
  const top = scroller.scrollTop;
  const { blocks, homes, others } = marked;
  article.replaceChildren(...blocks);
  article.classList.toggle("long", blocks.length >= LONG_BLOCKS);
  speak(article, after);
  for (const box of article.querySelectorAll<HTMLInputElement>("input[type=checkbox]")) box.disabled = true;
  scroller.scrollTop = top;
  const [own, other] = owner === "old" && before ? [before, after] : [after, before];
  const [{ length }, rest] = owner === "old" ? [old ?? text, text] : [text, old ?? ""];
  return {
    scroller,
    changes: changesIn(article),
    passage(range) {
      const found = passageOf(article, homes, own, range);
      if (found) return { of: "version", passage: { from: found.from, to: Math.min(found.to, length) } };
      const gone = other && passageOf(article, others, other, range);
      return gone && { of: "other", passage: { from: gone.from, to: Math.min(gone.to, rest.length) } };
    },
  };
}
