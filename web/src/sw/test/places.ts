/** A worker's world without a browser: caches in maps, and a network that answers what it is told to. */
import type { Answering } from "../answers";
import type { Build } from "../build";

export const origin = "https://notes.example";

export const build = (id: string, more: Partial<Build> = {}): Build => ({
  id,
  needed: [[`/assets/page-${id.padEnd(8, "0")}.js`, `sha256-${id}`]],
  other: [],
  ...more,
});

class Kept {
  readonly entries = new Map<string, Response>();
  match = async (path: string) => this.entries.get(path)?.clone();
  put = async (path: string, answer: Response) => void this.entries.set(path, answer);
  keys = async () => [...this.entries.keys()].map((path) => ({ url: origin + path }));
}

export class Places implements Answering {
  readonly kept = new Map<string, Kept>();
  readonly asked: string[] = [];
  /** What the network says; what is not here is a network that fails. */
  readonly network = new Map<string, () => Response>();
  holds: string[] = [];
  /** Lets time pass. */
  pass: () => void = () => {};
  private nonces = 0;

  readonly caches = {
    keys: async () => [...this.kept.keys()],
    has: async (name: string) => this.kept.has(name),
    delete: async (name: string) => this.kept.delete(name),
    open: async (name: string) => {
      const found = this.kept.get(name) ?? new Kept();
      this.kept.set(name, found);
      return found as unknown as Cache;
    },
  };

  readonly ask = async (url: string, how: RequestInit) => {
    const path = new URL(url, origin).pathname;
    this.asked.push(path);
    const answer = this.network.get(path)?.();
    if (!answer) throw new TypeError("Failed to fetch");
    if (how.integrity && answer.headers.get("x-sum") !== how.integrity) throw new TypeError("integrity");
    return answer;
  };

  readonly keeps = async (_: string, path: string) => this.holds.includes(path);
  readonly after = () => new Promise<void>((done) => (this.pass = done));
  readonly nonce = () => `fresh${++this.nonces}`;

  /** The server as it is with this build. */
  serve({ id, needed, other }: Build): void {
    for (const [path, integrity] of needed) this.network.set(path, () => new Response(path, { headers: { "x-sum": integrity } }));
    for (const path of other) this.network.set(path, () => new Response(path));
    for (const shell of ["document", "documents", "offline"])
      this.network.set(`/shell/${shell}`, () => new Response(`<meta content="${id}"><script nonce="old">`, { headers: { "content-security-policy": "script-src 'nonce-old'; trusted-types galley" } }));
  }

  paths = (name: string) => [...(this.kept.get(name)?.entries.keys() ?? [])];
}
