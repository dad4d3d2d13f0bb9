/**
 * People, by the API: they sign up, write documents, make links, and lend their cookie to a browser window.
 *
 * Invariant: only the public HTTP surface is used, with the headers a page sends.
 */
import type { BrowserContext } from "@playwright/test";
import type { Server } from "./server";

export const password = "a long enough sentence";

export type LinkRole = "view" | "comment" | "edit";

export interface Document {
  id: string;
  title: string;
  role: string;
  url: string;
}

export interface Link {
  id: string;
  role: LinkRole;
  url: string;
}

/** Somebody with a session, or nobody yet. */
export class Person {
  private cookies = new Map<string, string>();

  constructor(private readonly server: Server) {}

  static async signUp(server: Server, name: string, display = name): Promise<Person> {
    const person = new Person(server);
    await person.call("POST", "/api/signup", { name, password, display });
    return person;
  }

  /** A guest: nobody, who opened a link. */
  static async byLink(server: Server, link: Link, name?: string): Promise<Person> {
    const person = new Person(server);
    const secret = new URL(link.url).hash.slice(1);
    await person.call("POST", `/api/links/${link.id}/redeem`, { secret, ...(name ? { name } : {}) });
    return person;
  }

  async newDocument(text = ""): Promise<Document> {
    return (await (await this.call("POST", "/api/documents", { text })).json()) as Document;
  }

  async shareLink(document: Document, role: LinkRole, more: object = {}): Promise<Link> {
    return (await (await this.call("POST", `/api/documents/${document.id}/links`, { role, label: role, ...more })).json()) as Link;
  }

  async addMember(document: Document, name: string, role: LinkRole): Promise<void> {
    await this.call("POST", `/api/documents/${document.id}/members`, { name, role });
  }

  async trash(document: Document): Promise<void> {
    await this.call("DELETE", `/api/documents/${document.id}`);
  }

  async text(document: Document): Promise<string> {
    return (await this.call("GET", `/api/documents/${document.id}/text`)).text();
  }

  /** What clients that cannot set headers put into the address of the socket. */
  async ticket(document: Document): Promise<string> {
    const answer = await this.call("POST", `/api/documents/${document.id}/ticket`);
    return ((await answer.json()) as { ticket: string }).ticket;
  }

  /** Signs a browser window in. */
  async enter(context: BrowserContext): Promise<void> {
    const { hostname } = new URL(this.server.url);
    const cookies = [...this.cookies].map(([name, value]) => ({ name, value, domain: hostname, path: "/" }));
    await context.addCookies(cookies);
  }

  /** As a page would ask; anything but success is an error that says what came back. */
  async call(method: string, path: string, body?: object): Promise<Response> {
    const answer = await this.ask(method, path, body);
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  /** Uploads a file, whatever comes back. */
  async upload(document: Document, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Response> {
    const path = `/api/documents/${document.id}/files?name=${encodeURIComponent(name)}`;
    return this.send("POST", path, "application/octet-stream", bytes);
  }

  /** As a page would ask, whatever comes back. */
  async ask(method: string, path: string, body?: object): Promise<Response> {
    return method === "GET" ? this.send(method, path) : this.send(method, path, "application/json", JSON.stringify(body ?? {}));
  }

  private async send(method: string, path: string, mime?: string, body?: string | Uint8Array<ArrayBuffer>): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(this.server.url + path, {
      method,
      headers: {
        origin: this.server.url,
        "x-galley": "1",
        ...(mime ? { "content-type": mime } : {}),
        ...(cookie ? { cookie } : {}),
      },
      ...(body === undefined ? {} : { body }),
    });
    for (const set of answer.headers.getSetCookie()) {
      const [name, value] = (set.split(";")[0] ?? "").split(/=(.*)/s);
      if (name) this.cookies.set(name, value ?? "");
    }
    return answer;
  }
}
