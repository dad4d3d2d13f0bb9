/**
 * The connection behind a delivery: what is kept of a text, its provider, and nobody to be seen by others.
 *
 * Loaded when something waits, as it brings Yjs along. Next: `deliver.ts`.
 */
import { computed } from "@preact/signals";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { browser } from "../browser";
import { Provider } from "../provider";
import type { World } from "../socket";
import type { KeptText, Line, LineState } from "./deliver";
import type { Card, Copy } from "./device";

/** Rate, storage, missing: the provider itself tries again. */
const passing: readonly number[] = [4, 6, 7];

export function connectLine(card: Card, kept: KeptText, copy: Copy, origin: string, world: World = browser): Line {
  const doc = new Y.Doc({ guid: card.id });
  const awareness = new Awareness(doc);
  awareness.setLocalState(null);
  const { id, epoch, role } = card.document;
  const keeper = {
    mine: () => {},
    theirs: (update: Uint8Array) => copy.theirs(update),
    acked: (nth: number) => copy.acked(nth),
    synced: () => copy.synced(),
  };
  const provider = new Provider(doc, awareness, world, { url: `${origin}/sync/${id}?epoch=${epoch}`, role, sides: [], keeper });
  provider.restore(kept);
  return {
    state: computed<LineState>(() => {
      const [status, { edits, refusal }] = [provider.status.value, provider.unsaved.value];
      if (status.kind === "refused") return { kind: "refused", code: status.code };
      if (refusal && !passing.includes(refusal.code)) return { kind: "refused", code: 0 };
      return edits === 0 && provider.synced.value ? { kind: "taken" } : { kind: "sending", n: edits };
    }),
    close() {
      provider.close();
      doc.destroy();
    },
  };
}
