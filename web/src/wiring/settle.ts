/** After a page has loaded, what makes it part of the app on this device. For every entry; a document does more (`settle-document.ts`). */
import type { Installed } from "../session/installed";
import type { Boot } from "../ui/boot";
import type { Reloading } from "./installing";

/** Only where the browser offers it: over https, or on this machine. */
export function settle(boot: Boot, reloading?: Reloading): Promise<Installed | null> {
  if (!isSecureContext || !("serviceWorker" in navigator)) return Promise.resolve(null);
  // A page that cannot load this part works without it.
  return loaded().then(() => import("./installing")).then(({ install }) => install(boot, reloading)).catch(() => null);
}

/** Everything the page is shown with is here: what is fetched from now on is in nobody's way. */
export function loaded(): Promise<void> {
  return new Promise((done) => {
    if (document.readyState === "complete") done();
    else addEventListener("load", () => done(), { once: true });
  });
}
