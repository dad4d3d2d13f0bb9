/** What waits on this device is sent in the background, by whichever page is open. Wires `session/device` to the browser. */
import { api } from "../session/api";
import { browser } from "../session/browser";
import { type Deliverer, type DelivererWorld, startDeliverer } from "../session/device/deliverer";
import type { DeliveryCalls } from "../session/device/deliver";
import type { Device } from "../session/device/device";

export function startSending(device: Device): Deliverer {
  return startDeliverer(device, callsFor(device), worldFor(device));
}

function callsFor(device: Device): DeliveryCalls {
  return {
    who: async () => {
      const me = await api.me();
      return me.kind === "nobody" ? null : me.author;
    },
    create: (id) => api.create({ id }),
    async connect(card, kept, copy) {
      const { connectLine } = await import("../session/device/line");
      return connectLine(card, kept, copy, location.origin.replace(/^http/, "ws"));
    },
    async files(document) {
      const [{ sendFiles }, { openRows }] = await Promise.all([import("../session/device/send-files"), import("../session/device/rows")]);
      const rows = openRows(device, document);
      await sendFiles({ device, document, rows }).finally(() => rows.stop());
    },
    async notes(document) {
      const { createQueue } = await import("../session/device/queue");
      const queue = createQueue(device, document, api);
      await queue.loaded;
      await queue.flush();
      queue.stop();
    },
    later: browser.later,
  };
}

/** The lock an open page of a document holds; `copy.ts` takes it. */
const lockOf = (author: string, document: string) => `galley-${author}-${document}`;

/** Documents whose page is open in some tab of this browser. */
export async function openDocuments(author: string): Promise<ReadonlySet<string>> {
  const prefix = lockOf(author, "");
  const held = (await locks()?.query())?.held ?? [];
  return new Set(held.flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
}

function worldFor({ author }: Device): DelivererWorld {
  return {
    async alone(name, work) {
      const all = locks();
      if (!all) return work().then(() => true);
      return all.request(name, { ifAvailable: true }, async (lock) => {
        if (lock) await work();
        return lock !== null;
      });
    },
    open: () => openDocuments(author),
    onWake: browser.onWake,
    later: browser.later,
    random: Math.random,
  };
}

/** Only secure contexts have them; the others keep nothing either. */
const locks = () => navigator.locks as LockManager | undefined;
