/** The browser's offer to install Galley, kept for when somebody asks for it; and how it is done where none is made. */
import { signal } from "@preact/signals";

/** Of browsers that install by a prompt. */
interface Offer extends Event {
  prompt(): Promise<unknown>;
}

/** null: there is no offer, or it was taken. An offer can be made once. */
export const offer = signal<Offer | null>(null);

addEventListener("beforeinstallprompt", (event) => {
  // Without this the browser asks by itself, in the middle of something else.
  event.preventDefault();
  offer.value = event as Offer;
});
addEventListener("appinstalled", () => (offer.value = null));

export function installGalley(): void {
  const made = offer.value;
  offer.value = null;
  void made?.prompt();
}

/** Where a person installs by hand: iPhones and iPads, in the browser. iPads say that they are Macs, but have a touch screen. */
export function installsByHand({ userAgent, maxTouchPoints }: Pick<Navigator, "userAgent" | "maxTouchPoints">, standalone: boolean | undefined): boolean {
  const apple = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
  return apple && standalone === false;
}
