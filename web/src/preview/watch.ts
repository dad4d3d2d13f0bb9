/** When the sheet's layout may be another: its size, its pictures, its fonts, what is opened, what comes near. */
import { blockAround } from "./parts";
import { listen } from "./point";

/** `changed` is told the block, or nothing when it may be any; `moved` that heights may be others. */
export function watchLayout(article: HTMLElement, changed: (block?: Element) => void, moved: () => void): () => void {
  const inBlock = ({ target }: Event) => {
    const block = blockAround(article, target instanceof Element ? target : null);
    if (block) changed(block);
    moved();
  };
  const everywhere = () => {
    changed();
    moved();
  };
  // These do not bubble.
  const stops = ["load", "error", "toggle"].map((type) => listen(article, type, inBlock, { capture: true }));
  stops.push(listen(article, "contentvisibilityautostatechange", inBlock, { capture: true }));
  const { fonts } = document;
  if (fonts) stops.push(listen(fonts, "loadingdone", everywhere));
  stops.push(watchSize(article, everywhere, moved));
  return () => stops.forEach((stop) => stop());
}

/** Another width lays every line out anew; another height moves what stands below. */
function watchSize(article: HTMLElement, widened: () => void, moved: () => void): () => void {
  if (typeof ResizeObserver === "undefined") return () => undefined;
  let width = -1;
  const observer = new ResizeObserver(([entry]) => {
    const now = entry?.contentRect.width ?? -1;
    if (now === width) return moved();
    width = now;
    widened();
  });
  observer.observe(article);
  return () => observer.disconnect();
}

/** Runs once, so many frames from now, however often it is asked for until then. */
export function perFrame(run: () => void, frames = 1): { soon(): void; stop(): void } {
  let waiting: number | null = null;
  const step = (left: number) => {
    waiting = left === 0 ? null : requestAnimationFrame(() => step(left - 1));
    if (left === 0) run();
  };
  return {
    soon() {
      if (waiting === null) step(frames);
    },
    stop() {
      if (waiting !== null) cancelAnimationFrame(waiting);
      waiting = null;
    },
  };
}
