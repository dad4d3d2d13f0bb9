/** What the document's page does for this device beside keeping its own text: whose it is, and what waits elsewhere. */
import type { Me } from "../session/api";
import type { Device } from "../session/device/device";
import { own } from "../session/device/owners";
import type { DocumentSession } from "../session/session";

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
      return updates.length > 0 ? (await import("../session/device/texts")).textOf(updates) : null;
    },
    forget: device && (() => device.forget(document)),
  };
}

export function mindDevice(me: Me, device: Device | null): void {
  if (!device) return;
  own(me);
  const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, calmMs));
  idle(() => void import("./sending").then(({ startSending }) => startSending(device)));
}

/** Where the browser does not say when it is idle. */
const calmMs = 1_000;
