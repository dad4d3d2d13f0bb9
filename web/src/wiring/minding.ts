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
  idle(() => void send(device));
}

/** What can send may be out of reach just then: what waits here must not wait for the next page. */
async function send(device: Device): Promise<void> {
  try {
    (await import("./sending")).startSending(device);
  } catch {
    setTimeout(() => void send(device), againMs);
  }
}

/** Where the browser does not say when it is idle. */
const calmMs = 1_000;

/** Between two attempts to fetch it. */
const againMs = 20_000;
