/**
 * A button with a menu. Arrow keys move, Esc and Tab leave, and the focus is back on the button before an entry runs,
 * so that a dialog opened by an entry returns it there.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Icon } from "./icons";
import { Keys } from "./keys";
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
  head?: ComponentChildren;
  /** -1 in a toolbar, where the arrows lead to it. */
  tabIndex?: number;
}

export function Menu({ label, button, class: name, entries, head, tabIndex }: MenuProps) {
  const [open, setOpen] = useState(false);
  const [up, setUp] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);

  const close = (refocus: boolean) => {
    setOpen(false);
    if (refocus) trigger.current?.focus();
  };

  useLayoutEffect(() => setUp(open && tooLow(root.current)), [open]);
  useEffect(() => {
    if (!open) return;
    items(root.current)[0]?.focus();
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
    };
  }, [open]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      // A dialog around it stays.
      event.preventDefault();
      event.stopPropagation();
      close(true);
    } else if (event.key === "Tab") {
      close(true);
    } else {
      move(root.current, event);
    }
  };

  return (
    <div class="menu-root" ref={root}>
      <button
        ref={trigger}
        type="button"
        class={name}
        {...(tabIndex === undefined ? {} : { tabIndex })}
        aria-label={label}
        title={open ? undefined : label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" && !open) {
            event.preventDefault();
            setOpen(true);
          }
        }}
      >
        {button}
      </button>
      {open && (
        <div class={up ? "menu up" : "menu"}>
          {head}
          <div role="menu" aria-label={label} onKeyDown={onKeyDown}>
            {entries.map((entry) => (
              <Entry entry={entry} onRun={(run) => (close(true), run())} />
            ))}
          </div>
        </div>
      )}
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
