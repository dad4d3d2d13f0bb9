/**
 * A proxy in front of a server, for what a server does over the months: it can be away, be slow, and come back as
 * another build.
 *
 * Invariant: pages know only the proxy's address, so the server is started with it as its public URL; nothing is changed
 * on the way but the name of the build.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server as HttpServer, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { test as base } from "./fixtures";
import { freePort, Server } from "./server";

export class Front {
  private readonly sockets = new Set<Socket>();
  private http: HttpServer | null = null;
  /** The name another build would have; null: as it is. */
  build: string | null = null;
  /** Pages are held back until this resolves. */
  slow: Promise<void> | null = null;
  /** Answers every request itself. */
  trouble: number | null = null;

  private constructor(
    private readonly port: number,
    private target: URL | null = null,
  ) {}

  /** In front of a server of its own on `behind`. */
  static async start(port: number, behind: number, data?: string): Promise<{ front: Front; server: Server; url: string }> {
    const url = `http://localhost:${port}`;
    const server = await Server.start({ port: behind, flags: ["--public-url", url], ...(data ? { data } : {}) });
    const front = new Front(port, new URL(`http://127.0.0.1:${behind}`));
    await front.back();
    return { front, server, url };
  }

  /** The train is out of the tunnel. */
  async back(): Promise<void> {
    this.http = createServer((asked, answer) => void this.pass(asked, answer));
    this.http.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
    });
    this.http.on("upgrade", (asked, socket) => this.upgrade(asked, socket as Socket));
    this.http.listen(this.port, "127.0.0.1");
    await once(this.http, "listening");
  }

  /** Nobody gets through, and who was through is cut off. */
  async cut(): Promise<void> {
    const closed = this.http && once(this.http.close(), "close");
    for (const socket of this.sockets) socket.destroy();
    await closed;
    this.http = null;
  }

  private async pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    if (this.trouble) return void answer.writeHead(this.trouble, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>");
    if (asked.headers.accept?.includes("text/html")) await this.slow;
    const { hostname, port } = this.target ?? new URL("http://127.0.0.1:9");
    // What is packed could not be read here.
    const headers = { ...asked.headers, "accept-encoding": "identity" };
    const through = request({ hostname, port, path: asked.url, method: asked.method, headers }, (reply) => {
      if (this.build === null || !/html|javascript/.test(reply.headers["content-type"] ?? "") || asked.url?.startsWith("/assets/")) {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        return void reply.pipe(answer);
      }
      void this.rename(reply, answer);
    });
    through.on("error", () => answer.destroy());
    asked.pipe(through);
  }

  /** Twelve hexadecimal digits are the build's name wherever they stand after one of these. */
  private async rename(reply: IncomingMessage, answer: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of reply) parts.push(part as Buffer);
    const named = /("build":"[^"+]*\+|name="build" content="|\bid["`]?:["`]|"id":")[0-9a-f]{12}(?=["`])/g;
    const body = Buffer.concat(parts).toString().replace(named, `$1${this.build}`);
    const headers = { ...reply.headers, "content-length": String(Buffer.byteLength(body)) };
    delete headers["transfer-encoding"];
    answer.writeHead(reply.statusCode ?? 502, headers).end(body);
  }

  private upgrade(asked: IncomingMessage, socket: Socket): void {
    const { port } = this.target ?? { port: "9" };
    const through = connect(Number(port), "127.0.0.1", () => {
      const headers = asked.rawHeaders.map((word, at) => (at % 2 === 0 ? `${word}: ` : `${word}\r\n`)).join("");
      through.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headers}\r\n`);
      through.pipe(socket).pipe(through);
    });
    for (const end of [through, socket]) end.on("error", () => (through.destroy(), socket.destroy()));
    socket.once("close", () => through.destroy());
  }
}

/** A test whose windows know the server by its front. */
export const test = base.extend<{ fronted: { front: Front; server: Server }; front: Front }>({
  fronted: async ({}, use) => {
    const made = await Front.start(await freePort(), await freePort());
    await use(made);
    await made.front.cut();
    await made.server.dispose();
  },
  server: ({ fronted }, use) => use(fronted.server),
  front: ({ fronted }, use) => use(fronted.front),
});
