/** What the server wrote into the page: who is here and what the page shows. Read once, at start. */
import type { Document, Me } from "../session/api";

export interface Boot {
  page: "start" | "documents" | "document" | "link" | "gone" | "settings" | "admin" | "history";
  me: Me;
  build: string;
  /** false: plain http away from this machine. */
  secure: boolean;
  signup: "open" | "invite" | "first";
  /** What the server takes, in bytes. */
  limits: { file_bytes: number; import_bytes: number };
  document?: Document;
  /** Which renderer the text needs. */
  renderer?: "small" | "full";
  documents?: Document[];
  link?: { id: string };
  /** The history page: which version its address names. */
  version?: string | null;
  notice?: string;
}

export function readBoot(): Boot {
  const element = document.getElementById("boot");
  if (!element) throw new Error("The page carries no boot data.");
  return JSON.parse(element.textContent) as Boot;
}

/** The element the page is drawn in; the server's readable version inside it is given up to the script. */
export function takeApp(): HTMLElement {
  const app = document.getElementById("app");
  if (!app) throw new Error("The page has no #app.");
  app.replaceChildren();
  return app;
}
