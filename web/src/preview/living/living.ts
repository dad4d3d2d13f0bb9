/** What in the sheet has a life of its own, diagrams and embeds; loaded when a text has the first of either. */
import { Diagrams } from "./diagrams";
import { Embeds } from "./embeds";
import { Painter } from "./painter";
import { watchScheme } from "./scheme";

export interface Living {
  /** Blocks came in the place of others. Called in the same turn, while those that go are still in the page. */
  settle(fresh: readonly Element[], gone: readonly Element[]): void;
  destroy(): void;
}

export function bringToLife(article: HTMLElement): Living {
  const painter = new Painter();
  const scheme = watchScheme(() => diagrams.repaint());
  const diagrams = new Diagrams(article, painter, scheme);
  const embeds = new Embeds();
  return {
    settle(fresh, gone) {
      diagrams.settle(fresh, gone);
      embeds.settle(fresh, gone);
    },
    destroy() {
      diagrams.destroy();
      scheme.destroy();
      painter.destroy();
    },
  };
}
