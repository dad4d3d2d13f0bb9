/**
 * The server's HTTP API, typed. With `socket.ts` the only place that talks to the network.
 *
 * Every failure is an {@link ApiError} whose message is a sentence for people.
 */

export type Role = "view" | "comment" | "edit" | "own";
export type LinkRole = Exclude<Role, "own">;

export type Me =
  | { kind: "account"; author: string; name: string; display: string; peer: number; admin: boolean }
  | { kind: "guest"; author: string; display: string; peer: number }
  | { kind: "nobody" };

export interface Document {
  id: string;
  /** Empty if untitled. */
  title: string;
  role: Role;
  updated_ms: number;
  created_ms: number;
  trashed_ms: number | null;
  epoch: number;
  owner: { author: string; display: string; peer: number };
  /** Path of its page. */
  url: string;
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

export class ApiError extends Error {
  constructor(
    /** What programs look at, such as `name_taken`; `unreachable` when there was no answer. */
    readonly code: string,
    message: string,
    /** HTTP status; 0 when there was no answer. */
    readonly status: number,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export interface SignUp {
  name: string;
  password: string;
  display?: string;
  setup?: string;
}

const at = (id: string) => `/api/documents/${encodeURIComponent(id)}`;

export const api = {
  me: () => call<Me>("GET", "/api/me"),
  signup: (wish: SignUp) => call<Me>("POST", "/api/signup", wish),
  login: (name: string, password: string) => call<Me>("POST", "/api/login", { name, password }),
  logout: () => call<void>("POST", "/api/logout", {}),
  rename: (display: string) => call<Me>("PATCH", "/api/me", { display }),
  documents: async ({ trash = false } = {}) =>
    (await call<{ documents: Document[] }>("GET", `/api/documents${trash ? "?trash=1" : ""}`)).documents,
  create: (wish: { id?: string; text?: string }) => call<Document>("POST", "/api/documents", wish),
  document: (id: string) => call<Document>("GET", at(id)),
  patch: (id: string, change: { title?: string; trashed?: boolean }) => call<Document>("PATCH", at(id), change),
  html: (id: string) => request("GET", `${at(id)}/html`).then((answer) => answer.text()),
  links: async (id: string) => (await call<{ links: Link[] }>("GET", `${at(id)}/links`)).links,
  createLink: (id: string, wish: { role: LinkRole; label?: string }) => call<Link>("POST", `${at(id)}/links`, wish),
  patchLink: (id: string, link: string, change: { role?: LinkRole; label?: string; regenerate?: true }) =>
    call<Link>("PATCH", `${at(id)}/links/${encodeURIComponent(link)}`, change),
  removeLink: (id: string, link: string) => call<void>("DELETE", `${at(id)}/links/${encodeURIComponent(link)}`),
  redeem: (link: string, shown: { secret: string; name?: string }) =>
    call<Opened>("POST", `/api/links/${encodeURIComponent(link)}/redeem`, shown),
};

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await request(method, path, body);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

async function request(method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { "X-Galley": "1" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  } catch {
    throw new ApiError("unreachable", "The server cannot be reached. Check the connection and try again.", 0);
  }
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

async function refusal(answer: Response): Promise<ApiError> {
  const said: unknown = await answer.json().catch(() => null);
  const error = (said as { error?: { code?: string; message?: string } } | null)?.error;
  const sentence = error?.message ?? "The server did not answer as expected. Try again in a moment.";
  return new ApiError(error?.code ?? "unknown", sentence, answer.status);
}
