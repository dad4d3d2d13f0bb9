/** What the server, or the shell in its place, wrote into the page: who is here and what it shows. Read once, at start. */
import type { Document } from "../session/api";
import { type Everywhere, remember } from "../session/here";

export interface Disk {
  level: "scarce" | "short";
  free_bytes: number;
}

export interface Boot extends Everywhere {
  page: "start" | "documents" | "document" | "link" | "gone" | "settings" | "admin" | "history" | "damaged" | "trouble";
  /** Who wrote the page; absent: the server. */
  from?: "server" | "device";
  document?: Document;
  /** Which renderer the text needs. */
  renderer?: "small" | "full";
  /** Made on this device, and the server has not been told. */
  born?: boolean;
  documents?: Document[];
  /** Stands for them. */
  mark?: string;
  link?: { id: string };
  /** The history page: which version its address names. */
  version?: string | null;
  notice?: string;
  /** For administrators: the server's disk has little room left, or none. */
  disk?: Disk;
}

export function readBoot(): Boot {
  const element = document.getElementById("boot");
  if (!element) throw new Error("The page carries no boot data.");
  const boot = JSON.parse(element.textContent) as Boot;
  if (boot.from !== "device") remember(boot);
  return boot;
}

/** The element the page is drawn in. */
export function findApp(): HTMLElement {
  const app = document.getElementById("app");
  if (!app) throw new Error("The page has no #app.");
  return app;
}

/** The same, emptied: the server's readable version inside it is given up to the script. */
export function takeApp(): HTMLElement {
  const app = findApp();
  app.replaceChildren();
  return app;
}

/** After what the browser has waiting: input first of all. */
export function yielded(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?(): Promise<void> } };
  return scheduler?.yield?.() ?? new Promise((done) => setTimeout(done));
}
