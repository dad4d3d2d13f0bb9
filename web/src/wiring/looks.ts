/**
 * Keeps how the document was drawn last, so that a page without the server can show it before any script has drawn it.
 * For the page's entry; `shell.ts` shows it.
 */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { PreviewHandle } from "../preview/preview";
import type { Device } from "../session/device/device";

/** The first screens are enough: what follows is drawn while they are read. In characters. */
const most = 48_000;
/** After the text was first drawn, and after it was drawn another way; sooner when the page is left. */
const firstMs = 1_000;
const laterMs = 5_000;

export function keepLooks(device: Device | null, document_: string, preview: ReadonlySignal<PreviewHandle | null>): void {
  if (!device) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pauseMs = firstMs;
  const keep = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    pauseMs = laterMs;
    const shown = preview.peek();
    const html = shown?.html(most);
    // Without it the page shows the text a little later.
    if (shown && html) void device.keepLook(document_, { html, ...shown.tongue.peek() }).catch(() => undefined);
  };
  effect(() => {
    if (preview.value && preview.value.lines.value.length > 0) timer ??= setTimeout(keep, pauseMs);
  });
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
}
