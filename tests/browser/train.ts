/**
 * A window on the train: everything it says to the server goes over a line that can be cut.
 *
 * Use `test` from here in place of the one of `fixtures.ts`; `line` is then between every window and the server, and
 * people's own calls go over it too. Invariant: an address does not change while its line is cut, and a cut line
 * refuses at once, as a phone without a network does.
 */
import { once } from "node:events";
import { connect, createServer, type Server as Listener, type Socket } from "node:net";
import { test as base } from "./fixtures";
import { freePort } from "./server";

export { expect, phone } from "./fixtures";

export class Line {
  #state: "open" | "cut" | "syncless" = "open";
  #held: (() => void)[] | null = null;
  /** Connected, and nothing asked yet: browsers open some in advance. */
  readonly #silent = new Set<Socket>();
  readonly #pairs = new Set<{ kind: "sync" | "page"; end(): void }>();

  private constructor(
    private readonly listener: Listener,
    private readonly port: number,
    /** Where the server has to listen. */
    readonly behind: number,
  ) {
    listener.on("connection", (near) => this.#carry(near));
  }

  static async open(): Promise<Line> {
    const listener = createServer();
    const [port, behind] = [await freePort(), await freePort()];
    const line = new Line(listener, port, behind);
    await line.#listen();
    return line;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Into the tunnel: nothing goes through, what was open ends. */
  async cut(): Promise<void> {
    this.#state = "cut";
    const closed = once(this.listener, "close");
    this.listener.close();
    this.#end("page", "sync");
    // A listener is not closed before the last of its sockets is.
    for (const near of this.#silent) near.destroy();
    await closed;
  }

  /** Pages and calls go through, the documents' sockets do not. */
  cutSync(): void {
    this.#state = "syncless";
    this.#end("sync");
  }

  /** Out of the tunnel. */
  async restore(): Promise<void> {
    const was = this.#state;
    this.#state = "open";
    if (was === "cut") await this.#listen();
  }

  /** Keeps back what the server says on the documents' sockets; the answer lets it through. */
  holdSync(): () => void {
    this.#held ??= [];
    return () => {
      const held = this.#held ?? [];
      this.#held = null;
      held.forEach((say) => say());
    };
  }

  async close(): Promise<void> {
    if (this.#state !== "cut") await this.cut();
  }

  async #listen(): Promise<void> {
    this.listener.listen(this.port, "127.0.0.1");
    await once(this.listener, "listening");
  }

  #end(...kinds: string[]): void {
    for (const pair of this.#pairs) if (kinds.includes(pair.kind)) pair.end();
  }

  /** What the first bytes ask for says what it is. */
  #carry(near: Socket): void {
    near.on("error", () => near.destroy());
    this.#silent.add(near);
    near.on("close", () => this.#silent.delete(near));
    near.once("data", (first: Buffer) => {
      this.#silent.delete(near);
      const kind = /^GET \/sync\//.test(first.toString("latin1")) ? "sync" : "page";
      if (this.#state === "cut" || (this.#state === "syncless" && kind === "sync")) return near.destroy();
      const far = connect(this.behind, "127.0.0.1");
      const pair = { kind, end: () => void (near.destroy(), far.destroy()) } as const;
      this.#pairs.add(pair);
      far.write(first);
      near.pipe(far);
      far.on("data", (bytes: Buffer) => {
        if (kind === "sync" && this.#held) this.#held.push(() => near.write(bytes));
        else near.write(bytes);
      });
      for (const socket of [near, far]) {
        socket.on("error", pair.end);
        socket.on("close", () => (pair.end(), this.#pairs.delete(pair)));
      }
    });
  }
}

export const test = base.extend<{ line: Line }>({
  line: async ({}, use) => {
    const line = await Line.open();
    await use(line);
    await line.close();
  },
  serving: async ({ line }, use) => use({ port: line.behind, flags: ["--public-url", line.url] }),
});
