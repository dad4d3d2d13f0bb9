/**
 * The margin and the text beside it scroll as one.
 *
 * Both are scrolled natively. Invariant: what was set here is not taken for a person's scrolling, so neither chases the
 * other; where the margin is longer than the text it scrolls on alone, and comes back when the text moves.
 */
export interface Side {
  scrollTop: number;
  addEventListener(name: "scroll", listener: () => void, options?: { passive: boolean }): void;
  removeEventListener(name: "scroll", listener: () => void): void;
}

/** Told after each movement how far the margin is scrolled; the answer ends it and tells where the text is. */
export function scrollTogether(text: Side, margin: Side, moved: (top: number) => void, ledByMargin: () => void) {
  let [textAt, marginAt] = [Number.NaN, Number.NaN];
  const setMargin = (top: number) => {
    margin.scrollTop = top;
    marginAt = margin.scrollTop;
  };
  const follow = () => {
    if (!same(text.scrollTop, textAt)) {
      textAt = text.scrollTop;
      setMargin(textAt);
    }
    moved(margin.scrollTop);
  };
  const lead = () => {
    if (!same(margin.scrollTop, marginAt)) {
      marginAt = margin.scrollTop;
      if (!same(text.scrollTop, marginAt)) {
        ledByMargin();
        text.scrollTop = marginAt;
        textAt = text.scrollTop;
      }
    }
    moved(margin.scrollTop);
  };
  text.addEventListener("scroll", follow, { passive: true });
  margin.addEventListener("scroll", lead, { passive: true });
  follow();
  return {
    /** After either became longer or shorter. */
    again() {
      if (!same(margin.scrollTop, text.scrollTop) && margin.scrollTop < text.scrollTop) setMargin(text.scrollTop);
      moved(margin.scrollTop);
    },
    stop() {
      text.removeEventListener("scroll", follow);
      margin.removeEventListener("scroll", lead);
    },
  };
}

/** Screens round. */
function same(a: number, b: number): boolean {
  return Math.abs(a - b) < 1.5;
}
