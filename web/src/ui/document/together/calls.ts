/**
 * Which of the calls to everybody are new here.
 *
 * A call stays in its caller's state, so whoever joins later is told of it too, and so is everybody after a connection
 * was lost. New is what changed while one looked on, and, for somebody just met, what is only seconds old: their clock
 * may differ from ours, so age alone decides nothing about anybody known.
 */
import type { Peer } from "../../../session/session";

export const freshMs = 10_000;
/** Somebody who typed so lately is not moved. */
export const busyMs = 5_000;

type Caller = Pick<Peer, "client" | "author" | "name" | "self" | "call">;

export class Calls {
  /** By client: the newest call heard. */
  readonly #heard = new Map<number, number>();
  #known: ReadonlySet<number> = new Set();

  /** Takes everybody who is here; answers with who has just called. `now`: the wall clock. */
  hear<C extends Caller>(peers: readonly C[], now: number): C | null {
    const mine = new Set(peers.filter(({ self }) => self).map(({ author }) => author));
    const fresh = peers.filter((peer) => this.#isNew(peer, now) && !mine.has(peer.author));
    this.#known = new Set(peers.map(({ client }) => client));
    return fresh.reduce<C | null>((last, peer) => ((last?.call ?? -1) >= (peer.call ?? 0) ? last : peer), null);
  }

  #isNew({ client, call }: Caller, now: number): boolean {
    if (call === null || call <= (this.#heard.get(client) ?? -1)) return false;
    this.#heard.set(client, call);
    return this.#known.has(client) || Math.abs(now - call) <= freshMs;
  }
}

/** What to do about one. */
export function answerTo(typedAt: number | null, now: number): "come" | "ask" {
  return typedAt !== null && now - typedAt < busyMs ? "ask" : "come";
}
