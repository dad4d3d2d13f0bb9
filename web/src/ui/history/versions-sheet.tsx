/** The versions on a phone: a sheet from below, the text in sight above it. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { swipes } from "../notes/swipe";
import { NamedOnly } from "./named-only";
import { Versions, type VersionsProps } from "./versions";

export function VersionsSheet({ onClose, ...props }: VersionsProps & { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>("[aria-current]")?.focus();
    return () => dialog.current?.close();
  }, []);
  useEffect(() => swipes(dialog.current, { down: onClose, left() {}, right() {} }), []);
  return (
    <dialog
      ref={dialog}
      class="sheet versions-sheet"
      aria-label="Versions"
      tabIndex={-1}
      onCancel={(event: Event) => (event.preventDefault(), onClose())}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget && event.clientY < event.currentTarget.getBoundingClientRect().top) onClose();
      }}
    >
      <div class="sheet-grip">
        <i class="grab" aria-hidden="true" />
        <div class="versions-head">
          <h2>Versions</h2>
          <NamedOnly history={props.history} />
        </div>
      </div>
      <Versions {...props} />
    </dialog>
  );
}
