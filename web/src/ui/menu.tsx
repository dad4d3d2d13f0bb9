/**
 * A menu: arrow keys move, Esc and Tab leave, and the focus is back on the button before an entry runs, so that a dialog
 * opened by an entry returns it there.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { Icon } from "./icons";
import { Keys } from "./keys";
import { MenuButton, type MenuHold } from "./menu-button";
import { ThemeSwitch } from "./theme-switch";

export type MenuEntry =
  /** `off`: it cannot be done just now, with the sentence why. */
  | { kind: "action"; label: string; icon: Icon; run(): void; keys?: string; danger?: boolean; off?: string }
  | { kind: "rule" }
  | { kind: "theme" };

export interface MenuProps {
  label: string;
  button: ComponentChildren;
  class: string;
  entries: readonly MenuEntry[];
  /** -1 in a toolbar, where the arrows lead to it. */
  tabIndex?: number;
}

export function Menu({ entries, ...button }: MenuProps) {
  return <MenuButton {...button}>{(hold) => <OpenMenu {...hold} entries={entries} />}</MenuButton>;
}

/** What a {@link MenuButton} opens. */
export function OpenMenu({ label, root, onClose, entries, head }: MenuHold & { entries: readonly MenuEntry[]; head?: ComponentChildren }) {
  const [up, setUp] = useState(false);
  useLayoutEffect(() => setUp(tooLow(root.current)), []);
  useEffect(() => items(root.current)[0]?.focus(), []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      // A dialog around it stays.
      event.preventDefault();
      event.stopPropagation();
      onClose();
    } else if (event.key === "Tab") {
      onClose();
    } else {
      move(root.current, event);
    }
  };

  return (
    <div class={up ? "menu up" : "menu"}>
      {head}
      <div role="menu" aria-label={label} onKeyDown={onKeyDown}>
        {entries.map((entry) => (
          <Entry entry={entry} onRun={(run) => (onClose(), run())} />
        ))}
      </div>
    </div>
  );
}

function Entry({ entry, onRun }: { entry: MenuEntry; onRun(run: () => void): void }) {
  if (entry.kind === "rule") return <hr role="separator" />;
  if (entry.kind === "theme") return <ThemeSwitch />;
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      class={entry.danger ? "menu-item danger" : "menu-item"}
      aria-disabled={entry.off ? true : undefined}
      onClick={() => entry.off || onRun(entry.run)}
    >
      <entry.icon />
      {entry.off ? <Off label={entry.label} why={entry.off} /> : entry.label}
      {entry.keys && <Keys chord={entry.keys} />}
    </button>
  );
}

function Off({ label, why }: { label: string; why: string }) {
  return (
    <span class="menu-off">
      {label} <small>{why}</small>
    </span>
  );
}

/** Whether the menu would reach below what holds it, with room above. */
function tooLow(root: HTMLElement | null): boolean {
  const menu = root?.querySelector(".menu")?.getBoundingClientRect();
  const button = root?.getBoundingClientRect();
  const edge = root?.closest(".rail-scroll, .sheet-body, .versions-scroll")?.getBoundingClientRect();
  return !!menu && !!button && !!edge && menu.bottom > edge.bottom && button.top - menu.height > edge.top;
}

function items(root: HTMLElement | null): HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>("[role^='menuitem']") ?? [])];
}

function move(root: HTMLElement | null, event: KeyboardEvent): void {
  const all = items(root);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  all.at(to % all.length)?.focus();
}
