/** Stands between the sheet and what lives in it, which is loaded when a text first needs it. */
import type { Living } from "./living/living";

const needs = "figure.diagram, p.embed > a[data-embed]";

export interface Live {
  /** Told every change, while the blocks that go are still there. */
  settle(fresh: readonly Element[], gone: readonly Element[]): void;
  destroy(): void;
}

export function keepAlive(article: HTMLElement): Live {
  let living: Living | null = null;
  let coming = false;
  let over = false;

  async function bring(): Promise<void> {
    const { bringToLife } = await import("./living/living");
    if (over) return;
    living = bringToLife(article);
    living.settle([...article.children], []);
  }

  return {
    settle(fresh, gone) {
      if (living) return living.settle(fresh, gone);
      if (coming || !fresh.some((block) => block.querySelector(needs))) return;
      coming = true;
      // The source stays where the script does not come; the next change tries again.
      bring().catch(() => (coming = false));
    },
    destroy() {
      over = true;
      living?.destroy();
    },
  };
}
