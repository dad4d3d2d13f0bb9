/** Your documents: the newest first, found as you type, everything by keyboard. */
import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Me } from "../../session/api";
import { matches, typing } from "../chord";
import { Ask } from "../ask";
import { FileDrop } from "../file-drop";
import { Help } from "../help";
import { Plus } from "../icons";
import { Wordmark } from "../mark";
import { count } from "../time";
import { Toasts } from "../toasts";
import { AccountMenu } from "./account-menu";
import { EmptyList } from "./empty-list";
import type { List } from "./list";
import { ListTools } from "./list-tools";
import { NewDocument } from "./new-document";
import { Row } from "./row";

export interface DocumentsPageProps {
  me: ReadonlySignal<Me>;
  list: List;
  onSignOut(): void;
  onRenameMe(display: string): void;
}

const keys = [
  {
    name: "Documents",
    keys: [
      { label: "New document", chord: "n" },
      { label: "Search titles", chord: "/" },
      { label: "Next", chord: "j" },
      { label: "Previous", chord: "k" },
      { label: "Open", chord: "Enter" },
    ],
  },
  { name: "Anywhere", keys: [{ label: "This page of keys", chord: "?" }] },
];

export function DocumentsPage({ me, list, onSignOut, onRenameMe }: DocumentsPageProps) {
  const [help, setHelp] = useState(false);
  const page = useRef<HTMLElement>(null);
  useListKeys(page, list, () => setHelp(true));

  return (
    <>
      <header class="top">
        <Wordmark />
        <div class="top-end">
          <AccountMenu me={me.value} onSignOut={onSignOut} onRename={onRenameMe} onHelp={() => setHelp(true)} />
        </div>
      </header>
      <main class="col list" ref={page}>
        <div class="list-head">
          <h1>Your documents</h1>
          {!list.empty.value && <NewDocument onPress={list.create} />}
        </div>
        {list.empty.value ? (
          <EmptyList onCreate={list.create} onTrash={() => list.show("trash")} />
        ) : (
          <>
            <ListTools list={list} />
            <Rows list={list} />
          </>
        )}
      </main>
      {!list.empty.value && (
        <button type="button" class="btn primary fab" onClick={list.create}>
          <Plus />
          New document
        </button>
      )}
      <FileDrop sentence="Let go, and each file becomes a document" onFiles={list.bring} />
      {list.question.value && <Ask question={list.question.value} onClose={() => (list.question.value = null)} />}
      {help && <Help groups={keys} onClose={() => setHelp(false)} />}
      <Toasts />
    </>
  );
}

const nothing = {
  recent: "Nothing here yet.",
  mine: "You have not written anything here yet.",
  shared: "Nothing yet. Open a link that somebody sent you, and its document appears here.",
  trash: "The trash is empty.",
} as const;

function Rows({ list }: { list: List }) {
  const rows = list.rows.value;
  const query = list.query.value.trim();
  if (list.loading.value)
    return (
      <p class="list-none" role="status">
        Looking for your documents…
      </p>
    );
  if (rows.length === 0)
    return <p class="list-none">{query ? `No title here contains “${query}”.` : nothing[list.tab.value]}</p>;
  return (
    <>
      {list.tab.value === "trash" && <TrashHead onEmpty={list.askEmpty} />}
      <ul class="items">
        {rows.map((document) => (
          <Row key={document.id} document={document} query={query} list={list} />
        ))}
      </ul>
      <p class="meta list-foot" role="status">
        {count(rows.length, "document")}
      </p>
    </>
  );
}

function TrashHead({ onEmpty }: { onEmpty(): void }) {
  return (
    <p class="trash-head">
      Documents stay here for 30 days. Only you can see them.
      <button type="button" class="btn small revoke" onClick={onEmpty}>
        Empty the trash
      </button>
    </p>
  );
}

function useListKeys(page: { current: HTMLElement | null }, list: List, onHelp: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
      if (event.key === "n") void list.create();
      else if (event.key === "/") page.current?.querySelector<HTMLElement>("input[type=search]")?.focus();
      else if (event.key === "?" || matches(event, "F1")) onHelp();
      else if (step) walk(page.current, step);
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** Moves the focus along the titles; from nowhere it goes to the first or the last. */
function walk(page: HTMLElement | null, by: number): void {
  const titles = [...(page?.querySelectorAll<HTMLElement>(".item-link") ?? [])];
  const at = titles.indexOf(document.activeElement as HTMLElement);
  const to = at < 0 ? (by > 0 ? 0 : titles.length - 1) : Math.min(Math.max(at + by, 0), titles.length - 1);
  titles[to]?.focus();
  titles[to]?.closest(".item")?.scrollIntoView({ block: "nearest" });
}
