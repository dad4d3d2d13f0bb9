/** Threads beside their passages: placed by the text, scrolled with it, a hairline from the active one to its line. */
import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import type { NoteSurface } from "../../editor/surface";
import { Beyond, useBeyond } from "./beyond";
import type { Board } from "./board";
import { DRAFT } from "./draft";
import { DraftBox } from "./draft-box";
import { drawLeader, useGround, useHeights, useMoving, useTogether } from "./margin";
import { stack } from "./stack";
import { ThreadCard } from "./thread";
import type { Thread } from "./threads";

export interface PlacedProps {
  board: Board;
  surface: NoteSurface;
  threads: readonly Thread[];
  /** Draws a line to the text; not where the margin lies over it. */
  leader: boolean;
  onLeave(): void;
}

const room = { gap: 20, top: 12 };
/** From the top of a thread to the middle of its first line; a card has more above it. */
const toFirstLine = { plain: 10, card: 27, quoted: 26 };

export function Placed({ board, surface, threads, leader, onLeave }: PlacedProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLElement>(null);
  const heights = useHeights(list);
  const ground = useGround(scroll, surface);
  const active = board.active.value;
  const moving = useMoving(active);
  const { draft, place } = board.draft;

  const card = useCards(board, active, leader, onLeave);
  const ids = threads.map(({ note }) => note.id);
  const froms = threads.map((it) => it.place?.from ?? 0);
  if (draft.value) insert(ids, froms, DRAFT, place.value?.from ?? 0);
  let last: number = room.top;
  const wants = ids.map((id, at) => {
    const top = surface.topOf(froms[at] ?? 0);
    if (top !== null) last = top + ground.shift;
    const first = id !== active ? toFirstLine.plain : id === DRAFT || !leader ? toFirstLine.quoted : toFirstLine.card;
    return { id, line: last, want: last - first, height: heights.get(id) ?? 0 };
  });
  const tops = stack(wants, active, room);
  const bottom = Math.max(0, ...wants.map(({ id, height }) => (tops.get(id) ?? 0) + height + 32));
  const activeLine = wants.find(({ id }) => id === active)?.line ?? null;
  const at = (id: string) => ({ transform: `translateY(${Math.round(tops.get(id) ?? 0)}px)` });
  const beyond = useBeyond();
  useTogether(scroll, surface, (top) => {
    drawLeader(line.current, leader ? activeLine : null, top, scroll.current);
    beyond.look(wants, tops, top, scroll.current?.clientHeight ?? 0);
  });

  return (
    <>
      <div class="rail-scroll" ref={scroll}>
        <div class={moving ? "rail-list moving" : "rail-list"} ref={list} style={{ height: `${Math.max(bottom, ground.height)}px` }}>
          {ids.map((id) => {
            const thread = threads.find(({ note }) => note.id === id);
            return (
              <div key={id} class={id === active ? "rail-at active" : "rail-at"} data-note={id} style={at(id)}>
                {thread ? card(thread) : <DraftBox board={board} onLeave={onLeave} />}
              </div>
            );
          })}
        </div>
      </div>
      <i class="leader" ref={line} hidden aria-hidden="true" />
      <Beyond notes={beyond.notes} onGo={(id) => board.activate(id, "focus")} />
    </>
  );
}

/** Every key moves places, but a thread is drawn again only when it is another one: the same element is left alone. */
function useCards(board: Board, active: string | null, beside: boolean, onLeave: () => void): (thread: Thread) => VNode {
  const drawn = useRef(new Map<string, { key: unknown[]; card: VNode }>()).current;
  return (thread) => {
    const { note, place } = thread;
    const key = [note, note.id === active, place === null, place?.changed, beside, onLeave];
    const before = drawn.get(note.id);
    if (before?.key.every((it, at) => it === key[at])) return before.card;
    const props = { board, thread, active: note.id === active, beside, onLeave };
    const card = <ThreadCard {...props} />;
    drawn.set(note.id, { key, card });
    return card;
  };
}

/** Where it belongs by its place in the text. */
function insert(ids: string[], froms: number[], id: string, from: number): void {
  const at = froms.findIndex((it) => it > from);
  ids.splice(at < 0 ? ids.length : at, 0, id);
  froms.splice(at < 0 ? froms.length : at, 0, from);
}
