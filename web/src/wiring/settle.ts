/** After a page has loaded, what makes it part of the app on this device. For every entry. */
import { computed, effect, type ReadonlySignal } from "@preact/signals";
import type { Reloading } from "./installing";
import { keepLooks } from "./looks";
import type { PreviewHandle } from "../preview/preview";
import type { Device } from "../session/device/device";
import type { Installed } from "../session/installed";
import type { DocumentSession } from "../session/session";
import type { Boot } from "../ui/boot";

/** Only where the browser offers it: over https, or on this machine. */
export function settle(boot: Boot, reloading?: Reloading): Promise<Installed | null> {
  if (!isSecureContext || !("serviceWorker" in navigator)) return Promise.resolve(null);
  const loaded = new Promise<void>((done) => {
    if (document.readyState === "complete") done();
    else addEventListener("load", () => done(), { once: true });
  });
  // A page that cannot load this part works without it.
  return loaded.then(() => import("./installing")).then(({ install }) => install(boot, reloading)).catch(() => null);
}

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
