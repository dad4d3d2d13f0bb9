/** What can be done with a document from the list. What takes the server says so while there is none. */
import type { Document } from "../../session/api";
import { copy } from "../copy";
import { Copy, Pencil, Restore, SignOut, Trash, UserPlus } from "../action-icons";
import { type MenuEntry, OpenMenu } from "../menu";
import type { MenuHold } from "../menu-button";
import { canWrite } from "../roles";
import { toast } from "../toasts";
import type { List } from "./list";

export interface RowEntriesProps extends MenuHold {
  document: Document;
  list: List;
  onRename(): void;
}

export function RowEntries({ document, list, onRename, ...hold }: RowEntriesProps) {
  return <OpenMenu {...hold} entries={entries(document, list, onRename)} />;
}

function entries(document: Document, list: List, rename: () => void): MenuEntry[] {
  const all = reachable(document, list, rename);
  const { reach, cards } = list.shelf;
  if (reach.value === "here" && !cards.value.get(document.id)?.born) return all;
  const off = reach.value === "here" ? "Once it is on the server" : "Needs a connection";
  return all.map((it) => (it.kind === "action" && it.icon !== Copy ? { ...it, off } : it));
}

/** What can be done when the server can be asked. */
function reachable(document: Document, list: List, rename: () => void): MenuEntry[] {
  if (document.trashed_ms !== null)
    return [
      { kind: "action", label: "Restore", icon: Restore, run: () => void list.restore(document) },
      { kind: "rule" },
      { kind: "action", label: "Delete for good…", icon: Trash, danger: true, run: () => list.askErase(document) },
    ];
  const all: MenuEntry[] = [];
  if (canWrite(document.role)) all.push({ kind: "action", label: "Rename", icon: Pencil, run: rename });
  all.push({ kind: "action", label: "Copy address", icon: Copy, run: () => void copyAddress(document) });
  if (document.role !== "own")
    all.push(
      { kind: "rule" },
      { kind: "action", label: "Leave…", icon: SignOut, danger: true, run: () => list.askLeave(document) },
    );
  if (document.role === "own")
    all.push(
      { kind: "action", label: "Share…", icon: UserPlus, run: () => location.assign(`${document.url}#share`) },
      { kind: "rule" },
      { kind: "action", label: "Move to trash", icon: Trash, danger: true, run: () => void list.trash(document) },
    );
  return all;
}

async function copyAddress(document: Document): Promise<void> {
  const done = await copy(new URL(document.url, location.href).href);
  toast(done ? "Copied. It opens for people who already have access." : "The browser did not allow copying.");
}
