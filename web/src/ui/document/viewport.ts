/**
 * Keeps the page inside what the keyboard leaves: iOS does not resize the page for its keyboard, so its height and
 * offset are read from visualViewport and handed to the styles (phone.css). Says so, for the caret must be shown again.
 */
export function trackViewport(onResize: () => void): () => void {
  const viewport = window.visualViewport;
  if (!viewport) return () => {};
  const root = document.documentElement.style;
  let height = 0;
  const measure = () => {
    root.setProperty("--shell", `${viewport.height}px`);
    root.setProperty("--shell-top", `${viewport.offsetTop}px`);
    if (viewport.height !== height) requestAnimationFrame(onResize);
    height = viewport.height;
  };
  measure();
  viewport.addEventListener("resize", measure);
  viewport.addEventListener("scroll", measure);
  return () => {
    viewport.removeEventListener("resize", measure);
    viewport.removeEventListener("scroll", measure);
  };
}
