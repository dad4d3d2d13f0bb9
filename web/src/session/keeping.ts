/**
 * Keeps a page's document on the device, and brings what was kept into the page.
 *
 * Invariants: the server is asked only after what was kept is in the document, or was given up waiting for; the page
 * never waits longer than named here; a text the server rendered is not replaced by an older copy while the server may
 * still answer. Next: `device/copy.ts`, `provider.ts`.
 */
import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { Copy, Device, Kept } from "./device/device";
import { keepNotes } from "./kept-notes";
import type { NotesMirror } from "./notes";
import type { Keeper, Provider, Restored } from "./provider";
import type { Status, World } from "./socket";

/** For what was kept, before the server is asked without it. */
export const loadPatience = 1_000;
/** For the server, before what was kept is shown in place of what it rendered. */
export const serverPatience = 1_500;

export interface Keeping {
  /** Resolves when what was kept is in the document, or need not be waited for. */
  readonly loaded: Promise<void>;
  readonly keeper: Keeper;
  shared(): Promise<Uint8Array[]>;
  /** `known`: what waits on the device is counted, or was given up waiting for. */
  attach(page: Page): { kept: ReadonlySignal<Kept>; here: ReadonlySignal<boolean>; known: ReadonlySignal<boolean>; stop(): void };
}

interface Page {
  provider: Provider;
  status: ReadonlySignal<Status>;
  from: "server" | "device";
  born: boolean;
  mirror: NotesMirror;
}

interface Wish {
  document: string;
  device: Device | null;
  world: World;
}

export function keepCopy({ document, device, world }: Wish): Keeping | null {
  if (!device) return null;
  const copy = device.copy(document);
  let goOn = () => {};
  const loaded = new Promise<void>((resolve) => (goOn = resolve));
  const stopWaiting = world.later(loadPatience, () => goOn());
  // Until then an ack says nothing about what was kept.
  let restored = false;

  return {
    loaded,
    keeper: {
      mine: (update, nth) => copy.mine(update, nth),
      theirs: (update) => copy.theirs(update),
      acked: (nth) => void (restored && copy.acked(nth)),
      synced: () => copy.synced(),
    },
    shared: () => copy.shared(),
    attach({ provider, status, from, born, mirror }) {
      const has = signal(false);
      const known = signal(false);
      void loaded.then(() => void (known.value = true));
      const loading = copy.load();
      void loading.then(
        (kept: Restored) => {
          provider.restore(kept);
          has.value = kept.updates.length > 0 || born;
        },
        () => undefined, // `kept` says that there is no storage
      ).then(() => {
        restored = true;
        stopWaiting();
        goOn();
      });
      const here = whenHere({ has, provider, status, from, world });
      const stopNotes = keepNotes({
        ...{ mirror, here: here.here, live: computed(() => status.value.kind === "live"), world },
        kept: loading.then(({ notes }) => notes, () => null),
        write: (state) => (copy.notes(state), void copy.flush()),
      });
      const stopLetting = letGo({ document, device, copy, status });
      const stopSharing = shareApart({ copy, provider, status, world, restored: () => restored });
      return {
        kept: copy.kept,
        here: here.here,
        known,
        stop() {
          here.stop();
          stopNotes();
          stopLetting();
          stopSharing();
          stopWaiting();
          copy.close();
        },
      };
    },
  };
}

interface Arrival extends Pick<Page, "provider" | "status" | "from"> {
  has: ReadonlySignal<boolean>;
  world: World;
}

/** Once the text is here it stays. */
function whenHere({ has, provider, status, from, world }: Arrival) {
  const late = signal(from === "device");
  const stopTimer = world.later(serverPatience, () => void (late.value = true));
  const away = computed(() => {
    const { kind } = status.value;
    return kind === "offline" || kind === "refused" || (kind === "connecting" && status.value.kind === "connecting" && status.value.attempt > 1);
  });
  const here = signal(false);
  const stop = effect(() => {
    if (provider.synced.value || (has.value && (late.value || away.value))) here.value = true;
  });
  return {
    here,
    stop() {
      stopTimer();
      stop();
    },
  };
}

interface Apart extends Pick<Page, "provider" | "status"> {
  copy: Copy;
  world: World;
  restored(): boolean;
}

/** Without the server, tabs of one browser tell each other by what they keep. Whichever is there on return sends all. */
function shareApart({ copy, provider, status, world, restored }: Apart): () => void {
  const look = () => {
    if (!restored() || !provider.apart) return;
    void copy.more((loaded) => provider.restore(loaded)).catch(() => undefined); // there is no storage
  };
  const stops = [
    copy.onOthers(look),
    world.onWake(look),
    effect(() => {
      if (status.value.kind !== "live") untracked(look);
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

/** Codes after which this copy has no document to come back to. */
const ends: Record<number, "access" | "gone" | "replaced"> = { 4403: "access", 4404: "gone", 4409: "replaced", 4410: "gone" };

/** The server closed the door: what waits is kept aside, what does not is forgotten. */
function letGo({ document, device, copy, status }: { document: string; device: Device; copy: Copy; status: ReadonlySignal<Status> }): () => void {
  return effect(() => {
    const why = status.value.kind === "refused" ? ends[status.value.code] : undefined;
    if (!why) return;
    void copy.flush().then(() => device.strand(document, why)).catch(() => undefined); // there is no storage
  });
}
