/** The line between source and text: drag it or use the arrow keys; pressed twice it goes back to the middle. */
import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Link, Unlink } from "../more-icons";

const stored = "galley-split";
/** As in the styles. */
export const middle = 45;

export const split = signal(clamp(Number(localStorage.getItem(stored)) || middle));

export function Divider() {
  const line = useRef<HTMLDivElement>(null);

  const drag = (event: PointerEvent) => {
    const panes = line.current?.parentElement;
    if (!panes || !line.current?.hasPointerCapture(event.pointerId)) return;
    const { left, width } = panes.getBoundingClientRect();
    // The margin for notes is no part of what is divided.
    const margin = Number.parseFloat(getComputedStyle(panes).getPropertyValue("--margin")) || 0;
    split.value = clamp(((event.clientX - left) / (width - margin)) * 100);
  };

  return (
    <div
      ref={line}
      class="divider"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the source"
      aria-valuenow={Math.round(split.value)}
      aria-valuemin={25}
      aria-valuemax={75}
      tabIndex={0}
      onPointerDown={(event) => {
        line.current?.setPointerCapture(event.pointerId);
        line.current?.setAttribute("data-dragging", "");
        event.preventDefault();
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        line.current?.removeAttribute("data-dragging");
        keep();
      }}
      onDblClick={() => keep((split.value = middle))}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
        if (!by) return;
        event.preventDefault();
        keep((split.value = clamp(split.value + by)));
      }}
    />
  );
}

/** Whether source and text scroll together. */
export function LinkScroll({ linked, onToggle }: { linked: boolean; onToggle(): void }) {
  const words = linked ? "Scrolling together. Press to unlink." : "Scrolling apart. Press to link.";
  return (
    <button
      type="button"
      class="unlink"
      aria-label="Scroll together"
      aria-pressed={linked}
      title={words}
      onClick={onToggle}
    >
      {linked ? <Link size="small" /> : <Unlink size="small" />}
    </button>
  );
}

function keep(width: number = split.value): void {
  localStorage.setItem(stored, String(Math.round(width)));
}

function clamp(percent: number): number {
  return Math.min(Math.max(percent, 25), 75);
}
