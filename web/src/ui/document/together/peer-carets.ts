/** Whether the others' carets, names and selections show in the source. Remembered on this device. */
import { effect, type ReadonlySignal, signal } from "@preact/signals";

const stored = "galley-peer-carets";

export interface PeerCarets {
  carets: ReadonlySignal<"shown" | "hidden">;
  switchCarets(): void;
}

export function peerCarets(): PeerCarets {
  const carets = signal<"shown" | "hidden">(localStorage.getItem(stored) === "hidden" ? "hidden" : "shown");
  effect(() => void (document.documentElement.dataset["peerCarets"] = carets.value));
  return {
    carets,
    switchCarets() {
      carets.value = carets.peek() === "shown" ? "hidden" : "shown";
      localStorage.setItem(stored, carets.peek());
    },
  };
}
