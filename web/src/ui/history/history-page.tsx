/** `/d/{id}/history`: any version of a document beside the list of all, what changed, and the way back to it. */
import type { ReadonlySignal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import type { Renderings } from "../../preview/renderings";
import { Announcements } from "../announcements";
import { Ask } from "../ask";
import { Help } from "../help";
import { ChevronUp } from "../more-icons";
import { Toasts } from "../toasts";
import { Bar } from "./bar";
import { type Changes, createChanges } from "./changes";
import { idOf, isCurrent } from "./entries";
import type { History } from "./history";
import { helpGroups, useHistoryKeys } from "./keys";
import { NamedOnly } from "./named-only";
import { Notice } from "./notice";
import { RestoreButton } from "./restore-button";
import { Scrubber } from "./scrubber";
import { aboutOf, nameOf, TextHead } from "./text-head";
import { TextPane } from "./text-pane";
import { Versions } from "./versions";
import { VersionsSheet } from "./versions-sheet";

export interface HistoryPageProps {
  history: History;
  title: string;
  /** Of the document. */
  url: string;
  owner: boolean;
  phone: ReadonlySignal<boolean>;
  renderings: Renderings;
  article: HTMLElement;
  onCopy(id: string): void;
}

export function HistoryPage({ history, title, url, owner, phone, renderings, article, onCopy }: HistoryPageProps) {
  const changes = useMemo(createChanges, []);
  const [listed, setListed] = useState(false);
  const [help, setHelp] = useState(false);
  useHistoryKeys({ history, changes, url, onHelp: () => setHelp(true) });
  const small = phone.value;
  // A name is written in the list.
  const sheet = small && (listed || history.naming.value !== null);
  const closeSheet = () => {
    history.naming.value = null;
    setListed(false);
  };
  const list = { history, owner, onCopy };

  return (
    <>
      <div class="doc past">
        <Bar history={history} title={title} url={url} owner={owner} onCopy={onCopy} />
        <main class="past-panes">
          <section class="past-text" aria-label="Text" aria-busy={isBusy(history, changes)}>
            <TextHead history={history} changes={changes} />
            <Notice restoring={history.restoring} url={url} />
            <TextPane history={history} changes={changes} renderings={renderings} article={article} />
            {small ? <Foot history={history} onList={() => setListed(true)} /> : <Scrubber history={history} width="desk" />}
          </section>
          {!small && (
            <aside class="past-list" aria-label="Versions">
              <div class="versions-head">
                <h2>Versions</h2>
                <NamedOnly history={history} />
              </div>
              <Versions {...list} />
            </aside>
          )}
        </main>
      </div>
      <RestoreButton history={history} changes={changes} />
      {sheet && <VersionsSheet {...list} onPick={closeSheet} onClose={closeSheet} />}
      {history.question.value && <Ask question={history.question.value} onClose={() => (history.question.value = null)} />}
      {help && <Help groups={helpGroups} onClose={() => setHelp(false)} />}
      <Toasts />
      <Announcements />
    </>
  );
}

/** What is chosen is not the one that is seen yet. */
function isBusy(history: History, changes: Changes): boolean {
  const shown = history.shown.value;
  if (shown.kind !== "text") return shown.kind === "loading";
  const of = changes.of.value;
  return idOf(shown.entry) !== idOf(history.entry.value) || of?.text !== shown.text || of.old !== shown.old;
}

/** On a phone, under the thumb: which version, the list behind it, and the scrubber. */
function Foot({ history, onList }: { history: History; onList(): void }) {
  const entry = history.entry.value;
  return (
    <div class="past-foot">
      <Scrubber history={history} width="phone" />
      <div class="past-foot-row">
        <button type="button" class="past-which" aria-haspopup="dialog" onClick={onList}>
          <ChevronUp />
          <span>
            <b class={entry.kind === "version" && entry.version.name ? "named" : undefined} dir="auto">
              {nameOf(entry)}
            </b>
            <small>{history.entries.value.length > 1 ? aboutOf(entry) : "No earlier versions yet"}</small>
          </span>
        </button>
        {entry.kind === "version" && !isCurrent(entry) && (
          <button type="button" class="btn primary" onClick={() => history.restoring.askVersion(entry.version)}>
            Restore
          </button>
        )}
      </div>
    </div>
  );
}
