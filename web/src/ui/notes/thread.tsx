/** A note and its replies. Open, it is a card in which one can answer; else the first words and how many follow. */
import { useState } from "preact/hooks";
import { Check } from "../action-icons";
import type { Board } from "./board";
import { Quote } from "./quote";
import { ReplyBox } from "./reply-box";
import type { Thread } from "./threads";
import { LostActs } from "./tray";
import { Turn } from "./turn";
import { replies } from "./words";
import { plainQuote } from "./plain-quote";

export interface ThreadCardProps {
  board: Board;
  thread: Thread;
  active: boolean;
  /** The passage is in sight beside it, so an open thread need not repeat it. */
  beside: boolean;
  onLeave(): void;
}

/** Of an open thread, its end; the rest on demand. */
const tail = 5;

export function ThreadCard({ board, thread, active, beside, onLeave }: ThreadCardProps) {
  const { note, place } = thread;
  const open = () => board.activate(note.id);
  const by = board.directory.person(note.by).display;
  const quoted = !beside || !active || place?.changed === true;
  return (
    <article
      class={active ? "note active" : "note"}
      data-note={note.id}
      tabIndex={-1}
      aria-current={active ? "true" : undefined}
      aria-label={`Note by ${by} on “${plainQuote(note.quote).slice(0, 80)}”`}
      onClick={active ? undefined : (event) => opens(event) && open()}
    >
      {quoted && <Quote source={note.quote} gone={!place} {...(active ? {} : { onOpen: open })} />}
      {place?.changed && <p class="note-changed">The text was changed since.</p>}
      <Turn board={board} note={note} said={note} open={active}>
        {active && note.resolved === null && board.maySettle(note) && <ResolveButton board={board} thread={thread} />}
      </Turn>
      {active ? <Replies board={board} thread={thread} /> : <Closed board={board} thread={thread} onOpen={open} />}
      {note.resolved === null && !place && <LostActs board={board} thread={thread} resolve={!active} />}
      {note.resolved !== null && <Resolved board={board} thread={thread} />}
      {active && note.resolved === null && board.writes.value && (
        <ReplyBox key={note.id} board={board} note={note.id} onLeave={onLeave} />
      )}
    </article>
  );
}

/** A press on what does something itself, or one that ended a selection of words, opens nothing. */
function opens(event: MouseEvent): boolean {
  const selected = getSelection();
  const inside = event.currentTarget instanceof Node && selected?.containsNode(event.currentTarget, true);
  return !(event.target as Element).closest("button, a, textarea") && !(inside && selected?.type === "Range");
}

export function ResolveButton({ board, thread: { note } }: { board: Board; thread: Thread }) {
  return (
    <button
      type="button"
      class="icon small resolve"
      aria-label="Resolve"
      title="Resolve"
      disabled={board.attempts.busy.value.has(note.id)}
      onClick={() => void board.resolve(note)}
    >
      <Check />
    </button>
  );
}

function Replies({ board, thread: { note } }: { board: Board; thread: Thread }) {
  const [all, setAll] = useState(false);
  const hidden = all ? 0 : Math.max(0, note.replies.length - tail - 1);
  return (
    <>
      {hidden > 0 && (
        <div class="foot">
          <button type="button" class="inline-link" onClick={() => setAll(true)}>
            {hidden} earlier replies
          </button>
        </div>
      )}
      {note.replies.slice(hidden).map((reply) => (
        <Turn key={reply.id} board={board} note={note} said={reply} open />
      ))}
    </>
  );
}

function Closed({ board, thread: { note }, onOpen }: { board: Board; thread: Thread; onOpen(): void }) {
  const begun = board.writes.value && board.drafts.reply(note.id) !== "";
  const unsent = note.replies.filter(({ id }) => board.unsent.waits.value.has(id)).length;
  const waits = unsent > 0 && (unsent < note.replies.length ? `${unsent} not sent yet` : "not sent yet");
  if (note.replies.length === 0 && !begun) return null;
  return (
    <div class="foot">
      <button type="button" class="foot-open" onClick={onOpen}>
        {[note.replies.length > 0 && replies(note.replies.length), waits, begun && "reply begun"].filter(Boolean).join(", ")}
      </button>
    </div>
  );
}

function Resolved({ board, thread: { note } }: { board: Board; thread: Thread }) {
  const by = note.resolved ?? "";
  const name = board.directory.mine(by) ? "you" : board.directory.person(by).display;
  return (
    <div class="foot resolved">
      <Check size="small" />
      <span>Resolved by {name}</span>
      {board.maySettle(note) && (
        <button
          type="button"
          class="btn text small"
          disabled={board.attempts.busy.value.has(note.id)}
          onClick={() => void board.reopen(note)}
        >
          Reopen
        </button>
      )}
    </div>
  );
}
