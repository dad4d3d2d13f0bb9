/** Who the authors in a document are. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Known, Me } from "./api";
import type { World } from "./socket";

export type { Known } from "./api";

export interface Directory {
  /** A placeholder until the server has said who that is. Follows `people` when read in a component. */
  person(author: string): Known;
  readonly people: ReadonlySignal<ReadonlyMap<string, Known>>;
  /** Whether an author is whoever looks at this page: their account, or a guest they were. */
  mine(author: string): boolean;
  /** Asks the server again: somebody may have come, or got another role. */
  refresh(): void;
}

export interface DirectorySources {
  me: ReadonlySignal<Me>;
  load(): Promise<readonly Known[]>;
  world: Pick<World, "now" | "later">;
}

export function createDirectory({ me }: DirectorySources): Directory {
  return {
    person: (author) => ({ author, display: "Somebody", peer: 1, guest: false }),
    people: signal(new Map()),
    mine: (author) => me.value.kind !== "nobody" && me.value.author === author,
    refresh() {},
  };
}
