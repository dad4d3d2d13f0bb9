/** An import before its code is here: it comes with the first thing that is brought. */
import { computed, signal } from "@preact/signals";
import { toast } from "../toasts";
import type { Importing, ImportState } from "./importing";

const none: ImportState = { kind: "none" };

export function lateImporting(load: () => Promise<Importing>): Importing {
  const here = signal<Importing | null>(null);
  return {
    state: computed(() => here.value?.state.value ?? none),
    busy: computed(() => here.value?.busy.value ?? false),
    async bring(brought) {
      try {
        here.value ??= await load();
      } catch {
        return toast("That could not be loaded. Check the connection and try again.");
      }
      await here.value.bring(brought);
    },
    cancel: () => here.peek()?.cancel(),
    close: () => here.peek()?.close(),
  };
}
