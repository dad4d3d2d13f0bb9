/** Where documents come from in numbers: files, a zip, a folder. */
import { FileText, Folder } from "../icons";
import { Menu, type MenuEntry } from "../menu";
import { type Brought, chosen } from "./brought";

export function ImportMenu({ onBring }: { onBring(brought: readonly Brought[]): void }) {
  return <Menu label="Import documents" class="btn line big" button="Import" entries={importEntries(onBring)} />;
}

export function importEntries(onBring: (brought: readonly Brought[]) => void): MenuEntry[] {
  return [
    { kind: "action", label: "Files or a zip…", icon: FileText, run: () => ask("files", onBring) },
    { kind: "action", label: "A folder…", icon: Folder, run: () => ask("folder", onBring) },
  ];
}

function ask(what: "files" | "folder", then: (brought: Brought[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  if (what === "folder") input.webkitdirectory = true;
  input.onchange = () => then(chosen([...(input.files ?? [])]));
  input.click();
}
