/**
 * One open document as the page sees it: its text, whether it is saved, who else is here.
 *
 * No DOM: the browser comes in as a `World`. Everything is a signal, every state a union. Next: `provider.ts`, which
 * does the work; `editor/editor.ts` and `ui/document/desk.ts`, which use it.
 */
import { computed, effect, type ReadonlySignal } from "@preact/signals";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { Me, Role } from "./api";
import { browser } from "./browser";
import { type Notes, NotesMirror, watchNotes } from "./notes";
import { type Peer, watchIdle, watchPeers } from "./peers";
import { Provider, type Unsaved } from "./provider";
import type { Status, World } from "./socket";
import { touches } from "./touching";

export type { Peer } from "./peers";
export type { Status } from "./socket";

export type Saved =
  | { kind: "saved" }
  | { kind: "saving"; n: number }
  | { kind: "offline"; n: number }
  /** `access`: not the server but the role refuses them; they wait here for a role that allows them. */
  | { kind: "unsaved"; reason: string; n: number; access?: true };

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
  readonly notes: Notes;
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
}

export function openSession({ document, epoch, url, role, me }: SessionOptions, world: World = browser): DocumentSession {
  const doc = new Y.Doc({ guid: document });
  const awareness = new Awareness(doc);
  const mirror = new NotesMirror(world);
  const provider = new Provider(doc, awareness, world, { url: `${url}?epoch=${epoch}`, role, sides: [mirror] });
  const { status, unsaved, synced } = provider;
  const text = doc.getText("content");
  const others = watchPeers({ doc, text, awareness, me, world });
  const notes = watchNotes({ text, synced, mirror, world });
  const stopIdle = watchIdle(awareness, world);

  let wasLive = false;
  const stopWatching = effect(() => void (wasLive ||= status.value.kind === "live"));
  const writes = computed(() => provider.role.value === "edit" || provider.role.value === "own");

  return {
    doc,
    text,
    awareness,
    status,
    role: provider.role,
    synced,
    peers: others.peers,
    notes,
    saved: computed(() => savedOf(status.value, unsaved.value, writes.value, wasLive)),
    writable: computed(() => writes.value && status.value.kind !== "refused" && unsaved.value.refusal === null),
    hold() {
      provider.hold();
      return {
        touches: (from, to) => provider.waiting().some((update) => touches(text, update, from, to)),
        letGo: () => provider.letGo(),
      };
    },
    retry: () => provider.retry(),
    close() {
      stopWatching();
      stopIdle();
      others.stop();
      notes.stop();
      provider.close();
      doc.destroy();
    },
  };
}

/** Never better than the truth, and calm while the page is only just arriving. */
export function savedOf(status: Status, { edits: n, refusal }: Unsaved, writes: boolean, wasLive: boolean): Saved {
  if (status.kind === "refused") return { kind: "unsaved", reason: status.reason, n };
  if (!writes && n > 0 && status.kind === "live")
    return { kind: "unsaved", reason: "you can no longer edit", n, access: true };
  if (refusal) return { kind: "unsaved", reason: refusal.reason, n };
  const arriving = status.kind === "connecting" && status.attempt === 1 && !wasLive;
  if (status.kind !== "live" && !arriving) return { kind: "offline", n };
  return n === 0 ? { kind: "saved" } : { kind: "saving", n };
}
