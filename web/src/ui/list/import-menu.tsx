/** Where documents come from in numbers: files, a zip, a folder; and the way out, everything in a zip. */
import { exportAllPath } from "../../session/listing";
import { Download, FileText, Folder } from "../action-icons";
import { downloadFrom } from "../document/files";
import { type MenuEntry, OpenMenu } from "../menu";
import type { MenuHold } from "../menu-button";
import { type Brought, chosen } from "./brought";

export interface InOut {
  onBring(brought: readonly Brought[]): void;
  /** The server cannot be asked just now. */
  away: boolean;
}

export function ImportEntries({ onBring, ...hold }: MenuHold & Pick<InOut, "onBring">) {
  const entries: MenuEntry[] = ways.map(({ label, icon, what }) => ({ kind: "action", label, icon, run: () => ask(what, onBring) }));
  return <OpenMenu {...hold} entries={entries} />;
}

/** The same among other entries. */
export function inOutEntries({ onBring, away }: InOut): MenuEntry[] {
  return [
    ...ways.map(({ among, icon, what }) => ({ kind: "action", label: among, icon, run: () => ask(what, onBring) }) as const),
    { kind: "action", label: "Export everything (.zip)", icon: Download, run: () => downloadFrom(exportAllPath), ...(away && { off: "Needs a connection" }) },
  ];
}

const ways = [
  { what: "files", label: "Files or a zip…", among: "Import files or a zip…", icon: FileText },
  { what: "folder", label: "A folder…", among: "Import a folder…", icon: Folder },
] as const;

function ask(what: "files" | "folder", then: (brought: Brought[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  if (what === "folder") input.webkitdirectory = true;
  input.onchange = () => then(chosen([...(input.files ?? [])]));
  input.click();
}
