/** The versions of a document, over HTTP. Restoring is an edit by whoever asks: nothing is taken from anybody. */
import type { Person } from "./api";
import { at, call, request } from "./call";

export interface Version {
  id: string;
  at_ms: number;
  name: string | null;
  named_by: Person | null;
  /** Who wrote since the version before. */
  authors: Person[];
  bytes: number;
}

export interface VersionsPage {
  /** Newest first. */
  versions: Version[];
  more: boolean;
  /** Of all versions of the document. */
  stored_bytes: number;
  count: number;
}

/** What of a version is to come back, and what the person saw when asking. */
export interface Restoring {
  /** UTF-16 offsets into the version's text; without them all of it. */
  from?: number;
  to?: number;
  base: string;
}

const one = (id: string, version: string, rest = "") => at(id, `/versions/${encodeURIComponent(version)}${rest}`);

export const history = {
  versions: (id: string, before: string | null) =>
    call<VersionsPage>("GET", at(id, `/versions${before === null ? "" : `?before=${encodeURIComponent(before)}`}`)),
  version: (id: string, version: string) => call<Version>("GET", one(id, version)),
  text: (id: string, version: string) => request("GET", one(id, version, "/text")).then((answer) => answer.text()),
  /** The text as it is now. */
  now: (id: string) => request("GET", at(id, "/text")).then((answer) => answer.text()),
  /** Takes a version of the text as it is now, under this name. */
  name: (id: string, name: string) => call<Version>("POST", at(id, "/versions"), { name }),
  rename: (id: string, version: string, name: string | null) => call<Version>("PATCH", one(id, version), { name }),
  remove: (id: string, version: string) => call<void>("DELETE", one(id, version)),
  /** Answers with the version taken of the text just before. */
  restore: async (id: string, version: string, what: Restoring) =>
    (await call<{ version: Version }>("POST", one(id, version, "/restore"), what)).version,
};
