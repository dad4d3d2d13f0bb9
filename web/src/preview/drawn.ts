/** The text's blocks as they were rendered. The page's own nodes come to life: what is kept of a text are these. */
import type { Splice } from "./wasm";

export class Drawn {
  /** null: somebody else rendered, whose blocks are not known apart. */
  #blocks: string[] | null = [];

  /** `whole`: the splice makes the text from nothing. */
  splice({ from, removed, inserted }: Pick<Splice, "from" | "removed" | "inserted">, kind: "whole" | "change" = "change"): void {
    if (kind === "whole") this.#blocks = [];
    const before = this.#blocks;
    // An empty one stands for the block that is there already.
    before?.splice(from, removed, ...inserted.map((html, at) => html || (before[from + at] ?? "")));
  }

  forget(): void {
    this.#blocks = null;
  }

  /** null: not known apart. */
  all = (): readonly string[] | null => this.#blocks && [...this.#blocks];

  /** Whole blocks from the first on, up to so many characters. */
  beginning = (most: number): string | null => {
    let length = 0;
    const end = this.#blocks?.findIndex((block) => (length += block.length) > most) ?? -1;
    return this.#blocks?.slice(0, end < 0 ? undefined : end).join("") ?? null;
  };
}
