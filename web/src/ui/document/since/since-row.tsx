/** What changed since this reader last looked, or was away: one quiet row under the text, with the way from change to change. */
import { Close } from "../../icons";
import { Changes, ChevronDown, ChevronUp } from "../../more-icons";
import type { Desk } from "../desk";
import type { About, SinceState } from "./since";

const labels: Record<About, string> = { since: "Since you last looked", away: "While you were away" };

export function SinceRow({ desk }: { desk: Desk }) {
  const { since } = desk;
  const state = since.state.value;
  if (state.kind === "nothing") return null;
  return (
    <div class="strip since" role="region" aria-label={labels[state.about]}>
      <Changes size="small" />
      <p>{state.kind === "changes" ? (state.told ?? state.sentence) : state.sentence}</p>
      {state.kind === "changes" && <Steps desk={desk} state={state} />}
      {state.kind === "rewritten" && desk.writes.value && (
        <a class="btn small text" href={`/d/${desk.document.id}/history`}>
          Open history
        </a>
      )}
      <button type="button" class="icon" aria-label="Dismiss" title="Dismiss (Esc)" onClick={since.dismiss}>
        <Close />
      </button>
    </div>
  );
}

function Steps({ desk: { since }, state }: { desk: Desk; state: Extract<SinceState, { kind: "changes" }> }) {
  const { marks, step, count } = state;
  if (marks === "hidden")
    return (
      <button type="button" class="btn small text" onClick={since.toggle}>
        Show
      </button>
    );
  return (
    <>
      <span class="since-at">
        {(step ?? 0) + 1} of {count}
      </span>
      <button type="button" class="icon" aria-label="Previous change" title="Previous change (Shift F7)" aria-keyshortcuts="Shift+F7" onClick={() => since.step(-1)}>
        <ChevronUp />
      </button>
      <button type="button" class="icon" aria-label="Next change" title="Next change (F7)" aria-keyshortcuts="F7" onClick={() => since.step(1)}>
        <ChevronDown />
      </button>
      <button type="button" class="btn small text" onClick={since.toggle}>
        Hide
      </button>
    </>
  );
}
