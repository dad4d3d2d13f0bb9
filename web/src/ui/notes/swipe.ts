/**
 * A sheet under the finger: pulled down by its head it follows, closes when let go far or fast enough and else goes back;
 * a sweep to the side anywhere on it is the next or the one before.
 */
export interface Swipes {
  down(): void;
  left(): void;
  right(): void;
}

const farPx = 90;
const fastPxPerMs = 0.6;
const sidePx = 64;

interface Hold {
  x: number;
  y: number;
  at: number;
  /** By its head. */
  head: boolean;
}

export function swipes(sheet: HTMLElement | null, to: Swipes): () => void {
  if (!sheet) return () => {};
  let hold: Hold | null = null;
  const start = (event: PointerEvent) => {
    const target = event.target as Element;
    if (event.pointerType === "mouse" || target.closest("button, a, textarea")) return;
    hold = { x: event.clientX, y: event.clientY, at: event.timeStamp, head: target.closest(".sheet-grip") !== null };
  };
  const move = ({ clientY }: PointerEvent) => {
    if (hold?.head) sheet.style.translate = `0 ${Math.max(0, clientY - hold.y)}px`;
  };
  const end = (event: PointerEvent) => {
    const from = hold;
    hold = null;
    sheet.style.translate = "";
    if (!from || event.type !== "pointerup") return;
    const [aside, down] = [event.clientX - from.x, event.clientY - from.y];
    const fast = down / Math.max(1, event.timeStamp - from.at) > fastPxPerMs;
    if (from.head && (down > farPx || (fast && down > 20))) to.down();
    else if (Math.abs(aside) > sidePx && Math.abs(aside) > 2 * Math.abs(down)) (aside < 0 ? to.left : to.right)();
  };
  const events = { pointerdown: start, pointermove: move, pointerup: end, pointercancel: end } as const;
  for (const [name, run] of Object.entries(events)) sheet.addEventListener(name, run as EventListener);
  return () => {
    for (const [name, run] of Object.entries(events)) sheet.removeEventListener(name, run as EventListener);
  };
}
