/** Threads beside their passages: placed by the text, scrolled with it, a hairline from the active one to its line. */
import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import type { NoteSurface } from "../../editor/surface";
import { Beyond, useBeyond } from "./beyond";
import type { Board } from "./board";
import { DRAFT } from "./draft";
import { DraftBox } from "./draft-box";
import { type Entry, linesOf } from "./lines";
import { drawLeader, useGround, useHeights, useMoving, useNear, useTogether } from "./margin";
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
  const known = useRef(new Map<string, number>()).current;
  const heights = useHeights(list);
  const ground = useGround(scroll, surface);
  const { near, scrolled } = useNear(scroll);
  const active = board.active.value;
  const moving = useMoving(active);
  const card = useCards(board, active, leader, onLeave);

  const entries = withDraft(threads, board);
  const lines = linesOf(entries, (offset) => surface.topOf(offset), known, { from: near.from - ground.shift, to: near.to - ground.shift });
  const items = entries.map(({ id }, at) => {
    const first = id !== active ? toFirstLine.plain : id === DRAFT || !leader ? toFirstLine.quoted : toFirstLine.card;
    return { id, want: (lines[at] ?? 0) + ground.shift - first, height: heights.get(id) ?? usual };
  });
  const tops = stack(items, active, room);
  const top = (id: string) => Math.round(tops.get(id) ?? 0);
  const bottom = Math.max(0, ...items.map(({ id, height }) => top(id) + height + 32));
  const activeLine = lines[entries.findIndex(({ id }) => id === active)] ?? null;
  const drawn = items.filter(({ id, height }) => id === active || (top(id) < near.to && top(id) + height > near.from));
  const beyond = useBeyond();
  useTogether(scroll, surface, (to) => {
    drawLeader(line.current, leader && activeLine !== null ? activeLine + ground.shift : null, to, scroll.current);
    beyond.look(items, tops, to, scroll.current?.clientHeight ?? 0);
    scrolled(to);
  });

  return (
    <>
      <div class="rail-scroll" ref={scroll}>
        <div class={moving ? "rail-list moving" : "rail-list"} ref={list} style={{ height: `${Math.max(bottom, ground.height)}px` }}>
          {drawn.map(({ id }) => (
            <div
              key={id}
              class={id === active ? "rail-at active" : "rail-at"}
              data-note={id}
              style={{ transform: `translateY(${top(id)}px)` }}
            >
              {id === DRAFT ? <DraftBox board={board} onLeave={onLeave} /> : card(id, threads)}
            </div>
          ))}
        </div>
      </div>
      <i class="leader" ref={line} hidden aria-hidden="true" />
      <Beyond notes={beyond.notes} onGo={(id) => board.activate(id, "focus")} />
    </>
  );
}

/** A thread that has not been drawn yet is thought to be so high. */
const usual = 104;

/** The draft stands where its place in the text is. */
function withDraft(threads: readonly Thread[], { draft: { draft, place } }: Board): Entry[] {
  const entries: Entry[] = threads.map((it) => ({ id: it.note.id, from: it.place?.from ?? null }));
  if (!draft.value) return entries;
  const from = place.value?.from ?? 0;
  const at = entries.findIndex((it) => it.from === null || it.from > from);
  entries.splice(at < 0 ? entries.length : at, 0, { id: DRAFT, from });
  return entries;
}

/** Every key moves places, but a thread is drawn again only when it is another one: the same element is left alone. */
function useCards(board: Board, active: string | null, beside: boolean, onLeave: () => void) {
  const drawn = useRef(new Map<string, { key: unknown[]; card: VNode }>()).current;
  return (id: string, threads: readonly Thread[]): VNode | null => {
    const thread = threads.find(({ note }) => note.id === id);
    if (!thread) return null;
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
