/** What the list of documents asks of the server: apart, so that it need not bring what the other pages ask. */
import type { Document, Listed, Me } from "./api";
import { at, call } from "./call";

export const listing = {
  me: () => call<Me>("GET", "/api/me"),
  rename: (display: string) => call<Me>("PATCH", "/api/me", { display }),
  documents: (trash: boolean) => call<Listed>("GET", `/api/documents${trash ? "?trash=1" : ""}`),
  create: (wish: { id?: string; text?: string }) => call<Document>("POST", "/api/documents", wish),
  patch: (id: string, change: { title: string }) => call<Document>("PATCH", at(id), change),
  trash: (id: string) => call<void>("DELETE", at(id)),
  restore: (id: string) => call<Document>("POST", at(id, "/restore"), {}),
  leave: (id: string) => call<void>("POST", at(id, "/leave"), {}),
  erase: (id: string) => call<void>("POST", at(id, "/erase"), {}),
};

/** Everything one owns, as a file. */
export const exportAllPath = "/api/export";
