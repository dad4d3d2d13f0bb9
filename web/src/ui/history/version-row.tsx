/** One version in the list: its name or its time, who wrote, and what can be done with it. */
import type { Person } from "../../session/api";
import type { Version } from "../../session/history";
import { Face } from "../face";
import { Copy, Pencil, Restore, Trash } from "../action-icons";
import { Close, Dots } from "../icons";
import { Bookmark } from "../more-icons";
import { InlineName } from "../inline-name";
import { Menu, type MenuEntry } from "../menu";
import { nameMax } from "../name-version";
import { timeOnDay } from "./days";
import { type Entry, idOf, isCurrent } from "./entries";
import type { History } from "./history";

export interface VersionRowProps {
  history: History;
  entry: Entry;
  owner: boolean;
  selected: boolean;
  now: number;
  onPick(): void;
  onCopy(id: string): void;
}

export function VersionRow({ history, entry, owner, selected, now, onPick, onCopy }: VersionRowProps) {
  const key = idOf(entry) ?? "now";
  const version = entry.kind === "version" ? entry.version : null;
  const label = title(entry, now);
  const named = (name: string | null) => {
    history.naming.value = null;
    if (name && name !== version?.name) void history.name(entry, name);
  };
  if (history.naming.value === key)
    return (
      <li class="version naming" data-selected={selected || undefined}>
        <InlineName label="Name of this version" value={version?.name ?? ""} placeholder="Name this version" max={nameMax} onDone={named} />
      </li>
    );
  return (
    <li class="version" data-selected={selected || undefined}>
      <button type="button" class="version-pick" aria-current={selected ? "true" : undefined} tabIndex={selected ? 0 : -1} onClick={onPick}>
        <span class={version?.name ? "version-title named" : "version-title"} dir="auto">
          {label}
        </span>
        <span class="version-about">{about(entry, now)}</span>
        {version && version.authors.length > 0 && <Authors people={version.authors} />}
      </button>
      <Menu label={`More for ${label}`} class="icon small" button={<Dots />} entries={entriesFor({ history, entry, owner, onCopy })} />
    </li>
  );
}

function title(entry: Entry, now: number): string {
  if (entry.kind === "version" && entry.version.name !== null) return entry.version.name;
  if (isCurrent(entry)) return "Current version";
  return entry.kind === "version" ? timeOnDay(entry.version.at_ms, now) : "";
}

function about(entry: Entry, now: number): string {
  if (entry.kind === "now") return "As it is just now";
  const { name, at_ms, named_by } = entry.version;
  const when = timeOnDay(at_ms, now);
  if (name === null) return isCurrent(entry) ? when : "";
  return [isCurrent(entry) ? "Current version" : null, when, named_by && `named by ${named_by.display}`].filter(Boolean).join(" · ");
}

/** Names as long as there are few; the row is no wider. */
const namesMax = 2;

function Authors({ people }: { people: readonly Person[] }) {
  const all = people.map(({ display }) => display);
  const words = all.length <= namesMax ? all.join(", ") : `${all[0] ?? ""} and ${all.length - 1} more`;
  return (
    <span class="version-authors" title={all.join(", ")}>
      <span class="version-faces">
        {people.slice(0, 3).map(({ author, display, peer, guest }) => (
          <Face key={author} name={display} peer={peer} guest={guest} small />
        ))}
      </span>
      <span class="version-names">{words}</span>
    </span>
  );
}

export interface EntryParts {
  history: History;
  entry: Entry;
  owner: boolean;
  onCopy(id: string): void;
}

/** What can be done with a version; also the menu in the bar. */
export function entriesFor({ history, entry, owner, onCopy }: EntryParts): MenuEntry[] {
  const naming = (id: string) => () => void (history.naming.value = id);
  if (entry.kind === "now") return [{ kind: "action", label: "Name this version", icon: Bookmark, run: naming("now") }];
  const { version } = entry;
  return [
    ...names(history, version, naming(version.id)),
    { kind: "action", label: "Copy link to this version", icon: Copy, run: () => onCopy(version.id) },
    ...(entry.current
      ? []
      : [{ kind: "action", label: "Restore this version…", icon: Restore, run: () => history.restoring.askVersion(version) } satisfies MenuEntry]),
    ...(owner
      ? [{ kind: "rule" } as const, { kind: "action", label: "Delete version…", icon: Trash, danger: true, run: () => history.askRemove(version) } as const]
      : []),
  ];
}

function names(history: History, version: Version, start: () => void): MenuEntry[] {
  if (version.name === null) return [{ kind: "action", label: "Name this version", icon: Bookmark, run: start }];
  return [
    { kind: "action", label: "Rename", icon: Pencil, run: start },
    { kind: "action", label: "Remove name", icon: Close, run: () => void history.unname(version) },
  ];
}
