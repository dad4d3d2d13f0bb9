/** That another version of Galley is ready: said once, in a row that can be put away. Nothing reloads by itself. */
import type { ReadonlySignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { Close } from "./icons";

export interface UpdateBannerProps {
  update: ReadonlySignal<"none" | "ready">;
  /** Edits that are in this page and nowhere else: reloading would lose them. */
  loose: ReadonlySignal<number>;
  onReload(): void;
}

export function UpdateBanner({ update, loose, onReload }: UpdateBannerProps) {
  const [state, setState] = useState<"shown" | "away" | "reloading">("shown");
  const shown = update.value === "ready" && state !== "away";
  return (
    <div class="update" role="status">
      {shown && (
        <div class="update-row">
          <p>
            A new version of Galley is ready.
            {loose.value > 0 && " It can be loaded once your last edits are saved."}
          </p>
          <button
            type="button"
            class="btn small primary"
            disabled={loose.value > 0 || state === "reloading"}
            onClick={() => {
              setState("reloading");
              onReload();
            }}
          >
            Reload
          </button>
          <button type="button" class="icon" aria-label="Later" onClick={() => setState("away")}>
            <Close size="small" />
          </button>
        </div>
      )}
    </div>
  );
}
