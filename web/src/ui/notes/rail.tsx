/** The margin right of the text: every note beside its passage, and everything a person does with them. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { NoteSurface } from "../../editor/surface";
import { typing } from "../chord";
import type { Board } from "./board";
import { DRAFT } from "./draft";
import { useCalm } from "./margin";
import { Placed } from "./placed";
import { NotSent } from "./not-sent";
import { NoNotes, PlainList, ReadOnly } from "./plain-list";
import { RailHead } from "./rail-head";
import { otherNotes } from "./threads";
import { Tray } from "./tray";

export interface RailProps {
  board: Board;
  /** The pane the notes stand beside. */
  lead: NoteSurface | null;
  /** It lies over the text instead of beside it. */
  over: boolean;
  /** Asks for more access; null where there is none to ask for. */
  onAsk: (() => void) | null;
  /** Gives the focus to the text. */
  onLeave(): void;
}

export function Rail({ board, lead, over, onAsk, onLeave }: RailProps) {
  const rail = useRef<HTMLElement>(null);
  const threads = useCalm(board.threads, otherNotes);
  const filter = board.filter.value;
  const beside = board.order.value === "position" && filter !== "detached" && lead !== null;
  const empty = threads.length === 0 && board.draft.draft.value === null;
  // The text has another width now.
  useEffect(board.reveal, [over]);
  useFocus(rail, board);
  useKeptFocus(rail);

  return (
    <aside
      class={over ? "rail over" : "rail"}
      aria-label="Notes"
      ref={rail}
      onKeyDown={(event) => keys(event, rail.current, board, onLeave)}
    >
      <RailHead board={board} />
      <div class="rail-body" role="tabpanel" id="notes-panel" aria-labelledby={`notes-${filter}`}>
        {beside && !empty ? (
          <Placed board={board} surface={lead} threads={threads} leader={!over} onLeave={onLeave} />
        ) : (
          <div class="rail-scroll">
            {empty ? (
              <NoNotes board={board} phone={false} onAsk={onAsk} />
            ) : (
              <PlainList board={board} phone={false} onAsk={onAsk} onLeave={onLeave} />
            )}
          </div>
        )}
      </div>
      <NotSent board={board} />
      {filter === "open" && <Tray board={board} />}
      {!board.writes.value && !empty && <ReadOnly onAsk={onAsk} />}
    </aside>
  );
}

/** The thread that is to take the focus takes it, once it is there. */
function useFocus(rail: { current: HTMLElement | null }, board: Board): void {
  const wanted = board.focus.value;
  useEffect(() => {
    const card = wanted === null ? undefined : cards(rail.current).find((it) => it.dataset["note"] === wanted);
    if (!card) return;
    board.focus.value = null;
    if (wanted !== DRAFT) card.focus({ preventScroll: true });
  });
}

/** Where the focus was on something that is gone, it goes to what stands there now, never to nowhere. */
function useKeptFocus(rail: { current: HTMLElement | null }): void {
  const was = useRef<{ element: HTMLElement; at: number } | null>(null);
  useEffect(() => {
    const look = () => {
      const element = document.activeElement as HTMLElement;
      const at = cards(rail.current).findIndex((card) => card.contains(element));
      was.current = rail.current?.contains(element) ? { element, at: Math.max(0, at) } : null;
    };
    look();
    document.addEventListener("focusin", look);
    return () => document.removeEventListener("focusin", look);
  }, []);
  useLayoutEffect(() => {
    if (!was.current || document.activeElement !== document.body) return;
    const { element, at } = was.current;
    const all = cards(rail.current);
    // What was only moved is still there.
    const next = element.isConnected ? element : all[Math.min(at, all.length - 1)];
    (next ?? rail.current?.querySelector<HTMLElement>("[role=tab][aria-selected=true]"))?.focus({ preventScroll: true });
  });
}

function cards(rail: HTMLElement | null): HTMLElement[] {
  return [...(rail?.querySelectorAll<HTMLElement>(".note[data-note]") ?? [])];
}

/** j and k or the arrows from thread to thread, Enter opens, Esc goes back to the text. */
function keys(event: KeyboardEvent, rail: HTMLElement | null, board: Board, onLeave: () => void): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    event.preventDefault();
    board.activate(null);
    return onLeave();
  }
  if (typing(event)) return;
  const all = cards(rail);
  const at = all.findIndex((card) => card.contains(document.activeElement));
  const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  const onCard = all[at] === document.activeElement;
  if (by) walk(board, all, at, by);
  else if (event.key === "Enter" && onCard) board.activate(all[at]?.dataset["note"] ?? null);
  else if (event.key === "r" && onCard) answer(board, all[at]);
  else return;
  event.preventDefault();
}

/** Those far from what is in sight are not drawn: one goes there by opening it. */
function walk(board: Board, all: readonly HTMLElement[], at: number, by: number): void {
  const next = all[at + by];
  const shown = board.threads.value.map(({ note }) => note.id);
  const beyond = shown[shown.indexOf(all[at]?.dataset["note"] ?? "") + by];
  if (next) next.focus();
  else if (at >= 0 && beyond !== undefined && !all.some((card) => card.dataset["note"] === beyond)) board.activate(beyond, "focus");
}

/** Opens the thread with the focus in its reply: once it is drawn, but before the next key, which belongs there. */
function answer(board: Board, card: HTMLElement | undefined): void {
  board.activate(card?.dataset["note"] ?? null);
  queueMicrotask(() => card?.querySelector("textarea")?.focus());
}
