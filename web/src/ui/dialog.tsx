/** A modal dialog: the browser's own, which keeps the focus inside and gives it back. A press beside it closes it. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Close } from "./icons";

export interface DialogProps {
  label: string;
  class?: string;
  /** Without a head, `label` only names the dialog. */
  head?: boolean;
  onClose(): void;
  children: ComponentChildren;
}

export function Dialog({ label, class: name = "", head = true, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);

  useLayoutEffect(() => {
    const element = dialog.current;
    if (!element) return;
    element.showModal();
    element.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => element.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      class={`dialog ${name}`}
      aria-label={label}
      onCancel={(event: Event) => (event.preventDefault(), onClose())}
      onPointerDown={(event: PointerEvent) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      {head && (
        <div class="dialog-head">
          <h2>{label}</h2>
          <button type="button" class="icon" aria-label="Close" onClick={onClose}>
            <Close />
          </button>
        </div>
      )}
      {children}
    </dialog>
  );
}
