/**
 * Stock Yjs clients in Node: the y-websocket that people have, in both of its lines, against our address.
 *
 * Invariant: nothing here knows Galley but the address of a document and the ticket in its query.
 */
import WebSocket from "ws";
import { WebsocketProvider as Provider3 } from "y-websocket";
import { WebsocketProvider as Provider2 } from "y-websocket-2";
import * as Y from "yjs";
import { type Document, Person } from "./people";
import type { Server } from "./server";

export type Line = "y-websocket 2.1" | "y-websocket 3.1";
export const lines: readonly Line[] = ["y-websocket 2.1", "y-websocket 3.1"];

/** The parts of a provider that both lines have. */
interface Provider {
  synced: boolean;
  wsLastMessageReceived: number;
  on(name: "sync", heard: (synced: boolean) => void): void;
  on(name: "connection-close", heard: (event: { code: number } | null) => void): void;
  awareness: { getStates(): Map<number, Record<string, unknown>>; setLocalStateField(name: string, value: unknown): void };
  destroy(): void;
}

export class Stock {
  /** Codes of connections that ended; empty while the first one lives. */
  readonly closed: number[] = [];
  readonly content: Y.Text;

  private constructor(
    readonly doc: Y.Doc,
    readonly provider: Provider,
  ) {
    this.content = doc.getText("content");
    provider.on("connection-close", (event) => this.closed.push(event?.code ?? 0));
  }

  /** Connects to the text, or to another part of the document; `synced` resolves when the server's state has arrived. */
  static async join(server: Server, person: Person, document: Document, line: Line, doc = new Y.Doc(), part = ""): Promise<Stock> {
    const address = `${server.url.replace(/^http/, "ws")}/sync`;
    const WebSocketPolyfill = WebSocket as unknown as typeof globalThis.WebSocket;
    const options = { params: { ticket: await person.ticket(document) }, WebSocketPolyfill, disableBc: true };
    const provider: Provider =
      line === "y-websocket 2.1" ? new Provider2(address, document.id + part, doc, options) : new Provider3(address, document.id + part, doc, options);
    const stock = new Stock(doc, provider);
    await stock.synced();
    return stock;
  }

  get text(): string {
    return this.content.toString();
  }

  async synced(): Promise<void> {
    if (this.provider.synced) return;
    await new Promise<void>((resolve) => this.provider.on("sync", (synced) => synced && resolve()));
  }

  /** Resolves when the server has been heard at so many different times, a second apart at least. */
  async heard(times: number): Promise<void> {
    let last = this.provider.wsLastMessageReceived;
    while (times > 0) {
      await new Promise((next) => setTimeout(next, 1_000));
      if (this.provider.wsLastMessageReceived === last) continue;
      last = this.provider.wsLastMessageReceived;
      times -= 1;
    }
  }

  leave(): void {
    this.provider.destroy();
    this.doc.destroy();
  }
}
