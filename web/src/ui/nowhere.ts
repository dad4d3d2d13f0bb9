/**
 * Links whose address is none: "https://example.org:99999", a host with a space in it. A browser that follows one leaves
 * the page for an empty one and says nothing.
 *
 * Invariant: the page stays, and says which address it was.
 */
import { toast } from "./toasts";

export function stayFromNowhere(): void {
  addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    // Of an address that is none the protocol is empty.
    if (!(link instanceof HTMLAnchorElement) || !link.hasAttribute("href") || link.protocol !== ":") return;
    event.preventDefault();
    toast(leadsNowhere(link.getAttribute("href") ?? ""));
  });
}

/** As much of an address as a sentence has room for. */
const addressMax = 80;

export function leadsNowhere(address: string): string {
  const shown = address.length > addressMax ? `${address.slice(0, addressMax)}…` : address;
  return `This link leads nowhere: “${shown}” is not an address.`;
}
