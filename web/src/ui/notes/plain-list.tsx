/** Threads below each other, where there is no text beside them: the newest first, detached ones, the list on a phone. */
import { keycaps } from "../chord";
import type { Board } from "./board";
import { DraftBox } from "./draft-box";
import { NotSent } from "./not-sent";
import { ThreadCard } from "./thread";
import type { Filter } from "./threads";

export interface PlainListProps {
  board: Board;
  /** On a phone the draft has the sheet to itself, and a thread too. */
  phone: boolean;
  onAsk: (() => void) | null;
  onLeave(): void;
}

export function PlainList({ board, phone, onAsk, onLeave }: PlainListProps) {
  const threads = board.threads.value;
  const active = board.active.value;
  const draft = board.draft.draft.value !== null;
  if (threads.length === 0 && !draft && board.lost.value.length === 0) return <NoNotes board={board} phone={phone} onAsk={onAsk} />;
  return (
    <div class="plain-list">
      {phone && <NotSent board={board} />}
      {draft && <DraftBox board={board} onLeave={onLeave} />}
      {threads.map((thread) => (
        <ThreadCard
          key={thread.note.id}
          board={board}
          thread={thread}
          active={!phone && thread.note.id === active}
          beside={false}
          onLeave={onLeave}
        />
      ))}
    </div>
  );
}

/** What to do when there is nothing, and for whoever may not write, how to be allowed to. */
export function NoNotes({ board, phone, onAsk }: Pick<PlainListProps, "board" | "phone" | "onAsk">) {
  const filter = board.filter.value;
  return (
    <div class="no-notes">
      <p>{board.ready.value ? nothing(filter, board.writes.value, phone) : "Looking for the notes…"}</p>
      {!board.writes.value && <ReadOnly onAsk={onAsk} />}
    </div>
  );
}

export function ReadOnly({ onAsk }: { onAsk: (() => void) | null }) {
  return (
    <p class="read-only">
      You can read the notes here, but not write any.{" "}
      {onAsk && (
        <button type="button" class="inline-link" onClick={onAsk}>
          Ask for access
        </button>
      )}
    </p>
  );
}

function nothing(filter: Filter, writes: boolean, phone: boolean): string {
  if (filter === "resolved") return "Nothing is resolved yet. Resolved notes are kept here and can be reopened.";
  if (filter === "detached") return "Every note has its place. When the text under a note is deleted, the note waits here.";
  if (!writes) return "No open notes.";
  return phone
    ? "No open notes. Hold a finger on the text to select some of it, then press Note."
    : `No open notes. Select some text and press ${keycaps("Mod-Alt-m").join(" ")}.`;
}
