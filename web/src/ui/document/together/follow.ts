/** Keeps this page where somebody else is, until they leave. */
import { effect, type ReadonlySignal, untracked } from "@preact/signals";
import type { Linked } from "../../../preview/scroll";
import type { Peer } from "../../../session/session";
import { toast } from "../../toasts";
import { Glide } from "./glide";
import type { Pane } from "./panes";
import type { PositionParts } from "./position";
import type { Following } from "./together";

export interface FollowParts extends PositionParts {
  scroll: ReadonlySignal<Pick<Linked, "linked" | "rest"> | null>;
}

interface Going {
  following: ReadonlySignal<Following | null>;
  panes: () => Pane[];
  stop(): void;
}

/** Somebody who reloads the page is back sooner. */
const goneMs = 3_000;

export function goAlong(parts: FollowParts, { following, panes, stop }: Going): void {
  const { session, sheet, article, source, editor, preview, view, scroll, slides } = parts;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const driven = () => drivenOf(panes(), scroll.peek()?.linked.peek() ?? false);
  const glide = new Glide(driven, () => calm.matches);
  const windows = new Windows();
  const gone = new Absence((name) => {
    stop();
    toast(`${name} left. You are no longer following.`);
  });

  effect(() => {
    const person = following.value;
    const found = windows.latest(session.peers.value, person?.author);
    gone.look(person && !found && session.status.value.kind === "live" ? person.name : null);
    if (!person) return glide.stop();
    const line = found && lineOfPeer(found, session);
    if (line === null || line === undefined) return;
    if (slides.on.value) untracked(() => slides.toLine(line));
    // Both panes are placed here; one must not pull the other to another height.
    scroll.peek()?.rest();
    glide.to(line);
  });
  const again = () => {
    if (!following.peek()) return;
    scroll.peek()?.rest();
    glide.again();
  };
  effect(() => {
    void [view.value, preview.value?.lines.value, editor.value?.position.value, scroll.value?.linked.value];
    again();
  });
  const sizes = new ResizeObserver(again);
  for (const element of [sheet, article, source]) sizes.observe(element);
}

/** Whether somebody has been away for too long. */
class Absence {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly over: (name: string) => void) {}

  look(missing: string | null): void {
    if (missing === null) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    } else this.#timer ??= setTimeout(() => this.over(missing), goneMs);
  }
}

/** Scrolling apart, the source is left to whoever writes in it. */
export function drivenOf(panes: readonly Pane[], linked: boolean): readonly Pane[] {
  return panes.length > 1 && !linked ? panes.filter(({ side }) => side === "sheet") : panes;
}

/** Somebody may have several windows open: the one they moved in last is where they are. */
export class Windows {
  readonly #lines = new Map<number, number | null>();
  #last: number | null = null;

  latest(peers: readonly Peer[], author: string | undefined): Peer | null {
    const theirs = peers.filter((peer) => peer.author === author && !peer.self);
    const place = (peer: Peer) => peer.line ?? peer.offset;
    for (const peer of theirs) {
      const before = this.#lines.get(peer.client);
      if (before !== undefined && before !== place(peer)) this.#last = peer.client;
      this.#lines.set(peer.client, place(peer));
    }
    const awake = theirs.filter(({ idle }) => !idle);
    return theirs.find(({ client }) => client === this.#last) ?? awake.find(({ editing }) => editing) ?? awake[0] ?? theirs[0] ?? null;
  }
}

/** Where somebody is; by their caret if their editor says no more. */
export function lineOfPeer({ line, offset }: Pick<Peer, "line" | "offset">, { text }: { text: { toString(): string } }): number | null {
  if (line !== null || offset === null) return line;
  return text.toString().slice(0, offset).split("\n").length - 1;
}
