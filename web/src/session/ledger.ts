/**
 * Which of the page's own edits the server has on disk.
 *
 * Edits are counted for as long as the page lives, writes for one connection. Ack n settles the first n writes: each is
 * durable or was refused. Invariant: an edit is never counted as saved before a write that holds it was acked without
 * a Nack; a Step2 holds everything, an Update only what came since the write before it. Edits of before this page, that
 * were kept on the device, are counted apart: only a Step2 sent since then covers them.
 */
export interface Refusal {
  code: number;
  reason: string;
}

interface Write {
  /** It holds the edits after `after`, up to and including `through`. */
  after: number;
  through: number;
  /** So many edits of before this page are in it. */
  earlier: number;
  refused: boolean;
}

export class Ledger {
  #made = 0;
  #earlier = 0;
  #covered = 0;
  #sent = 0;
  #settled = 0;
  #writes: Write[] = [];
  #refusal: (Refusal & { through: number }) | null = null;

  /** How many own edits the server is not known to have. */
  get unsaved(): number {
    return this.#earlier + this.#made - this.#covered;
  }

  /** How many edits this page has made. */
  get made(): number {
    return this.#made;
  }

  /** The server has the edits of this page up to this one, and all of before it; null: not all of those. */
  get covered(): number | null {
    return this.#earlier === 0 ? this.#covered : null;
  }

  /** Why the server does not take the edits that are not saved; null while it may still take them. */
  get refusal(): Refusal | null {
    return this.#refusal;
  }

  edited(): void {
    this.#made += 1;
  }

  /** The document holds `edits` more, made before this page. */
  kept(edits: number): void {
    this.#earlier += edits;
  }

  /** A Step2 goes out: everything the server lacks. */
  sentAll(): void {
    this.#send(0, this.#earlier);
  }

  /** An Update goes out: everything since the last write. */
  sentNews(): void {
    this.#send(this.#sent, 0);
  }

  acked(upto: number): void {
    while (this.#settled < upto) {
      const write = this.#writes.shift();
      if (!write) return;
      this.#settled += 1;
      if (write.refused) continue;
      if (write.after <= this.#covered) this.#covered = Math.max(this.#covered, write.through);
      this.#earlier = Math.max(0, this.#earlier - write.earlier);
    }
    if (this.#refusal && this.#covered >= this.#refusal.through && this.#earlier === 0) this.#refusal = null;
  }

  nacked(nth: number, { code, reason }: Refusal): void {
    const write = this.#writes[nth - this.#settled - 1];
    if (!write) return;
    write.refused = true;
    if (write.through > this.#covered || write.earlier > 0) this.#refusal = { code, reason, through: write.through };
  }

  /** Writes are counted anew; what was not settled has to go out again. */
  connectionLost(): void {
    this.#writes = [];
    this.#settled = 0;
    this.#sent = this.#covered;
  }

  #send(after: number, earlier: number): void {
    this.#writes.push({ after, through: this.#made, earlier, refused: false });
    this.#sent = this.#made;
  }
}
