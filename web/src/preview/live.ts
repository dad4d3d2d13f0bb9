/**
 * Stands between the sheet and what lives in it, which is loaded when a text first needs it.
 *
 * Invariant: what the server sent stays as it is until it was compared with what is rendered here; changed before, it
 * would be taken for something else and replaced before the reader's eyes. Next: `living/living.ts`.
 */
import type { Living } from "./living/living";
import { blocksIn } from "./parts";

const needs = "figure.diagram, p.embed > a[data-embed]";

/** Where nothing comes to be compared, without a connection for one, what lives waits no longer than this. */
const asleepMs = 2_000;

export interface Live {
  /** Told every change, while the blocks that go are still there. */
  settle(fresh: readonly Element[], gone: readonly Element[]): void;
  /** What is shown was rendered here. */
  wake(): void;
  destroy(): void;
}

export function keepAlive(article: HTMLElement): Live {
  let living: Living | null = null;
  let state: "asleep" | "awake" | "coming" | "over" = "asleep";

  async function bring(): Promise<void> {
    const { bringToLife } = await import("./living/living");
    if (state === "over") return;
    living = bringToLife(article);
    living.settle(blocksIn(article), []);
  }

  function settle(fresh: readonly Element[], gone: readonly Element[]): void {
    if (living) return living.settle(fresh, gone);
    if (state !== "awake" || !fresh.some((block) => block.querySelector(needs))) return;
    state = "coming";
    // The source stays where the script does not come; the next change tries again.
    bring().catch(() => state === "coming" && (state = "awake"));
  }

  function wake(): void {
    if (state !== "asleep") return;
    state = "awake";
    settle(blocksIn(article), []);
  }

  const waking = setTimeout(wake, asleepMs);
  return {
    settle,
    wake,
    destroy() {
      clearTimeout(waking);
      state = "over";
      living?.destroy();
    },
  };
}
