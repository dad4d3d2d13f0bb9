/** A sheet is pulled down by its head: it follows the finger, closes when let go far or fast enough, else goes back. */
const farPx = 90;
const fastPxPerMs = 0.6;

export function swipeDown(sheet: HTMLElement | null, close: () => void): () => void {
  const grip = sheet?.querySelector<HTMLElement>(".sheet-grip");
  if (!sheet || !grip) return () => {};
  let from: { y: number; at: number } | null = null;
  const pulled = (event: PointerEvent) => (from ? Math.max(0, event.clientY - from.y) : 0);
  const start = (event: PointerEvent) => {
    if (event.pointerType === "mouse" || (event.target as Element).closest("button")) return;
    from = { y: event.clientY, at: event.timeStamp };
    grip.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    if (from) sheet.style.translate = `0 ${pulled(event)}px`;
  };
  const end = (event: PointerEvent) => {
    if (!from) return;
    const way = pulled(event);
    const fast = way / Math.max(1, event.timeStamp - from.at) > fastPxPerMs;
    from = null;
    sheet.style.translate = "";
    if (event.type === "pointerup" && (way > farPx || (fast && way > 20))) close();
  };
  grip.addEventListener("pointerdown", start);
  grip.addEventListener("pointermove", move);
  grip.addEventListener("pointerup", end);
  grip.addEventListener("pointercancel", end);
  return () => {
    grip.removeEventListener("pointerdown", start);
    grip.removeEventListener("pointermove", move);
    grip.removeEventListener("pointerup", end);
    grip.removeEventListener("pointercancel", end);
  };
}
