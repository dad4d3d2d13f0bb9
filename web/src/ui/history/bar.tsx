/** Above the history: the way back, which document, how to look at it, and bringing it back. */
import { FileText } from "../action-icons";
import { Dots } from "../icons";
import { ChevronLeft, Code } from "../more-icons";
import { Menu, type MenuEntry } from "../menu";
import { isCurrent } from "./entries";
import type { History, View } from "./history";
import { entriesFor } from "./version-row";

export interface BarProps {
  history: History;
  title: string;
  /** Of the document. */
  url: string;
  owner: boolean;
  onCopy(id: string): void;
}

export function Bar({ history, title, url, owner, onCopy }: BarProps) {
  const entry = history.entry.value;
  const entries: MenuEntry[] = [...entriesFor({ history, entry, owner, onCopy }), { kind: "rule" }, { kind: "theme" }];
  return (
    <header class="bar">
      <div class="bar-start">
        <a class="icon back" href={url} aria-label="Back to the document" title="Back to the document (Esc)">
          <ChevronLeft size="large" />
        </a>
        <div class="bar-name">
          <span class={title ? "title" : "title untitled"} dir="auto" title={title}>
            {title || "Untitled"}
          </span>
          <h1 class="past-head">History</h1>
        </div>
      </div>
      <Modes view={history.view.value} onView={(view) => (history.view.value = view)} />
      <div class="bar-end">
        {entry.kind === "version" && !isCurrent(entry) && (
          <button type="button" class="btn primary" onClick={() => history.restoring.askVersion(entry.version)}>
            Restore this version
          </button>
        )}
        <Menu label="More" class="icon" button={<Dots />} entries={entries} />
      </div>
    </header>
  );
}

const modes: readonly { view: View; label: string; icon: typeof Code }[] = [
  { view: "page", label: "Page", icon: FileText },
  { view: "source", label: "Source", icon: Code },
];

function Modes({ view, onView }: { view: View; onView(view: View): void }) {
  return (
    <div class="modes" role="group" aria-label="View">
      {modes.map((mode) => (
        <button key={mode.view} type="button" aria-pressed={view === mode.view} aria-label={mode.label} onClick={() => onView(mode.view)}>
          <mode.icon />
          <span>{mode.label}</span>
        </button>
      ))}
    </div>
  );
}
