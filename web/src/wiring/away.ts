/**
 * A page that was without the server and comes back: what others changed is told, and what both sides rewrote becomes
 * notes. Brings the parts when they are wanted. For the page's entry.
 *
 * Invariant: a short break, or one in which nobody else wrote, says nothing.
 */
import type * as Y from "yjs";
import type { Passage, Saying } from "../session/api";
import { ApiError } from "../session/call";
import { type Apart, cameBack } from "../session/apart";
import type { Delta } from "../session/changes";
import { isPassing } from "../session/send";
import type { CatchUp, DocumentSession } from "../session/session";
import type { Arrival, AwayParts } from "../ui/document/since/away";
import { toast } from "../ui/toasts";

export interface AbsenceParts {
  document: { id: string };
  session: DocumentSession;
  /** Where the page's text came from. */
  from: "server" | "device";
  /** What marks and names need; made when it is wanted. */
  ground(): Promise<AwayParts>;
  notes: {
    /** To the server, or where it cannot be reached to what waits for it. */
    post(note: Saying & Passage): Promise<void>;
    show(note: string): void;
  };
}

/** A break in the connection that one may have worked through without noticing. */
export const awayMs = 60_000;
/** In so short a break two people still see each other write. */
export const apartMs = 10_000;

export function watchAbsence(parts: AbsenceParts): void {
  const { session, from } = parts;
  const tell = once(() => Promise.all([import("../ui/document/since/away"), parts.ground()]).then(([{ createAway }, ground]) => createAway(ground)));
  const posting = createPosting(parts);
  let apart: Apart | null = null;
  session.caughtUp((catchUp) => {
    void posting.again();
    if (catchUp.before !== catchUp.after && wasAway(catchUp, from)) {
      const arrival = recorded(session.text, catchUp);
      tell().then((it) => it(arrival)).catch(arrival.stop); // a page without it is whole
    }
    // Until the own edits are saved it is one return, however often the connection breaks.
    if (apart || !wasApart(catchUp)) return;
    apart = cameBack(session, catchUp);
    look(parts, apart, posting).catch(apart.stop).finally(() => (apart = null));
  });
}

/** Long enough that one wants to know; a page that the server sent tells what is new since one looked. */
export function wasAway({ since, fromDevice }: CatchUp, from: "server" | "device"): boolean {
  if (fromDevice) return from === "device";
  return since === null || since >= awayMs;
}

/** Both sides wrote without seeing each other. */
export function wasApart({ since, fromDevice, edits }: CatchUp): boolean {
  return edits > 0 && (fromDevice || since === null || since >= apartMs);
}

/** What is written into the text until whoever tells is loaded. */
function recorded(text: Y.Text, { before }: CatchUp): Arrival {
  const deltas: Delta[] = [];
  const hear = ({ delta }: Y.YTextEvent) => void deltas.push(delta);
  text.observe(hear);
  return { before, after: text.toString(), deltas, stop: () => text.unobserve(hear) };
}

async function look({ document, session, ground, notes }: AbsenceParts, apart: Apart, posting: Posting): Promise<void> {
  const shared = await apart.shared;
  await apart.saved;
  if (session.text.toString() === apart.mine) return apart.stop();
  const [{ clashesIn }, { clashNotes, clashRefused, clashSentence, othersOf }] = await Promise.all([import("../session/meeting"), import("../session/clash-notes")]);
  const { authorship } = await ground();
  const runs = await authorship.settled();
  // From here on in one turn: places are places in the text as it is now.
  apart.stop();
  const clashes = clashesIn({ ...apart, shared, merged: session.text.toString() });
  const all = clashNotes(document.id, clashes, (clash) => othersOf(clash, runs, authorship));
  const said = all.map(({ id, from, to, body }) => ({ id, body, ...session.notes.passage(from, to) }));
  const [first] = said;
  if (!first) return;
  const refusal = await posting.post(said);
  if (refusal) toast(clashRefused(clashes.length, refusal));
  else toast(clashSentence(clashes.length), { label: "Show", run: () => notes.show(first.id) });
}

interface Posting {
  /** The sentence why one of them is not wanted, or null; one that could not be sent is no such. */
  post(notes: readonly (Saying & Passage)[]): Promise<string | null>;
  /** What could not be sent is tried once more. */
  again(): Promise<string | null>;
}

function createPosting({ notes }: AbsenceParts): Posting {
  let left: (Saying & Passage)[] = [];
  const again = async () => {
    const now = left;
    left = [];
    let refusal: string | null = null;
    for (const note of now) {
      try {
        await notes.post(note);
      } catch (error) {
        if (!(error instanceof ApiError) || isPassing(error)) left.push(note);
        else if (error.status !== taken) refusal = error.message;
      }
    }
    return refusal;
  };
  return { again, post: (more) => ((left = [...left, ...more]), again()) };
}

/** Another tab, or the other side, was first. */
const taken = 409;

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make().catch((error: unknown) => ((made = null), Promise.reject(error))));
}
