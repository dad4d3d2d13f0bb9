/**
 * Being in one text with others: where they are, going there with them, and asking everybody to come here.
 *
 * Next: `panes.ts` for places, `position.ts` for what this page says of itself, `follow.ts` for going along, `calls.ts`
 * for who calls, `presence.ts` for what is said aloud.
 */
import { effect, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import { announce } from "../../announce";
import { canWrite } from "../../roles";
import { toast } from "../../toasts";
import { answerTo, Calls } from "./calls";
import { type FollowParts, goAlong } from "./follow";
import { watchHands } from "./hands";
import { panesOf } from "./panes";
import { peerCarets, type PeerCarets } from "./peer-carets";
import { type Lead, tellPosition } from "./position";
import { announcePresence } from "./presence";

/** Whom this page goes along with. */
export interface Following {
  author: string;
  name: string;
  /** Colour, 1 to 8. */
  peer: number;
  /** Not of one's own will: they called. */
  called: boolean;
}

export interface Together extends PeerCarets {
  following: ReadonlySignal<Following | null>;
  /** The list of everybody is open. */
  listed: Signal<boolean>;
  follow(author: string): void;
  stop(): void;
  /** Asks everybody to come to where this page is. */
  call(): void;
}

export function beTogether(parts: FollowParts): Together {
  const { session } = parts;
  const following = signal<Following | null>(null);
  const panes = panesOf(parts);
  const position = tellPosition(parts, panes, () => following.peek() !== null);

  const end = (lead: Lead | null) => {
    following.value = null;
    if (lead) position.lead(lead);
  };
  const shown = () => (panes().some(({ side }) => side === "sheet") ? "sheet" : "source");
  const stop = () => {
    if (following.peek()) end(shown());
  };
  const follow = (author: string, called = false) => {
    const person = session.peers.peek().find((peer) => peer.author === author && !peer.self);
    if (!person) return;
    // What this page has come to by itself; from now on it says nothing.
    if (!following.peek()) position.tell();
    following.value = { author, name: person.name, peer: person.peer, called };
  };

  let typedAt: number | null = null;
  session.text.observe((_, { local }) => {
    if (!local) return;
    typedAt = performance.now();
    // A box that is ticked in the sheet moves no caret.
    end(parts.editor.peek()?.view.hasFocus ? "caret" : null);
  });
  watchHands(parts.source, parts.sheet, (place) => end(place === "margin" ? shown() : place));
  goAlong(parts, { following, panes, stop });
  hearCalls(parts, follow, () => answerTo(typedAt, performance.now()));
  announcePresence(session);

  return {
    ...peerCarets(),
    following,
    listed: signal(false),
    follow,
    stop,
    call() {
      stop();
      position.tell();
      call(parts);
    },
  };
}

function hearCalls({ session }: FollowParts, follow: (author: string, called: true) => void, answer: () => "come" | "ask"): void {
  const calls = new Calls();
  effect(() => {
    const caller = calls.hear(session.peers.value, Date.now());
    if (!caller) return;
    const sentence = `${caller.name} brought everybody here.`;
    if (answer() === "ask") {
      toast(sentence, { label: "Go there", run: () => follow(caller.author, true) });
    } else {
      announce(sentence);
      untracked(() => follow(caller.author, true));
    }
  });
}

function call({ session: { awareness, peers, role, status } }: FollowParts): void {
  if (!canWrite(role.peek())) return;
  const others = peers.peek().some(({ self }) => !self);
  if (status.peek().kind !== "live") return toast("Not connected: nobody can be brought here now.");
  if (!others) return toast("Nobody else is here now.");
  const before: unknown = awareness.getLocalState()?.["call"];
  awareness.setLocalStateField("call", Math.max(Date.now(), typeof before === "number" ? before + 1 : 0));
  toast("Everybody is brought to where you are.");
}
