/** At the foot of the open notes: those whose text is gone, one in full, the others a press away. */
import { Apart } from "../more-icons";
import type { Board } from "./board";
import { Quote } from "./quote";
import type { Thread } from "./threads";
import { Turn } from "./turn";
import { replies } from "./words";

export function Tray({ board }: { board: Board }) {
  const lost = board.detached.value;
  const [newest] = lost;
  if (!newest) return null;
  const all = () => void (board.filter.value = "detached");
  return (
    <section class="tray" aria-label="Detached notes">
      <p class="tray-head">
        <Apart size="small" />
        <span>{lost.length === 1 ? "1 note lost its place: the text was deleted" : `${lost.length} notes lost their place`}</span>
        {lost.length > 1 && (
          <button type="button" class="btn text small" onClick={all}>
            Show all
          </button>
        )}
      </p>
      <LostNote board={board} thread={newest} onOpen={() => board.activate(newest.note.id)} />
    </section>
  );
}

function LostNote({ board, thread, onOpen }: { board: Board; thread: Thread; onOpen(): void }) {
  const { note } = thread;
  return (
    <article class="note" data-note={note.id} tabIndex={-1} aria-label="Detached note">
      <Quote source={note.quote} gone onOpen={onOpen} />
      <Turn board={board} note={note} said={note} open={false} />
      {note.replies.length > 0 && (
        <div class="foot">
          <button type="button" class="foot-open" onClick={onOpen}>
            {replies(note.replies.length)}
          </button>
        </div>
      )}
      <LostActs board={board} thread={thread} resolve />
    </article>
  );
}

/** What can be done for a note without a place. */
export function LostActs({ board, thread: { note }, resolve }: { board: Board; thread: Thread; resolve: boolean }) {
  if (!board.maySettle(note)) return null;
  const busy = board.attempts.busy.value.has(note.id);
  return (
    <div class="foot lost-acts">
      <button
        type="button"
        class="btn text small"
        disabled={busy}
        // What is selected stays so.
        onPointerDown={(event) => event.preventDefault()}
        onClick={() => void board.attach(note)}
      >
        Attach to selection
      </button>
      {resolve && (
        <button type="button" class="btn quiet small" disabled={busy} onClick={() => void board.resolve(note)}>
          Resolve
        </button>
      )}
    </div>
  );
}
