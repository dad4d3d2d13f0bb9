/** Every document from outside: whose it is, and another owner when somebody left. */
import { useRef, useState } from "preact/hooks";
import type { Holding } from "../../session/api";
import { copy } from "../copy";
import { Copy, Restore, Trash, UserPlus } from "../action-icons";
import { Dots } from "../icons";
import { Menu, type MenuEntry } from "../menu";
import { Rows, Section } from "../section";
import { ago } from "../time";
import { toast } from "../toasts";
import type { Admin } from "./admin";
import { HandOver } from "./hand-over";

/** More are found, not scrolled to. */
const shownMax = 50;

export function Documents({ admin }: { admin: Admin }) {
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLowerCase();
  const fits = ({ id, owner }: Holding) =>
    [id, owner.name ?? "", owner.display].some((text) => text.toLowerCase().includes(wanted));
  const all = admin.documents.items.value;
  const found = all?.filter(fits).toReversed() ?? null;
  const shown = { ...admin.documents, items: { ...admin.documents.items, value: found?.slice(0, shownMax) ?? null } };
  return (
    <Section
      title="Documents"
      about="Without titles: administrators have no role in others’ documents. The id is in a document’s address."
    >
      <input
        class="field desk-find"
        type="search"
        aria-label="Find by id or owner"
        placeholder="Find by id or owner"
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <Rows
        of={shown}
        none={wanted ? "None fits." : "None yet."}
        row={(document) => <DocumentRow key={document.id} document={document} admin={admin} />}
      />
      {found && found.length > shownMax && (
        <p class="meta">
          {shownMax} of {found.length}. Find the others by id or owner.
        </p>
      )}
    </Section>
  );
}

function DocumentRow({ document, admin }: { document: Holding; admin: Admin }) {
  const [handing, setHanding] = useState(false);
  const { id, owner, updated_ms, trashed_ms, damaged = false } = document;
  const row = useRef<HTMLLIElement>(null);
  const close = () => {
    setHanding(false);
    row.current?.querySelector<HTMLElement>("[aria-haspopup]")?.focus();
  };
  return (
    <li ref={row} class={trashed_ms === null ? "desk-row" : "desk-row off"}>
      <div>
        <code>{id}</code>
        <small>
          {owner.display} · {trashed_ms === null ? `changed ${ago(updated_ms)}` : `in the trash since ${ago(trashed_ms)}`}
          {damaged && <b class="desk-damaged"> · damaged: its page shows the last text that reads well</b>}
        </small>
        {handing && <HandOver onHandOver={(name) => admin.handOver(document, name)} onClose={close} />}
      </div>
      <Menu
        label={`More for ${id}`}
        class="icon small"
        button={<Dots />}
        entries={entries(document, admin, () => setHanding(true))}
      />
    </li>
  );
}

function entries(document: Holding, admin: Admin, handOver: () => void): MenuEntry[] {
  const trashed = document.trashed_ms !== null;
  const move = () => void admin.changeDocument(document, { trashed: !trashed });
  return [
    { kind: "action", label: "Copy the id", icon: Copy, run: () => void copyId(document.id) },
    { kind: "action", label: "Hand over to…", icon: UserPlus, run: handOver },
    { kind: "rule" },
    trashed
      ? { kind: "action", label: "Restore", icon: Restore, run: move }
      : { kind: "action", label: "Move to trash", icon: Trash, danger: true, run: move },
  ];
}

async function copyId(id: string): Promise<void> {
  toast((await copy(id)) ? "Copied." : "The browser did not allow copying.");
}
