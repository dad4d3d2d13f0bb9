/** What came of restoring, over the text until it is put away: what is safe, and the ways on. */
import { Check } from "../action-icons";
import { Close, Warning } from "../icons";
import type { Outcome, Restoring } from "./restoring";

export function Notice({ restoring, url }: { restoring: Restoring; url: string }) {
  const outcome = restoring.outcome.value;
  const sentence = sentenceFor(outcome);
  return (
    <div class="notice-place" role="status">
      {sentence !== null && (
        <div class={outcome.kind === "failed" ? "past-notice bad" : "past-notice"}>
          {outcome.kind === "failed" ? <Warning /> : <Check />}
          <p>{sentence}</p>
          {outcome.kind === "done" && (
            <button type="button" class="btn small text" onClick={() => void restoring.undo()}>
              Undo
            </button>
          )}
          {outcome.kind !== "working" && outcome.kind !== "failed" && (
            <a class="btn small text" href={url}>
              To the document
            </a>
          )}
          {outcome.kind !== "working" && (
            <button type="button" class="icon small" aria-label="Put away" onClick={restoring.dismiss}>
              <Close size="small" />
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function sentenceFor(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case "none":
      return null;
    case "working":
      return "Restoring…";
    case "done":
      return outcome.what === "version"
        ? "Restored. What was there before is kept as a version."
        : "The passage is back. What was there before is kept as a version.";
    case "undone":
      return "Taken back. The text is as it was before restoring.";
    case "failed":
      return outcome.sentence;
  }
}
