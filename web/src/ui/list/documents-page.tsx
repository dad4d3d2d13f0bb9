/** Your documents: the newest first, found as you type, everything by keyboard. */
import type { ReadonlySignal } from "@preact/signals";
import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Me } from "../../session/api";
import type { KeptPage } from "../../session/device/kept";
import { lazily } from "../lazy";
import type { Disk } from "../boot";
import { matches, typing } from "../chord";
import { Plus } from "../icons";
import { Wordmark } from "../mark";
import { MenuButton } from "../menu-button";
import { Toasts } from "../toasts";
import { AccountMenu } from "./account-menu";
import type { Brought } from "./brought";
import type { Importing } from "./importing";
import { Ask, brought, DiskStrip, EmptyList, Help, ImportEntries, ImportStrip, ListDrop } from "./later";
import type { List } from "./list";
import { ListTools } from "./list-tools";
import { NewDocument } from "./new-document";
import { ReachStrip } from "./reach-strip";
import { Rows } from "./rows";

export interface DocumentsPageProps {
  me: ReadonlySignal<Me>;
  list: List;
  importing: Importing;
  onSignOut(): void;
  onRenameMe(display: string): void;
  /** What of a document was not sent. */
  kept(document: string): Promise<KeptPage | null>;
  onForget(document: string): void;
  disk: Disk | null;
}

const KeptDialog = lazily(() => import("../kept/kept-dialog").then((module) => module.KeptDialog));

export function DocumentsPage({ me, list, importing, onSignOut, onRenameMe, kept, onForget, disk }: DocumentsPageProps) {
  const [help, setHelp] = useState(false);
  const { looking } = list.shelf;
  const looked = looking.value;
  const away = list.shelf.reach.value === "away";
  const page = useRef<HTMLElement>(null);
  useListKeys(page, list, () => setHelp(true));
  const bring = useCallback((brought: readonly Brought[]) => void importing.bring(brought), []);
  const inOut = { onBring: bring, away };

  return (
    <>
      <header class="top">
        <Wordmark />
        <div class="top-end">
          <AccountMenu me={me.value} onSignOut={onSignOut} onRename={onRenameMe} onHelp={() => setHelp(true)} inOut={inOut} />
        </div>
      </header>
      <main class="col list" ref={page}>
        <div class="list-head">
          <h1>Your documents</h1>
          <div class="list-acts">
            <MenuButton label="Import documents" class="btn line big" button="Import" near={ImportEntries.bring}>
              {(hold) => <ImportEntries {...hold} onBring={bring} />}
            </MenuButton>
            {!list.empty.value && <NewDocument onPress={list.create} />}
          </div>
        </div>
        <ReachStrip shelf={list.shelf} />
        {disk && <DiskStrip disk={disk} />}
        {importing.state.value.kind !== "none" && <ImportStrip importing={importing} />}
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
      {brought.value && <ListDrop onBring={bring} />}
      {list.question.value && <Ask asked={list.question.value} onClose={() => (list.question.value = null)} />}
      {looked !== null && (
        <KeptDialog key={looked} load={() => kept(looked)} onDelete={() => onForget(looked)} onClose={() => (looking.value = null)} />
      )}
      {help && <Help onClose={() => setHelp(false)} />}
      <Toasts />
    </>
  );
}

function useListKeys(page: { current: HTMLElement | null }, list: List, onHelp: () => void): void {
  useLayoutEffect(() => {
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
