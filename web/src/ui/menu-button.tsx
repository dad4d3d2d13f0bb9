/**
 * A button that opens a menu (`menu.tsx`). What is in it may come later than the button: `near` says that somebody is about
 * to press. Leaving with the pointer or the focus closes it, also while it is still on its way.
 */
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** What an open menu is given. */
export interface MenuHold {
  label: string;
  /** Button and menu. */
  root: RefObject<HTMLDivElement | null>;
  /** Closes it; the focus is back on the button. */
  onClose(): void;
}

export interface MenuButtonProps {
  label: string;
  button: ComponentChildren;
  class: string;
  /** -1 in a toolbar, where the arrows lead to it. */
  tabIndex?: number | undefined;
  near?(): void;
  children(hold: MenuHold): ComponentChildren;
}

export function MenuButton({ label, button, class: name, tabIndex, near, children }: MenuButtonProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!open) return;
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

  const onClose = () => {
    setOpen(false);
    trigger.current?.focus();
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
        onPointerEnter={near}
        onFocus={near}
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
      {open && children({ label, root, onClose })}
    </div>
  );
}
