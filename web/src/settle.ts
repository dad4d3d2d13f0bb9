/** After a page has loaded, what makes it part of the app on this device. For every entry. */
import type { Reloading } from "./installing";
import type { Installed } from "./session/installed";
import type { Boot } from "./ui/boot";

/** Only where the browser offers it: over https, or on this machine. */
export function settle(boot: Boot, reloading?: Reloading): Promise<Installed | null> {
  if (!isSecureContext || !("serviceWorker" in navigator)) return Promise.resolve(null);
  const loaded = new Promise<void>((done) => {
    if (document.readyState === "complete") done();
    else addEventListener("load", () => done(), { once: true });
  });
  // A page that cannot load this part works without it.
  return loaded.then(() => import("./installing")).then(({ install }) => install(boot, reloading), () => null);
}
