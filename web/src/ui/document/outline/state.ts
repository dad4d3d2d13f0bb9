/** Whether the outline shows. Remembered on this device, where it has room to stay. */
import { type ReadonlySignal, signal } from "@preact/signals";

const stored = "galley-outline";

export interface Outline {
  shown: ReadonlySignal<boolean>;
  /** By a key the focus goes along. */
  toggle(by: "key" | "press"): void;
  close(): void;
  /** Whether the focus belongs to the outline that comes; true once. */
  takeFocus(): boolean;
}

/** On a phone it covers the text: it never opens by itself there. */
export function createOutline(phone: ReadonlySignal<boolean>): Outline {
  const shown = signal(!phone.peek() && localStorage.getItem(stored) === "open");
  const set = (on: boolean) => {
    shown.value = on;
    if (!phone.peek()) localStorage.setItem(stored, on ? "open" : "closed");
  };
  let focus = false;
  return {
    shown,
    toggle(by) {
      focus = by === "key" && !shown.peek();
      set(!shown.peek());
    },
    close: () => set(false),
    takeFocus() {
      const taken = focus;
      focus = false;
      return taken;
    },
  };
}
