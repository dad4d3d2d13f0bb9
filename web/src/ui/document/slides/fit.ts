/** How large a slide's text is: as large as suits the window, smaller if that makes it fit, and scrolled if not. */

const largestPx = 60;
/** Nobody in the last row reads smaller. */
const smallestPx = 18;
const shrinks = 0.55;
const steps = 6;

/** What suits a window before anything is known of the slide. */
export function sizeFor({ width, height }: { width: number; height: number }): number {
  return Math.min(largestPx, Math.max(smallestPx, Math.min(width / 34, height / 20)));
}

/** The largest size of which `fits` is true, or the smallest that may be. */
export function largestThatFits(size: number, fits: (size: number) => boolean): number {
  if (fits(size)) return size;
  let [low, high] = [Math.max(smallestPx, size * shrinks), size];
  if (low >= high || !fits(low)) return Math.min(low, size);
  for (let step = 0; step < steps; step++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

export function fit(sheet: HTMLElement): void {
  const set = (size: number) => sheet.style.setProperty("--read", `${size}px`);
  const fits = (size: number) => {
    set(size);
    return sheet.scrollHeight <= sheet.clientHeight;
  };
  set(largestThatFits(sizeFor({ width: sheet.clientWidth, height: sheet.clientHeight }), fits));
}

export function unfit(sheet: HTMLElement): void {
  sheet.style.removeProperty("--read");
}
