/** One document: its title, when it last changed, what you may do in it. */
import { useState } from "preact/hooks";
import type { Document } from "../../session/api";
import { CloudOff, Dots, Note, Warning } from "../icons";
import { MenuButton } from "../menu-button";
import { roleName } from "../roles";
import { ago, count } from "../time";
import { Found } from "./found";
import { InlineName, RowEntries } from "./later";
import type { List } from "./list";
import { canOpen, type Mark, markOf } from "./marks";
import { Present } from "./present";

export function Row({ document, query, list }: { document: Document; query: string; list: List }) {
  const [renaming, setRenaming] = useState(false);
  const title = document.title || "Untitled";
  const { reach, cards, looking } = list.shelf;
  const card = cards.value.get(document.id);
  const opens = canOpen(card, reach.value);
  const mark = markOf(document, card, reach.value);
  const look = mark.kind === "stranded" ? () => void (looking.value = document.id) : null;
  const name = `item-link item-title ${document.title ? "" : "untitled"}`;

  const done = (next: string | null) => {
    setRenaming(false);
    if (next && next !== document.title) void list.rename(document, next);
  };

  return (
    <li class={opens || look ? "item" : "item absent"}>
      <div class="item-text">
        {renaming ? (
          <InlineName label="Title" value={document.title} placeholder="Title" max={200} onDone={done} />
        ) : opens ? (
          <a class={name} href={document.url} title={title} dir="auto">
            <Found title={title} query={query} />
          </a>
        ) : look ? (
          <button type="button" class={name} title={title} dir="auto" onClick={look}>
            <Found title={title} query={query} />
          </button>
        ) : (
          <span class="item-title" title={title} dir="auto">
            <Found title={title} query={query} />
          </span>
        )}
        <p class="item-meta">
          <Waiting mark={mark} onLook={opens ? look : null} />
          {opens || look ? (mark.kind === "none" || (mark.kind === "waiting" && mark.calm)) && lastChange(document) : "Not on this device"}
          {reach.value === "here" && <Calls document={document} />}
        </p>
      </div>
      <Present people={(reach.value === "here" && list.present.value.get(document.id)) || []} />
      <span class="item-role">{roleName[document.role]}</span>
      <div class="item-more">
        <MenuButton label={`More for ${title}`} class="icon small" button={<Dots />} near={RowEntries.bring}>
          {(hold) => <RowEntries {...hold} document={document} list={list} onRename={() => setRenaming(true)} />}
        </MenuButton>
      </div>
    </li>
  );
}

/** What of it only this device has. */
function Waiting({ mark, onLook }: { mark: Mark; onLook: (() => void) | null }) {
  if (mark.kind === "none") return null;
  const what = (
    <>
      {mark.kind === "stranded" ? <Warning size="small" /> : <CloudOff size="small" />}
      {mark.words}
    </>
  );
  if (onLook)
    return (
      <button type="button" class="item-waits inline-link" onClick={onLook}>
        {what}
      </button>
    );
  return <span class={mark.kind === "waiting" && mark.calm ? "item-waits calm" : "item-waits"}>{what}</span>;
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

/** When the trash lets go, in words. */
function erased(at: number, now = Date.now()): string {
  const days = Math.ceil((at - now) / 86_400_000);
  if (days <= 0) return "deleted any moment now";
  return days === 1 ? "deleted tomorrow" : `deleted in ${days} days`;
}
