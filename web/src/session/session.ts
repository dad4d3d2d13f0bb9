/**
 * One open document as the page sees it: its text, whether it is saved, who else is here.
 *
 * No DOM: the browser comes in as a `World`. Everything is a signal, every state a union. Next: `provider.ts`, which
 * does the work; `editor/editor.ts` and `ui/document/desk.ts`, which use it.
 */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { api, type Document, type Me, type Role } from "./api";
import { browser } from "./browser";
import type { Device, Kept } from "./device/device";
import { bear } from "./born";
import { keepCopy } from "./keeping";
import { type Notes, NotesMirror, watchNotes } from "./notes";
import { type Peer, watchIdle, watchPeers } from "./peers";
import { type CatchUp, isPassing, Provider, type Unsaved } from "./provider";
import type { Status, World } from "./socket";
import { touches } from "./touching";

export type { Kept } from "./device/device";
export type { Peer } from "./peers";
export type { CatchUp } from "./provider";
export type { Status } from "./socket";

export type Saved =
  /** What waits on this device is not counted yet. */
  | { kind: "opening"; n: 0 }
  | { kind: "saved" }
  | { kind: "saving"; n: number }
  | { kind: "offline"; n: number; place: Place }
  /**
   * `access`: not the server but the role refuses them; they wait here for a role that allows them. `lasting`: the
   * server will not take them as they are, however often they are sent.
   */
  | { kind: "unsaved"; reason: string; n: number; place: Place; access?: true; lasting?: true };

/** Where edits are that the server does not have: what is on the device survives the page. */
export type Place = "device" | "page";

export interface DocumentSession {
  readonly status: ReadonlySignal<Status>;
  readonly saved: ReadonlySignal<Saved>;
  readonly role: ReadonlySignal<Role>;
  /** The role allows it, and the server takes what is written. */
  readonly writable: ReadonlySignal<boolean>;
  /** Everybody who is here, this page included. */
  readonly peers: ReadonlySignal<readonly Peer[]>;
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  readonly awareness: Awareness;
  /** The document holds what the server had; before, an empty text says nothing. */
  readonly synced: ReadonlySignal<boolean>;
  /** The text is here, from the server or from this device: it can be shown and edited. */
  readonly here: ReadonlySignal<boolean>;
  /** How far own edits are on this device. */
  readonly kept: ReadonlySignal<Kept>;
  /** Own edits that are neither on the server nor on this device. */
  readonly exposed: ReadonlySignal<number>;
  readonly notes: Notes;
  /** Told when the own text and the server's came together after a time apart. Returns how to stop listening. */
  caughtUp(listener: (catchUp: CatchUp) => void): () => void;
  /** Told what the server says of the text, word for word: of what was here already the document itself tells nothing. */
  heard(listener: (update: Uint8Array) => void): () => void;
  /** Only what the server had before: what both sides last had in common. */
  shared(): Promise<Uint8Array[]>;
  /** Keeps others' edits out of the text for a moment. */
  hold(): Hold;
  /** Tries to reach the server now. */
  retry(): void;
  close(): void;
}

export interface Hold {
  /** Whether what waits changes this passage or its edges. */
  touches(from: number, to: number): boolean;
  letGo(): void;
}

export interface SessionOptions {
  /** The document's id. */
  document: string;
  /** Which history of the text this page shows. */
  epoch: number;
  /** `ws…/sync/{document}` */
  url: string;
  /** What the page was rendered for; the server's word replaces it. */
  role: Role;
  /** Who looks at this page. */
  me: ReadonlySignal<Me>;
  /** Where a copy is kept; null: nowhere. */
  device: Device | null;
  /** Where the page's text came from: what the server rendered is not replaced by an older copy. */
  from: "server" | "device";
  /** Made on this device; the server has not been told. */
  born: boolean;
  /** Makes a document at the server. */
  create?(id: string): Promise<Document>;
}

export function openSession(options: SessionOptions, world: World = browser): DocumentSession {
  const { document, epoch, url, role, me, device, from, born } = options;
  const doc = new Y.Doc({ guid: document });
  const awareness = new Awareness(doc);
  const mirror = new NotesMirror(world);
  const keeping = keepCopy({ document, device, world });
  const birth = born ? bear({ document, device, world, create: options.create ?? ((id) => api.create({ id })) }) : null;
  const provider = new Provider(doc, awareness, world, {
    url: `${url}?epoch=${epoch}`,
    role,
    sides: [mirror],
    ...(keeping && { keeper: keeping.keeper, loaded: keeping.loaded }),
    ...(birth && { made: birth.made }),
  });
  const { unsaved, synced } = provider;
  const status = computed(() => birth?.status.value ?? provider.status.value);
  const { kept, here, known, stop: stopKeeping } = keeping?.attach({ provider, status, from, born, mirror }) ?? unkept(synced);
  const text = doc.getText("content");
  const others = watchPeers({ doc, text, awareness, me, world });
  const notes = watchNotes({ text, here, mirror, world });
  const stopIdle = watchIdle(awareness, world);

  let wasLive = false;
  const stopWatching = effect(() => void (wasLive ||= status.value.kind === "live"));
  const writes = computed(() => provider.role.value === "edit" || provider.role.value === "own");
  const saved = computed(() => savedOf(status.value, unsaved.value, kept.value, writes.value ? (wasLive ? "back" : "arriving") : "reader"));

  return {
    doc,
    text,
    awareness,
    status,
    role: provider.role,
    synced,
    peers: others.peers,
    notes,
    here,
    kept,
    exposed: computed(() => exposedOf(unsaved.value.edits, kept.value)),
    caughtUp: (listener) => provider.caughtUp(listener),
    heard: (listener) => provider.heard(listener),
    shared: () => keeping?.shared() ?? Promise.resolve([]),
    saved: computed(() => (known.value || unsaved.value.edits > 0 || status.value.kind === "refused" ? saved.value : opening)),
    writable: computed(() => writes.value && status.value.kind !== "refused" && takes(unsaved.value)),
    hold: () => hold(provider, text),
    retry: () => (birth?.status.peek() ? birth : provider).retry(),
    close() {
      stopWatching();
      stopIdle();
      others.stop();
      notes.stop();
      birth?.stop();
      provider.close();
      stopKeeping();
      doc.destroy();
    },
  };
}

const opening: Saved = { kind: "opening", n: 0 };

function hold(provider: Provider, text: Y.Text): Hold {
  provider.hold();
  return {
    touches: (from, to) => provider.waiting().some((update) => touches(text, update, from, to)),
    letGo: () => provider.letGo(),
  };
}

/** Without a device nothing outlives the page. */
function unkept(synced: ReadonlySignal<boolean>) {
  const kept = signal<Kept>({ kind: "none", reason: "Nothing is kept on this device for whoever is not signed in." });
  return { kept, here: synced, known: signal(true), stop: () => {} };
}

/** Own edits that would be lost with the page. */
function exposedOf(unsaved: number, kept: Kept): number {
  return kept.kind === "none" ? unsaved : Math.min(unsaved, kept.pending);
}

/** What the server cannot store just now waits here, as in a tunnel; what it will never take is not to be written on. */
const takes = ({ refusal }: Unsaved): boolean => refusal === null || isPassing(refusal);

/** Never better than the truth, and calm while the page is only just arriving. */
export function savedOf(
  status: Status,
  { edits, refusal }: Unsaved,
  kept: Kept,
  who: "reader" | "arriving" | "back",
): Saved {
  const place: Place = kept.kind === "kept" ? "device" : "page";
  // An edit is said to be on the device when it is.
  const n = kept.kind === "kept" ? edits - exposedOf(edits, kept) : edits;
  if (status.kind === "refused") return { kind: "unsaved", reason: status.reason, n: edits, place };
  if (who === "reader" && edits > 0 && status.kind === "live")
    return { kind: "unsaved", reason: "you can no longer edit", n: edits, place, access: true };
  if (refusal) {
    const unsaved = { kind: "unsaved", reason: refusal.reason, n: edits, place } as const;
    return isPassing(refusal) ? unsaved : { ...unsaved, lasting: true };
  }
  const arriving = status.kind === "connecting" && status.attempt === 1 && who !== "back";
  if (status.kind !== "live" && !arriving) return { kind: "offline", n, place };
  return edits === 0 ? { kind: "saved" } : { kind: "saving", n: edits };
}
