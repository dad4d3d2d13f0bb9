/** What waits on this device for the server beside the text: note commands, pictures and files. For the page's entry. */
import { computed, effect, type ReadonlySignal } from "@preact/signals";
import { api, type Document, type Known, type Me } from "../session/api";
import { unreachable } from "../session/call";
import { browser } from "../session/browser";
import { keepSending, queuedCalls } from "../session/device/calls";
import type { Device } from "../session/device/device";
import { type KeptUploads, keepUploads } from "../session/device/kept-uploads";
import { keepPeople, keptPeople } from "../session/device/people";
import { createFileQueue } from "../session/device/queued-files";
import { createQueue } from "../session/device/queue";
import { openRows } from "../session/device/rows";
import type { Notes } from "../session/notes";
import { withQueued } from "../session/queued-notes";
import type { DocumentSession } from "../session/session";
import { send } from "../session/send";
import { createUploads, type Uploads } from "../session/uploads";
import type { NoteCalls } from "../ui/notes/acts";
import type { Unsent } from "../ui/notes/unsent";
import { toast } from "../ui/toasts";

export interface QueueingParts {
  device: Device;
  document: Document;
  me: ReadonlySignal<Me>;
  session: DocumentSession;
}

export interface Queueing {
  /** The server's, with what waits on top. */
  notes: Notes;
  calls: NoteCalls;
  unsent: Unsent;
  /** Who they are by. */
  people(): Promise<readonly Known[]>;
  keptPeople(): Promise<readonly Known[]>;
  keepUploads(uploads: Uploads): KeptUploads;
}

export function createQueueing({ device, document: { id }, session }: QueueingParts): Queueing {
  const rows = openRows(device, id);
  const queue = createQueue(device, id, api, rows);
  const reached = reachable(session);
  const live = computed(() => session.status.value.kind === "live");
  const notes = withQueued({ notes: session.notes, queue, author: device.author, live, world: browser });
  // New notes are about text the server must have; text it will not take is no reason to wait.
  const ready = computed(() => live.value && ["saved", "unsaved"].includes(session.saved.value.kind));
  keepSending(queue, ready, browser);
  const told = (work: Promise<void>) => void work.catch((error: unknown) => toast(error instanceof Error ? error.message : "That did not work. Try again."));
  return {
    notes,
    calls: queuedCalls({ document: id, api, queue, live }),
    unsent: { waits: notes.waits, again: (command) => told(queue.again(command)), discard: (command) => told(queue.discard(command)) },
    async people() {
      // A question on a dead connection may hang for minutes.
      if (!reached.peek()) throw unreachable();
      const people = await api.people(id);
      void keepPeople(device, id, people).catch(() => undefined); // the session says why nothing is kept
      return people;
    },
    keptPeople: () => keptPeople(device, id),
    keepUploads: (uploads) =>
      keepUploads({
        author: device.author,
        document: id,
        files: createFileQueue(id, rows),
        uploads,
        text: session.text,
        settled: () => settled(session),
        say: toast,
      }),
  };
}

/** `most`: bytes the server takes of one file. */
export function uploadsFor(session: DocumentSession, { id }: Document, most: number): Uploads {
  return createUploads(id, most, browser, send, reachable(session));
}

/** The server can be asked; it is thought to be there while the page is only arriving. */
function reachable({ status }: Pick<DocumentSession, "status">): ReadonlySignal<boolean> {
  return computed(() => {
    const now = status.value;
    return now.kind === "live" || (now.kind === "connecting" && now.attempt === 1);
  });
}

/** Resolves when everything typed so far is on the server or on this device. */
function settled({ saved, kept }: DocumentSession): Promise<void> {
  return new Promise((done) => {
    const stop = effect(() => {
      const safe = kept.value.kind === "kept" && kept.value.pending === 0;
      if (!safe && saved.value.kind !== "saved") return;
      done();
      queueMicrotask(() => stop());
    });
  });
}
