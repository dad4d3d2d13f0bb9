/** Messages of one connection in the order they came, although inflating a packed one takes a while. */
import { decode, type Message, unpack } from "./protocol";

export class Inbox {
  #waiting: Message[] = [];
  #state: "idle" | "unpacking" | "closed" = "idle";

  constructor(
    private readonly deliver: (message: Message) => void,
    /** The server sent what cannot be read; nothing more is delivered. */
    private readonly fail: () => void,
  ) {}

  push(frame: Uint8Array): void {
    if (this.#state === "closed") return;
    try {
      this.#waiting.push(decode(frame));
      this.#drain();
    } catch {
      this.#fail();
    }
  }

  close(): void {
    this.#state = "closed";
    this.#waiting = [];
  }

  #drain(): void {
    while (this.#state === "idle") {
      const next = this.#waiting.shift();
      if (!next) return;
      if (next.kind === "packed") void this.#unpack(next);
      else this.deliver(next);
    }
  }

  async #unpack({ codec, bytes }: { codec: number; bytes: Uint8Array }): Promise<void> {
    this.#state = "unpacking";
    try {
      const message = await unpack(codec, bytes);
      if (this.#isClosed()) return;
      this.#state = "idle";
      this.deliver(message);
      this.#drain();
    } catch {
      this.#fail();
    }
  }

  #fail(): void {
    if (this.#isClosed()) return;
    this.close();
    this.fail();
  }

  #isClosed(): boolean {
    return this.#state === "closed";
  }
}
