/** Wires an import to the list it fills. For the list's entry. */
import { type Imported, importPath } from "../session/api";
import { send } from "../session/send";
import type { Boot } from "../ui/boot";
import { createImporting, type Importing } from "../ui/list/importing";
import type { List } from "../ui/list/list";
import { toast } from "../ui/toasts";

export function importTo(list: List, limits: Boot["limits"]): Importing {
  return createImporting({
    limits: { file: limits.file_bytes, all: limits.import_bytes },
    send: (name, body, progress) => send<Imported>(importPath(name), body, progress),
    texts: list.bring,
    made: () => void list.refresh(),
    say: toast,
  });
}
