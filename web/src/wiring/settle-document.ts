/** A document as part of the app on this device: what it needs before it is reloaded, and how its text was drawn. */
import { computed, effect, type ReadonlySignal } from "@preact/signals";
import type { PreviewHandle } from "../preview/preview";
import type { Device } from "../session/device/device";
import type { DocumentSession } from "../session/session";
import type { Boot } from "../ui/boot";
import { keepLooks } from "./looks";
import { settle } from "./settle";

/** How long the last edits may take to get onto the device, once somebody wants to reload; then the browser asks. */
const flushMs = 3_000;

/** A page with edits is reloaded when they are on the server or on this device; how its text was drawn is kept there. */
export function settleDocument(
  boot: Boot,
  { kept, exposed, status }: DocumentSession,
  device: Device | null,
  preview: ReadonlySignal<PreviewHandle | null>,
): void {
  if (boot.document) keepLooks(device, boot.document.id, preview);
  const loose = computed(() => (kept.value.kind === "none" ? exposed.value : 0));
  const flush = () =>
    new Promise<void>((done) => {
      setTimeout(done, flushMs);
      effect(() => void (exposed.value === 0 && done()));
    });
  void settle(boot, { loose, flush }).then((installed) =>
    // A server that was away may be another one now.
    effect(() => void (status.value.kind === "live" && installed?.check())),
  );
}
