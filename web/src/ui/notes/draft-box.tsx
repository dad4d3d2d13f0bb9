/** The note being written, beside its passage; left, it waits there as a draft. */
import { keycaps } from "../chord";
import type { Board } from "./board";
import { Composer } from "./composer";
import { DRAFT } from "./draft";
import { Quote } from "./quote";
import { Trouble } from "./trouble";

export interface DraftBoxProps {
  board: Board;
  /** Back to the text. */
  onLeave(): void;
}

export function DraftBox({ board, onLeave }: DraftBoxProps) {
  const { draft, writing, place } = board.draft;
  const written = draft.value;
  if (!written) return null;
  if (!writing.value) return <Waiting board={board} />;
  const busy = board.attempts.busy.value.has(DRAFT);
  const empty = written.body.trim() === "";
  const leave = () => (board.draft.leave(), onLeave());
  return (
    <section class="note active draft" data-note={DRAFT} aria-label="New note" tabIndex={-1}>
      <Quote source={written.passage.quote} />
      {!place.value && board.ready.value && (
        <p class="note-changed">The text was deleted meanwhile. The note is kept all the same.</p>
      )}
      <Composer
        label="New note"
        placeholder="What do you think of it?"
        value={written.body}
        people={board.others.value}
        busy={busy}
        focus
        rows={3}
        onInput={board.draft.write}
        onPost={() => void board.draft.post()}
        onLeave={leave}
      />
      <Trouble board={board} at={DRAFT} onAgain={() => void board.draft.post()} />
      {board.draft.other.value && <OtherWords board={board} />}
      <div class="draft-foot">
        <button
          type="button"
          class="btn primary small"
          disabled={empty || busy}
          title={`Post (${keycaps("Mod-Enter").join(" ")})`}
          onClick={() => void board.draft.post()}
        >
          {busy ? "Posting…" : "Post"}
        </button>
        <button type="button" class="btn quiet small" disabled={busy} onClick={empty ? leave : board.draft.discard}>
          {empty ? "Cancel" : "Discard"}
        </button>
      </div>
    </section>
  );
}

/** Another note was asked for: this one comes first, or goes there. */
function OtherWords({ board }: { board: Board }) {
  return (
    <p class="note-changed">
      This draft is about other text. Post it first, or{" "}
      <button type="button" class="inline-link" onClick={board.draft.moveToOther}>
        move it to the selection
      </button>
      .
    </p>
  );
}

function Waiting({ board }: { board: Board }) {
  const written = board.draft.draft.value;
  const goOn = () => board.activate(DRAFT);
  return (
    <section class="note draft" data-note={DRAFT} aria-label="Draft of a note" tabIndex={-1}>
      <Quote source={written?.passage.quote ?? ""} onOpen={goOn} />
      <p class="say" dir="auto">
        {written?.body}
      </p>
      <div class="foot">
        <span>Draft</span>
        <button type="button" class="btn text small" onClick={goOn}>
          Go on
        </button>
        <button type="button" class="btn quiet small" onClick={board.draft.discard}>
          Discard
        </button>
      </div>
      <Trouble board={board} at={DRAFT} onAgain={() => void board.draft.post()} />
    </section>
  );
}
