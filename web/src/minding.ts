/** What the document's page does for this device beside keeping its own text: names, and what waits elsewhere. */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { Me } from "./session/api";
import type { Device } from "./session/device/device";
import { own } from "./session/device/owners";
import type { DocumentSession } from "./session/session";

/** What there is of the text beside the page, for when the page has to go. */
export interface Beside {
  /** What the server had; null: nothing, or nobody knows. */
  shared(): Promise<string | null>;
  /** null: nothing is kept. */
  forget: (() => Promise<void>) | null;
}

export function beside(session: DocumentSession, device: Device | null, document: string): Beside {
  return {
    async shared() {
      const updates = await session.shared();
      return updates.length > 0 ? (await import("./session/device/texts")).textOf(updates) : null;
    },
    forget: device && (() => device.forget(document)),
  };
}

export interface Minded {
  me: Me;
  device: Device | null;
  document: string;
  title: ReadonlySignal<string>;
  session: DocumentSession;
}

/** A heading is typed letter by letter. */
const titleCalm = 1_000;

export function mindDevice({ me, device, document, title, session }: Minded): void {
  if (!device) return;
  own(me);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const put = () => {
    clearTimeout(timer);
    if (session.here.peek()) void name(device, document, title.peek()).catch(() => undefined); // the session says why nothing is kept
  };
  effect(() => {
    const [, here] = [title.value, session.here.value];
    if (!here) return;
    clearTimeout(timer);
    timer = setTimeout(put, titleCalm);
  });
  addEventListener("pagehide", put);
  const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, titleCalm));
  idle(() => void import("./sending").then(({ startSending }) => startSending(device)));
}

async function name(device: Device, document: string, title: string): Promise<void> {
  const card = await device.card(document);
  if (card && card.document.title !== title) await device.put({ ...card.document, title });
}
