/**
 * Sends what waits on this device for documents that no page shows.
 *
 * Invariant: nothing is let go of here: what the server took is told to the copy, which counts it; what it will not
 * take is marked and stays. Next: `deliverer.ts` for when this runs, `line.ts` for the connection behind it.
 */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { Document } from "../api";
import { ApiError } from "../call";
import type { Card, Copy, Device } from "./device";
import { waits } from "./waits";

/** What came of one document. */
export type Delivered =
  | { kind: "sent" }
  /** Not now: another try may do. `away`: nothing else can be sent either. */
  | { kind: "later"; why: "away" | "busy" }
  /** Only after its person has signed in again. */
  | { kind: "signed-out" }
  | { kind: "stranded"; why: NonNullable<Card["stranded"]> };

/** A connection that belongs to no page. */
export interface Line {
  readonly state: ReadonlySignal<LineState>;
  close(): void;
}

export type LineState =
  /** `n` edits are not acked; it begins with all that waited. */
  | { kind: "sending"; n: number }
  | { kind: "taken" }
  /** Closed with a final code, or the writes were refused (0). */
  | { kind: "refused"; code: number };

/** What is kept of a text. */
export type KeptText = Awaited<ReturnType<Copy["load"]>>;

export interface DeliveryCalls {
  /** Whom the server takes this browser for now; null: nobody. */
  who(): Promise<string | null>;
  /** Makes a document at the server under the id it has here. */
  create(id: string): Promise<Document>;
  /** Connects with what is kept; the copy hears what the server takes and what comes back. */
  connect(card: Card, kept: KeptText, copy: Copy): Promise<Line>;
  /** Sends pictures and files; the server has the document by then. */
  files(document: string): Promise<void>;
  /** Sends note commands; the server has the text they are about by then. */
  notes(document: string): Promise<void>;
  later(ms: number, run: () => void): () => void;
}

/** For the server to take something more of one document. */
const patience = 20_000;

export async function deliver(device: Device, document: string, calls: DeliveryCalls): Promise<Delivered> {
  const card = await device.card(document);
  if (!card || !waits(card)) return { kind: "sent" };
  if (card.stranded) return { kind: "stranded", why: card.stranded };
  try {
    const made = card.born ? await make(device, card, calls) : card;
    // A file that was sent leaves an edit in the text, which shows it.
    if (made.waiting.files > 0) await calls.files(document);
    const known = (made.waiting.files > 0 && (await device.card(document))) || made;
    const text = known.waiting.edits > 0 ? await sendText(device, known, calls) : sent;
    if (text.kind !== "sent") return await settle(device, known, text);
    if (known.waiting.notes > 0) await calls.notes(document);
    const left = await device.card(document);
    // A note that was refused waits for its person, and is shown to them with its reason.
    return left && waits(left) ? { kind: "later", why: "busy" } : sent;
  } catch (error) {
    return settle(device, card, outcomeOf(error));
  }
}

const sent: Delivered = { kind: "sent" };

async function make(device: Device, card: Card, calls: DeliveryCalls): Promise<Card> {
  const document = await calls.create(card.id);
  // What it is called here is newer than the empty document that was just made.
  const named = { ...document, title: document.title || card.document.title };
  await device.put(named, { born: false });
  return { ...card, born: false, document: named };
}

async function sendText(device: Device, card: Card, calls: DeliveryCalls): Promise<Delivered> {
  const copy = device.copy(card.id);
  try {
    const kept = await copy.load();
    const line = await calls.connect(card, kept, copy);
    const end = await settled(line, calls);
    line.close();
    await copy.flush();
    if (end.kind === "taken") return sent;
    return end.kind === "refused" ? ofClose(end.code) : { kind: "later", why: "away" };
  } finally {
    copy.close();
  }
}

/** How a line ends: taken, refused, or nothing for too long. */
function settled(line: Line, { later }: DeliveryCalls): Promise<LineState> {
  return new Promise((done) => {
    let cancel = () => {};
    let stop = () => {};
    const end = (state: LineState) => {
      cancel();
      queueMicrotask(() => stop());
      done(state);
    };
    stop = effect(() => {
      const state = line.state.value;
      cancel();
      if (state.kind === "sending") cancel = later(patience, () => end(state));
      else end(state);
    });
  });
}

/** What a page would show somebody is written down, so that every page can. */
async function settle(device: Device, card: Card, outcome: Delivered): Promise<Delivered> {
  if (outcome.kind === "stranded") await device.strand(card.id, outcome.why);
  return outcome;
}

function ofClose(code: number): Delivered {
  if (code === 4401) return { kind: "signed-out" };
  if (code === 4403) return { kind: "stranded", why: "access" };
  if (code === 4404 || code === 4410) return { kind: "stranded", why: "gone" };
  if (code === 4409) return { kind: "stranded", why: "replaced" };
  return { kind: "later", why: "busy" };
}

function outcomeOf(error: unknown): Delivered {
  const status = error instanceof ApiError ? error.status : null;
  if (status === 0) return { kind: "later", why: "away" };
  if (status === 401) return { kind: "signed-out" };
  if (status === 403) return { kind: "stranded", why: "access" };
  // Somebody else's document has this id: not ours to write in.
  if (status === 409) return { kind: "stranded", why: "access" };
  if (status === 404 || status === 410) return { kind: "stranded", why: "gone" };
  return { kind: "later", why: "busy" };
}
