/**
 * The server's HTTP API, typed.
 *
 * Every failure is an `ApiError` whose message is a sentence for people. Next: `call.ts`, which asks.
 */
import { at, call, request } from "./call";
import { listing } from "./listing";

export type Role = "view" | "comment" | "edit" | "own";
export type LinkRole = Exclude<Role, "own">;

export type Me =
  | { kind: "account"; author: string; name: string; display: string; peer: number; admin: boolean }
  | { kind: "guest"; author: string; display: string; peer: number }
  | { kind: "nobody" };

/** Somebody as others see them. */
export interface Person {
  author: string;
  display: string;
  /** Colour, 1 to 8. */
  peer: number;
  guest: boolean;
  /** Account name; guests have none. */
  name?: string;
}

export interface Document {
  id: string;
  /** Empty if untitled. */
  title: string;
  role: Role;
  updated_ms: number;
  created_ms: number;
  trashed_ms: number | null;
  epoch: number;
  owner: Person;
  /** How whoever asks came by it. */
  via: "own" | "member" | "link";
  /** When whoever asks last opened it. */
  opened_ms: number | null;
  /** The role whoever asks has asked for. */
  asked: LinkRole | null;
  /** How many people wait for more access; told to the owner only. */
  requests: number;
  /** In the trash: when it will be erased. */
  purge_ms: number | null;
  /** How many notes are open. */
  notes: number;
  /** How often whoever asks has been mentioned since they last opened it. */
  mentions: number;
  /** Path of its page. */
  url: string;
}

/** The documents somebody may open, and what stands for all that is said of them. */
export interface Listed {
  documents: Document[];
  mark: string;
}

/** Somebody who wrote a note in a document, or who may open it. */
export interface Known extends Person {
  /** The account this guest has become. */
  same?: string;
  /** What they may do; absent: no access (any more), or not ours to know. */
  role?: Role;
}

/** Whose each Yjs client id in a text is. */
export interface Authors {
  /** Author, by client id. */
  clients: Record<string, string>;
  people: Known[];
}

/** The text as it was when whoever asks last looked; null: never, or nothing has changed. */
export interface LastSeen {
  at_ms: number | null;
  text: string | null;
}

/** What a note is about: the words, as source text, and where they are. */
export interface Passage {
  /** Yjs' relative positions `{start, end}` in JSON; null: nowhere. */
  anchor: unknown;
  quote: string;
  before: string;
  after: string;
  heading: string;
}

/** Something new to be said, under an id chosen here, so that asking twice says it once. */
export interface Saying {
  id: string;
  body: string;
}

/** Somebody with a role of their own in a document. */
export interface Member extends Person {
  role: LinkRole;
  added_ms: number;
}

/** Somebody who wants to do more than they may. */
export interface AccessRequest extends Person {
  role: LinkRole;
  message: string;
  at_ms: number;
}

export interface Link {
  id: string;
  role: LinkRole;
  label: string;
  /** The whole address, with its secret. */
  url: string;
  created_ms: number;
  used_ms: number | null;
  uses: number;
  expires_ms: number | null;
  expired: boolean;
  has_password: boolean;
}

export interface LinkChange {
  role?: LinkRole;
  label?: string;
  /** `null`: never. */
  expires_ms?: number | null;
  /** `null`: none any more. Another one ends what the old one gave. */
  password?: string | null;
  regenerate?: true;
}

/** Where somebody is signed in. */
export interface SignedIn {
  id: string;
  /** The one that asks. */
  current: boolean;
  created_ms: number;
  seen_ms: number;
  /** The browser's own words about itself. */
  agent: string;
}

export type Scope = "read" | "comment" | "edit";

export interface Token {
  id: string;
  label: string;
  scope: Scope;
  created_ms: number;
  expires_ms: number | null;
  used_ms: number | null;
}

export interface Passkey {
  id: string;
  label: string;
  created_ms: number;
  used_ms: number | null;
}

/** A step of WebAuthn: what the browser is to do, and under which name the server remembers having asked. */
export interface Ceremony {
  ceremony: string;
  options: { publicKey: unknown };
}

/** An account as an administrator sees it. */
export interface User {
  author: string;
  name: string;
  display: string;
  peer: number;
  admin: boolean;
  suspended_ms: number | null;
  created_ms: number;
  documents: number;
}

export interface Invite {
  id: string;
  label: string;
  url: string;
  created_ms: number;
  expires_ms: number;
  /** Account name. */
  used_by: string | null;
}

/** A document as an administrator sees it: not what is in it. */
export interface Holding {
  id: string;
  owner: Person;
  created_ms: number;
  updated_ms: number;
  trashed_ms: number | null;
  /** What is stored of it does not read well, so it was set aside. */
  damaged?: boolean;
}

/** A picture or another file of a document. */
export interface StoredFile {
  /** As stored: what it holds names it. */
  name: string;
  /** Path of its bytes; `?small` is the small copy of a picture. */
  url: string;
  /** The name it came with. */
  original: string;
  picture: { width: number; height: number } | null;
  bytes: number;
  at_ms: number;
  by: Person;
  /** The text mentions it. */
  used: boolean;
}

/** All of a document's files, and how much its owner may keep in all documents together. */
export interface Files {
  files: StoredFile[];
  bytes: number;
  quota_bytes: number;
  owner_bytes: number;
}

/** What came of bringing something in. */
export interface Imported {
  documents: { id: string; title: string; url: string }[];
  skipped: { path: string; why: string }[];
}

export interface Opened {
  document: string;
  url: string;
  role: Role;
  title: string;
  /** The text, rendered by the server: trusted HTML. */
  html: string;
  me: Me;
}

export interface SignUp {
  name: string;
  password: string;
  display?: string;
  setup?: string;
  invite?: string;
}

const part = encodeURIComponent;
const thread = (note: string, reply: string | null = null) =>
  `/notes/${part(note)}${reply === null ? "" : `/replies/${part(reply)}`}`;

export const api = {
  ...listing,
  signup: (wish: SignUp) => call<Me>("POST", "/api/signup", wish),
  login: (name: string, password: string) => call<Me>("POST", "/api/login", { name, password }),
  logout: () => call<void>("POST", "/api/logout", {}),
  document: (id: string) => call<Document>("GET", at(id)),
  html: (id: string) => request("GET", at(id, "/html")).then((answer) => answer.text()),
  links: async (id: string) => (await call<{ links: Link[] }>("GET", at(id, "/links"))).links,
  createLink: (id: string, wish: { role: LinkRole } & Omit<LinkChange, "regenerate">) => call<Link>("POST", at(id, "/links"), wish),
  patchLink: (id: string, link: string, change: LinkChange) =>
    call<Link>("PATCH", at(id, `/links/${part(link)}`), change),
  removeLink: (id: string, link: string) => call<void>("DELETE", at(id, `/links/${part(link)}`)),
  redeem: (link: string, shown: { secret: string; name?: string; password?: string }) =>
    call<Opened>("POST", `/api/links/${part(link)}/redeem`, shown),

  members: (id: string) => call<{ owner: Person; members: Member[] }>("GET", at(id, "/members")),
  addMember: (id: string, wish: { name: string; role: LinkRole }) => call<Member>("POST", at(id, "/members"), wish),
  patchMember: (id: string, author: string, role: LinkRole) =>
    call<Member>("PATCH", at(id, `/members/${part(author)}`), { role }),
  removeMember: (id: string, author: string) => call<void>("DELETE", at(id, `/members/${part(author)}`)),
  transfer: (id: string, name: string) => call<Document>("POST", at(id, "/owner"), { name }),

  ask: (id: string, wish: { role: LinkRole; message?: string }) => call<void>("POST", at(id, "/requests"), wish),
  requests: async (id: string) => (await call<{ requests: AccessRequest[] }>("GET", at(id, "/requests"))).requests,
  allow: (id: string, author: string, role: LinkRole) =>
    call<Member>("POST", at(id, `/requests/${part(author)}`), { role }),
  decline: (id: string, author: string) => call<void>("DELETE", at(id, `/requests/${part(author)}`)),

  files: (id: string) => call<Files>("GET", at(id, "/files")),
  removeFile: (id: string, name: string) => call<void>("DELETE", at(id, `/files/${part(name)}`)),

  people: async (id: string) => (await call<{ people: Known[] }>("GET", at(id, "/people"))).people,
  authors: (id: string) => call<Authors>("GET", at(id, "/authors")),
  since: (id: string) => call<LastSeen>("GET", at(id, "/since")),
  /** Everything up to now has been seen. */
  seen: (id: string) => call<void>("POST", at(id, "/seen"), {}),
  notes: {
    create: (id: string, note: Saying & Passage) => ask("POST", at(id, "/notes"), note),
    edit: (id: string, note: string, body: string) => ask("PATCH", at(id, thread(note)), { body }),
    resolve: (id: string, note: string, resolved: boolean) => ask("PATCH", at(id, thread(note)), { resolved }),
    attach: (id: string, note: string, passage: Passage) => ask("PATCH", at(id, thread(note)), passage),
    remove: (id: string, note: string) => ask("DELETE", at(id, thread(note))),
    reply: (id: string, note: string, reply: Saying) => ask("POST", at(id, `${thread(note)}/replies`), reply),
    editReply: (id: string, note: string, reply: string, body: string) => ask("PATCH", at(id, thread(note, reply)), { body }),
    removeReply: (id: string, note: string, reply: string) => ask("DELETE", at(id, thread(note, reply))),
    /** All of one's reactions to a note, or to one of its replies; none takes them back. */
    react: (id: string, note: string, reply: string | null, emoji: readonly string[]) =>
      ask("POST", at(id, `${thread(note, reply)}/reactions`), { emoji }),
  },

  setPassword: (current: string, next: string) => call<void>("POST", "/api/me/password", { current, new: next }),
  sessions: async () => (await call<{ sessions: SignedIn[] }>("GET", "/api/me/sessions")).sessions,
  endSession: (id: string) => call<void>("DELETE", `/api/me/sessions/${part(id)}`),
  endOtherSessions: () => call<void>("DELETE", "/api/me/sessions"),
  tokens: async () => (await call<{ tokens: Token[] }>("GET", "/api/tokens")).tokens,
  createToken: (wish: { label: string; scope: Scope; expires_ms?: number }) =>
    call<Token & { token: string }>("POST", "/api/tokens", wish),
  removeToken: (id: string) => call<void>("DELETE", `/api/tokens/${part(id)}`),
  passkeys: async () => (await call<{ passkeys: Passkey[] }>("GET", "/api/me/passkeys")).passkeys,
  beginPasskey: () => call<Ceremony>("POST", "/api/me/passkeys/begin", {}),
  addPasskey: (made: { ceremony: string; label: string; credential: unknown }) =>
    call<Passkey>("POST", "/api/me/passkeys", made),
  removePasskey: (id: string) => call<void>("DELETE", `/api/me/passkeys/${part(id)}`),
  beginPasskeyLogin: () => call<Ceremony>("POST", "/api/login/passkey/begin", {}),
  passkeyLogin: (shown: { ceremony: string; credential: unknown }) => call<Me>("POST", "/api/login/passkey", shown),
  reset: (word: string, password: string) => call<Me>("POST", "/api/reset", { reset: word, password }),

  users: async () => (await call<{ users: User[] }>("GET", "/api/admin/users")).users,
  patchUser: (author: string, change: { suspended?: boolean; admin?: boolean }) =>
    call<User>("PATCH", `/api/admin/users/${part(author)}`, change),
  resetUser: (author: string) =>
    call<{ url: string; expires_ms: number }>("POST", `/api/admin/users/${part(author)}/reset`, {}),
  invites: async () => (await call<{ invites: Invite[] }>("GET", "/api/admin/invites")).invites,
  invite: (label: string) => call<Invite>("POST", "/api/admin/invites", { label }),
  removeInvite: (id: string) => call<void>("DELETE", `/api/admin/invites/${part(id)}`),
  holdings: async () => (await call<{ documents: Holding[] }>("GET", "/api/admin/documents")).documents,
  patchHolding: (id: string, change: { owner?: string; trashed?: boolean }) =>
    call<Holding>("PATCH", `/api/admin/documents/${part(id)}`, change),
};

/** Where a file of a document is sent to. */
export const filesPath = (id: string, name: string) => at(id, `/files?name=${part(name)}`);
/** Where documents are brought in. */
export const importPath = (name: string) => `/api/import?name=${part(name)}`;
/** A document as a file. */
export const exportPath = (id: string, as: { format?: "md" | "html" | "zip"; notes?: string }) =>
  at(id, `/export?${new URLSearchParams(as).toString()}`);

/** Asks for a change whose outcome comes over the socket. */
async function ask(method: string, path: string, body?: unknown): Promise<void> {
  await request(method, path, body);
}
