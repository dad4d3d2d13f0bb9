/** Edit, Both, View. */
import { onMac } from "../chord";
import { Pencil } from "../action-icons";
import type { Icon } from "../icons";
import { Columns, Eye } from "../more-icons";
import type { View } from "./view";

const modes: readonly { view: View; label: string; icon: Icon; key: string }[] = [
  { view: "edit", label: "Edit", icon: Pencil, key: "E" },
  { view: "both", label: "Both", icon: Columns, key: "B" },
  { view: "view", label: "View", icon: Eye, key: "V" },
];

export function Modes({ view, onView }: { view: View; onView(view: View): void }) {
  return (
    <div class="modes" role="group" aria-label="View">
      {modes.map((mode) => (
        <button
          key={mode.view}
          type="button"
          aria-pressed={view === mode.view}
          title={`${mode.label} (${onMac ? "⌃⌥" : "Ctrl Alt "}${mode.key})`}
          onClick={() => onView(mode.view)}
        >
          <mode.icon size="small" />
          <span>{mode.label}</span>
        </button>
      ))}
    </div>
  );
}
