/** Above the document: the title with its save state, the view, the people, Share and the rest. */
import { keycaps } from "../chord";
import { UserPlus } from "../action-icons";
import { Dots, Note } from "../icons";
import { Book, ChevronLeft, Lock, Outline } from "../more-icons";
import { InlineName } from "../inline-name";
import { Mark } from "../mark";
import { Menu } from "../menu";
import type { Desk } from "./desk";
import { Modes } from "./modes";
import { keys, moreEntries } from "./more";
import { People } from "./people";
import { SaveBadge } from "./save-badge";

export function Bar({ desk }: { desk: Desk }) {
  const { session } = desk;
  return (
    <header class="bar">
      <div class="bar-start">
        <a class="icon home" href="/" aria-label="Your documents" title="Your documents">
          <Mark />
          <ChevronLeft size="large" />
        </a>
        <button
          type="button"
          class="icon outline-toggle"
          aria-label="Outline"
          title={`Outline (${keycaps(keys.outline).join(" ")})`}
          aria-expanded={desk.outline.shown.value}
          onClick={() => desk.outline.toggle("press")}
        >
          <Outline />
        </button>
        <div class="bar-name">
          <Title desk={desk} />
          <SaveBadge
            saved={session.saved.value}
            status={session.status.value}
            unkept={session.kept.value.kind === "none" ? session.kept.value.reason : null}
            onRetry={() => session.retry()}
            onCopy={() => void desk.copyText()}
            onDownload={desk.downloadMarkdown}
            onDiscard={desk.askDiscard}
          />
        </div>
      </div>
      {desk.writes.value && <Modes view={desk.view.value} onView={desk.show} />}
      <div class="bar-end">
        <People desk={desk} />
        <NotesToggle desk={desk} />
        <AccessButton desk={desk} />
        <button type="button" class="btn reading" onClick={() => desk.show("view")}>
          <Book />
          Read
        </button>
        <Menu label="More" class="icon" button={<Dots />} entries={moreEntries(desk)} />
      </div>
    </header>
  );
}

/** The way to the notes while they are not beside the text. */
function NotesToggle({ desk }: { desk: Desk }) {
  const { board, over } = desk.notes;
  const { open, detached } = board.counts.value;
  const shown = board.shown.value;
  if (shown && !over.value) return null;
  const label = `Notes, ${open + detached} open`;
  return (
    <button
      type="button"
      class="icon notes-toggle"
      aria-label={label}
      title={label}
      aria-expanded={shown}
      onClick={() => (shown ? board.close() : (board.shown.value = true))}
    >
      <Note />
      {open + detached > 0 && open + detached}
    </button>
  );
}

/** Share for those who may write; for the others, the way to more. */
function AccessButton({ desk }: { desk: Desk }) {
  const share = () => desk.open({ kind: "share" });
  const ask = () => desk.open({ kind: "ask-access" });
  const waiting = desk.waiting.value;
  const count = waiting > 0 && <span class="waiting">{waiting}</span>;
  const shareLabel = waiting > 0 ? `Share, ${waiting} asking for access` : "Share";
  if (desk.writes.value)
    return (
      <>
        <button type="button" class="btn primary share" aria-label={shareLabel} onClick={share}>
          Share
          {count}
        </button>
        <button type="button" class="icon share-small" aria-label={shareLabel} onClick={share}>
          <UserPlus size="large" />
          {count}
        </button>
      </>
    );
  if (!desk.asks.value) return null;
  const label = desk.asked.value ? "Asked for access" : "Ask for access";
  return (
    <>
      <button type="button" class="btn line share" onClick={ask}>
        {label}
      </button>
      <button type="button" class="icon share-small" aria-label={label} title={label} onClick={ask}>
        <Lock size="large" />
      </button>
    </>
  );
}

function Title({ desk }: { desk: Desk }) {
  const title = desk.title.value;
  const name = title ? "title" : "title untitled";
  if (desk.renaming.value)
    return (
      <InlineName
        label="Title"
        value={title}
        placeholder="Title"
        max={200}
        onDone={(next) => {
          desk.renaming.value = false;
          if (next && next !== title) desk.rename(next);
        }}
      />
    );
  if (!desk.writable.value || desk.phone.value)
    return (
      <span class={name} dir="auto" title={title}>
        {title || "Untitled"}
      </span>
    );
  return (
    <button type="button" class={name} dir="auto" title="Rename" onClick={() => (desk.renaming.value = true)}>
      {title || "Untitled"}
    </button>
  );
}
