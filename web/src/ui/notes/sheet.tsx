/** The notes on a phone: a sheet from below with one thread, the draft or all of them; the passage stays in sight above. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { ChevronLeft, ChevronRight, NotePlus } from "../more-icons";
import type { Board } from "./board";
import { DRAFT } from "./draft";
import { DraftBox } from "./draft-box";
import { PlainList } from "./plain-list";
import { FilterTabs } from "./rail-head";
import { swipes } from "./swipe";
import { ResolveButton, ThreadCard } from "./thread";
import type { Thread } from "./threads";

export interface SheetProps {
  board: Board;
  onAsk: (() => void) | null;
}

export function NotesSheet({ board, onAsk }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const active = board.active.value;
  const writing = board.draft.writing.value;
  const at = board.threads.value.findIndex(({ note }) => note.id === active);
  const thread = board.threads.value[at];
  const label = writing ? "New note" : thread ? "Note" : "Notes";

  useLayoutEffect(() => {
    const element = dialog.current;
    if (!element) return;
    element.showModal();
    // What is written in takes the focus, what is read does not open the keyboard.
    (element.querySelector<HTMLElement>(".draft.active textarea") ?? element).focus();
    return () => element.close();
  }, []);
  // Once the sheet is there, the text has room to move above it.
  useLayoutEffect(board.reveal, [active]);
  useEffect(() => swipes(dialog.current, { down: board.close, left: () => step(board, 1), right: () => step(board, -1) }), []);
  useEndings(board);

  return (
    <dialog
      ref={dialog}
      class={writing || thread ? "sheet" : "sheet all"}
      aria-label={label}
      tabIndex={-1}
      onCancel={(event: Event) => (event.preventDefault(), board.close())}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget && aside(event, event.currentTarget)) board.close();
      }}
    >
      <div class="sheet-grip">
        <i class="grab" aria-hidden="true" />
        {writing ? (
          <div class="sheet-head">
            <h2 class="sheet-at">New note</h2>
          </div>
        ) : thread ? (
          <ThreadHead board={board} thread={thread} at={at} />
        ) : (
          <ListHead board={board} />
        )}
      </div>
      <div class="sheet-body">
        {writing ? (
          <DraftBox board={board} onLeave={board.close} />
        ) : thread ? (
          <ThreadCard key={thread.note.id} board={board} thread={thread} active beside={false} onLeave={board.close} />
        ) : (
          <div role="tabpanel" id="notes-panel" aria-labelledby={`notes-${board.filter.value}`}>
            <PlainList board={board} phone onAsk={onAsk} onLeave={board.close} />
          </div>
        )}
      </div>
    </dialog>
  );
}

function ThreadHead({ board, thread, at }: { board: Board; thread: Thread; at: number }) {
  const { length } = board.threads.value;
  return (
    <div class="sheet-head">
      <h2 class="sheet-at" aria-live="polite">
        Note {at + 1} of {length}
      </h2>
      <button type="button" class="icon" aria-label="Previous note" disabled={at === 0} onClick={() => board.step(-1)}>
        <ChevronLeft size="large" />
      </button>
      <button type="button" class="icon" aria-label="Next note" disabled={at === length - 1} onClick={() => board.step(1)}>
        <ChevronRight size="large" />
      </button>
      {thread.note.resolved === null && board.maySettle(thread.note) && <ResolveButton board={board} thread={thread} />}
    </div>
  );
}

function ListHead({ board }: { board: Board }) {
  return (
    <div class="sheet-head">
      <FilterTabs board={board} />
      {board.writes.value && (
        <button type="button" class="icon" aria-label="Add a note" onClick={() => (board.close(), board.start())}>
          <NotePlus size="large" />
        </button>
      )}
    </div>
  );
}

/** Not around the end: a sheet has a first and a last note. */
function step(board: Board, by: 1 | -1): void {
  const all = board.threads.peek();
  const at = all.findIndex(({ note }) => note.id === board.active.peek());
  if (at >= 0 && all[at + by]) board.step(by);
}

/** A thread that is resolved or deleted has nothing more to show, and to attach a note one needs the text. */
function useEndings(board: Board): void {
  const active = board.active.value;
  const was = useRef(active);
  const attaching = board.attaching.value !== null;
  useEffect(() => {
    if (attaching || (was.current !== null && was.current !== DRAFT && active === null)) board.close();
    was.current = active;
  }, [active, attaching]);
}

/** A press above the sheet. */
function aside(event: PointerEvent, sheet: HTMLElement): boolean {
  return event.clientY < sheet.getBoundingClientRect().top;
}
