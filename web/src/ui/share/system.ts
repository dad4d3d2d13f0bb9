/** Gives an address to the system's own share sheet, where there is one. */
import { copy } from "../copy";
import { toast } from "../toasts";

export function canShare(): boolean {
  return typeof navigator !== "undefined" && typeof navigator.share === "function";
}

/** To be called in the turn of a press: the system asks for one. Where it will not share, the address is copied. */
export async function share(title: string, url: string): Promise<void> {
  try {
    await navigator.share({ title, url });
  } catch (error) {
    // Closed without choosing anybody: nothing to say.
    if (error instanceof DOMException && error.name === "AbortError") return;
    const done = await copy(url);
    toast(done ? "This device did not share it. The link is copied instead." : "The browser allowed neither sharing nor copying.");
  }
}
