/** Files and folders let go of anywhere on the list. */
import { useCallback } from "preact/hooks";
import { FileDrop } from "../file-drop";
import { toast } from "../toasts";
import { type Brought, dropped } from "./brought";

export function ListDrop({ onBring }: { onBring(brought: readonly Brought[]): void }) {
  const drop = useCallback((data: DataTransfer) => void dropped(data).then(onBring, () => toast("The browser could not read what was dropped.")), [onBring]);
  return <FileDrop shape="veil" sentence="Let go to bring it in: Markdown, folders, a zip" onDrop={drop} />;
}
