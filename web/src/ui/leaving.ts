/** The browser asks before a page is left in the middle of something that would be lost. */
import { effect, type ReadonlySignal } from "@preact/signals";

export function askBeforeLeaving(busy: ReadonlySignal<boolean>): void {
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  effect(() => {
    if (busy.value) addEventListener("beforeunload", ask);
    else removeEventListener("beforeunload", ask);
  });
}
