/** An import under way, above the list; and what was left out when it is done. */
import { Dialog } from "../dialog";
import { FileText } from "../action-icons";
import { Close, Warning } from "../icons";
import { count } from "../time";
import type { Importing, ImportState } from "./importing";

export function ImportStrip({ importing }: { importing: Importing }) {
  const state = importing.state.value;
  if (state.kind === "none") return null;
  if (state.kind === "done") return <Done state={state} onClose={importing.close} />;
  const failed = state.kind === "failed";
  return (
    <div class={failed ? "import-strip bad" : "import-strip"} role={failed ? "alert" : "status"}>
      {failed ? <Warning /> : <FileText />}
      <p>{words(state)}</p>
      {state.kind === "sending" && <progress max={1} value={state.part === 1 ? undefined : state.part} aria-label="Sent" />}
      <button type="button" class="btn small" onClick={failed ? importing.close : importing.cancel}>
        {failed ? <Close size="small" /> : null}
        {failed ? "Dismiss" : "Cancel"}
      </button>
    </div>
  );
}

function words(state: Exclude<ImportState, { kind: "none" | "done" }>): string {
  switch (state.kind) {
    case "packing":
      return `Reading ${count(state.of, "file")}…`;
    case "sending":
      return state.part === 1 ? "The server is making documents of it…" : `Sending, ${Math.floor(state.part * 100)}%`;
    case "failed":
      return `Nothing was brought in. ${state.sentence}`;
  }
}

function Done({ state, onClose }: { state: Extract<ImportState, { kind: "done" }>; onClose(): void }) {
  const { documents, skipped } = state;
  return (
    <Dialog class="import-done" label="Import" onClose={onClose}>
      <p>
        {documents === 0 ? "No document was made." : `${count(documents, "document")} ${documents === 1 ? "is" : "are"} here now.`}{" "}
        {count(skipped.length, "thing")} {skipped.length === 1 ? "was" : "were"} left out:
      </p>
      <ul tabIndex={0} aria-label="Left out">
        {skipped.map(({ path, why }) => (
          <li key={path}>
            <code>{path}</code>
            <span>{why}</span>
          </li>
        ))}
      </ul>
      <div class="dialog-foot">
        <button type="button" class="btn primary" data-autofocus onClick={onClose}>
          Done
        </button>
      </div>
    </Dialog>
  );
}
