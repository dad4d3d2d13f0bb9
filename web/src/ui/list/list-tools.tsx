/** The tabs, and the search that narrows what they show while you type. */
import { Close, Search } from "../icons";
import type { List } from "./list";
import { tabs } from "./titles";

export function ListTools({ list }: { list: List }) {
  return (
    <div class="list-tools">
      <div class="tabs" role="tablist" aria-label="Which documents" onKeyDown={moveTab}>
        {tabs.map(({ tab, label }) => (
          <button
            key={tab}
            type="button"
            role="tab"
            aria-selected={list.tab.value === tab}
            tabIndex={list.tab.value === tab ? 0 : -1}
            onClick={() => list.show(tab)}
          >
            {label}
          </button>
        ))}
      </div>
      <label class="find">
        <Search size="small" />
        <input
          type="search"
          placeholder="Search titles"
          aria-label="Search titles"
          value={list.query.value}
          onInput={(event) => list.search(event.currentTarget.value)}
          onKeyDown={(event) => searchKey(event, list)}
        />
        {list.query.value ? (
          <button type="button" class="icon small" aria-label="Clear the search" onClick={() => list.search("")}>
            <Close size="small" />
          </button>
        ) : (
          <kbd aria-hidden="true">/</kbd>
        )}
      </label>
    </div>
  );
}

function moveTab(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")];
  const next = all.at((all.indexOf(document.activeElement as HTMLElement) + by) % all.length);
  next?.focus();
  next?.click();
}

/** Down and Enter go on into the list, Esc clears and then leaves. */
function searchKey(event: KeyboardEvent & { currentTarget: HTMLInputElement }, list: List): void {
  if (event.key === "Escape") {
    if (list.query.value) list.search("");
    else event.currentTarget.blur();
  } else if (event.key === "ArrowDown" || event.key === "Enter") {
    const first = document.querySelector<HTMLElement>(".item-link");
    if (event.key === "Enter") first?.click();
    else first?.focus();
  } else return;
  event.preventDefault();
}
