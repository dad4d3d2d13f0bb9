/** One document: its title, when it last changed, what you may do in it. */
import { useState } from "preact/hooks";
import type { Document } from "../../session/api";
import { Copy, Dots, Note, Pencil, Restore, SignOut, Trash, UserPlus } from "../icons";
import { InlineName } from "../inline-name";
import { Menu, type MenuEntry } from "../menu";
import { canWrite, roleName } from "../roles";
import { ago, count } from "../time";
import { toast } from "../toasts";
import { copy } from "../copy";
import type { List } from "./list";
import { Present } from "./present";
import { found } from "./titles";

export function Row({ document, query, list }: { document: Document; query: string; list: List }) {
  const [renaming, setRenaming] = useState(false);
  const title = document.title || "Untitled";

  const done = (next: string | null) => {
    setRenaming(false);
    if (next && next !== document.title) void list.rename(document, next);
  };

  return (
    <li class="item">
      <div class="item-text">
        {renaming ? (
          <InlineName label="Title" value={document.title} placeholder="Title" max={200} onDone={done} />
        ) : (
          <a
            class={`item-link item-title ${document.title ? "" : "untitled"}`}
            href={document.url}
            title={title}
            dir="auto"
          >
            <Found title={title} query={query} />
          </a>
        )}
        <p class="item-meta">
          {lastChange(document)}
          <Calls document={document} />
        </p>
      </div>
      <Present people={list.present.value.get(document.id) ?? []} />
      <span class="item-role">{roleName[document.role]}</span>
      <div class="item-more">
        <Menu
          label={`More for ${title}`}
          class="icon small"
          button={<Dots />}
          entries={entries(document, list, () => setRenaming(true))}
        />
      </div>
    </li>
  );
}

/** What waits in it for whoever looks: quiet for notes, in the accent for what was asked of them by name. */
function Calls({ document: { notes, mentions, requests, trashed_ms, url } }: { document: Document }) {
  if (trashed_ms !== null) return null;
  return (
    <>
      {notes > 0 && (
        <a class="item-notes" href={`${url}#notes`} aria-label={count(notes, "open note")} title={count(notes, "open note")}>
          <Note size="small" />
          {notes}
        </a>
      )}
      {mentions > 0 && (
        <a class="item-asks" href={`${url}#notes`}>
          mentioned you{mentions > 1 && ` ${mentions} times`}
        </a>
      )}
      {requests > 0 && (
        <a class="item-asks" href={`${url}#share`}>
          {requests} asking for access
        </a>
      )}
    </>
  );
}

function lastChange({ role, owner, updated_ms, trashed_ms, purge_ms }: Document): string {
  if (trashed_ms !== null) return `Put here ${ago(trashed_ms)}${purge_ms === null ? "" : ` · ${erased(purge_ms)}`}`;
  return role === "own" ? `Changed ${ago(updated_ms)}` : `${owner.display} · changed ${ago(updated_ms)}`;
}

function entries(document: Document, list: List, rename: () => void): MenuEntry[] {
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

/** When the trash lets go, in words. */
function erased(at: number, now = Date.now()): string {
  const days = Math.ceil((at - now) / 86_400_000);
  if (days <= 0) return "deleted any moment now";
  return days === 1 ? "deleted tomorrow" : `deleted in ${days} days`;
}

async function copyAddress(document: Document): Promise<void> {
  const done = await copy(new URL(document.url, location.href).href);
  toast(done ? "Copied. It opens for people who already have access." : "The browser did not allow copying.");
}

function Found({ title, query }: { title: string; query: string }) {
  const ranges = query ? found(title, query) : null;
  if (!ranges) return <>{title}</>;
  const letters = [...title];
  let at = 0;
  const parts = ranges.map(([from, to]) => {
    const before = letters.slice(at, from).join("");
    at = to;
    return [before, <mark key={from}>{letters.slice(from, to).join("")}</mark>];
  });
  return (
    <>
      {parts}
      {letters.slice(at).join("")}
    </>
  );
}
