/** Above the notes: open, resolved, detached, each with its count; a new note; the order. */
import { keycaps } from "../chord";
import { Close, Dots } from "../icons";
import { NotePlus, Sort } from "../more-icons";
import { Menu, type MenuEntry } from "../menu";
import type { Board } from "./board";
import { filters } from "./threads";

export function RailHead({ board }: { board: Board }) {
  return (
    <div class="rail-head">
      <FilterTabs board={board} />
      {board.writes.value && (
        <button
          type="button"
          class="icon small"
          aria-label="Add a note"
          title={`Add a note (${keycaps("Mod-Alt-m").join(" ")})`}
          // What is selected stays so.
          onPointerDown={(event) => event.preventDefault()}
          onClick={board.start}
        >
          <NotePlus />
        </button>
      )}
      <Menu label="Order and more" class="icon small" button={<Dots />} entries={railEntries(board)} />
    </div>
  );
}

export function FilterTabs({ board }: { board: Board }) {
  return (
    <div class="tabs" role="tablist" aria-label="Which notes" onKeyDown={moveTab}>
      {filters.map(({ filter, label }) => (
        <button
          key={filter}
          type="button"
          role="tab"
          id={`notes-${filter}`}
          aria-controls="notes-panel"
          aria-selected={board.filter.value === filter}
          tabIndex={board.filter.value === filter ? 0 : -1}
          onClick={() => (board.activate(null), (board.filter.value = filter))}
        >
          {label} <span>{board.counts.value[filter]}</span>
        </button>
      ))}
    </div>
  );
}

function railEntries(board: Board): MenuEntry[] {
  const newest = board.order.value === "newest";
  return [
    {
      kind: "action",
      label: newest ? "Sort by position" : "Sort by newest",
      icon: Sort,
      run: () => void (board.order.value = newest ? "position" : "newest"),
    },
    { kind: "action", label: "Hide notes", icon: Close, run: board.close },
  ];
}

function moveTab(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  event.stopPropagation();
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")];
  const next = all.at((all.indexOf(document.activeElement as HTMLElement) + by) % all.length);
  next?.focus();
  next?.click();
}
