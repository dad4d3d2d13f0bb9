/** What a service worker sees of the browser, as far as ours uses it: TypeScript has either these types or the page's. */

export interface Scope {
  readonly location: Location;
  readonly registration: { readonly navigationPreload?: { enable(): Promise<void> } };
  readonly clients: { claim(): Promise<void>; matchAll(which: { type: "window"; includeUncontrolled: true }): Promise<readonly Client[]> };
  skipWaiting(): Promise<void>;
  addEventListener(name: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(name: "fetch", listener: (event: Asked) => void): void;
  addEventListener(name: "message", listener: (event: Extendable & { data: unknown; ports: readonly MessagePort[] }) => void): void;
}

export interface Extendable {
  waitUntil(work: Promise<unknown>): void;
}

export interface Asked extends Extendable {
  readonly request: Request;
  readonly preloadResponse?: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}

/** A page. */
export interface Client {
  postMessage(message: unknown, transfer: Transferable[]): void;
}
