/** A row that scrolls sideways says on which sides there is more of it: it fades there. */
import { useLayoutEffect, useState } from "preact/hooks";

export type More = "none" | "start" | "end" | "both";

export function useMore(row: { current: HTMLElement | null }): More {
  const [more, setMore] = useState<More>("none");
  useLayoutEffect(() => {
    const element = row.current;
    if (!element) return;
    const look = () => setMore(moreOf(element));
    const resized = new ResizeObserver(look);
    resized.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  return more;
}

export function moreOf({ scrollLeft, scrollWidth, clientWidth }: Pick<HTMLElement, "scrollLeft" | "scrollWidth" | "clientWidth">): More {
  const start = scrollLeft > 2;
  const end = scrollLeft + clientWidth < scrollWidth - 2;
  return start ? (end ? "both" : "start") : end ? "end" : "none";
}
