/** `/d/{id}`: the text at once, the editor when it has arrived, and the trouble said in words. */
import { useEffect, useState } from "preact/hooks";
import { Announcements } from "../announcements";
import { Ask } from "../ask";
import { FileDrop } from "../file-drop";
import { Help } from "../help";
import { NameDialog } from "../name-dialog";
import { NameVersion } from "../name-version";
import { NoteButton } from "../notes/note-button";
import { NotesSheet } from "../notes/sheet";
import { Palette } from "../palette/palette";
import { AskAccess } from "../share/ask-access";
import { ShareDialog, type Sharing } from "../share/share-dialog";
import { NoAccess } from "../stop/no-access";
import { refusal } from "../stop/refused";
import { Toasts } from "../toasts";
import { Legend } from "./authors/legend";
import { Bar } from "./bar";
import type { Desk } from "./desk";
import { helpGroups, paletteCommands } from "./more";
import { Panes } from "./panes";
import { useShortcuts } from "./shortcuts";
import { SinceRow } from "./since/since-row";

export interface DocumentPageProps {
  desk: Desk;
  share: Sharing;
  /** A guest who may write and has not been asked for a name yet. */
  arriving: boolean;
  onArrived(): void;
}

export function DocumentPage({ desk, share, arriving, onArrived }: DocumentPageProps) {
  const [asking, setAsking] = useState(arriving);
  const typing = useTyping(desk);
  useShortcuts(desk);

  const status = desk.session.status.value;
  const refused = status.kind === "refused" ? refusal(status.code) : null;
  if (refused) {
    const saved = desk.session.saved.value;
    const unsent = saved.kind === "saved" || saved.n === 0 ? null : { text: desk.text(), edits: saved.n };
    return (
      <>
        <NoAccess
          title={desk.title.value || "Untitled"}
          refusal={refused}
          unsent={unsent}
          onDownload={desk.downloadMarkdown}
        />
        <Toasts />
      </>
    );
  }

  const arrived = (name: string | null) => {
    setAsking(false);
    onArrived();
    if (name === null) return;
    desk.setName(name);
    desk.show(desk.phone.value ? "edit" : "both");
    desk.editor.value?.focus();
  };

  return (
    <>
      <div class={typing ? "doc typing" : "doc"}>
        <a class="skip" href="#text">
          Skip to the text
        </a>
        <Bar desk={desk} />
        <Panes desk={desk} typing={typing} arriving={asking && desk.writable.value} onArrived={arrived} />
        <div class="strips">
          <SinceRow desk={desk} />
          <Legend who={desk.who} />
        </div>
      </div>
      {desk.writable.value && <FileDrop sentence="Let go to bring it in" onFiles={(files) => void desk.bring(files)} />}
      <NoteButton board={desk.notes.board} surfaces={desk.notes.surfaces} />
      {desk.phone.value && desk.notes.board.shown.value && <NotesSheet board={desk.notes.board} onAsk={desk.wayToMore.value} />}
      <Overlays desk={desk} share={share} />
      <Toasts />
      <Announcements />
    </>
  );
}

function Overlays({ desk, share }: { desk: Desk; share: Sharing }) {
  const overlay = desk.overlay.value;
  const me = desk.me.value;
  switch (overlay.kind) {
    case "none":
      return null;
    case "share":
      return (
        <ShareDialog
          owner={desk.document.owner}
          me={me.kind === "nobody" ? null : me.author}
          role={desk.session.role.value}
          address={new URL(desk.document.url, location.href).href}
          sharing={share}
          onClose={desk.close}
        />
      );
    case "ask-access":
      return (
        <AskAccess
          owner={desk.document.owner.display}
          role={desk.session.role.value}
          asked={desk.asked.value}
          onAsk={desk.askAccess}
          onClose={desk.close}
        />
      );
    case "palette":
      return <Palette commands={paletteCommands(desk)} onClose={desk.close} />;
    case "help":
      return <Help groups={helpGroups(desk)} onClose={desk.close} />;
    case "ask":
      return <Ask question={overlay.question} onClose={desk.close} />;
    case "name-version":
      return <NameVersion onName={desk.nameVersion} onClose={desk.close} />;
    case "name":
      return me.kind === "nobody" ? null : <NameDialog value={me.display} onDone={desk.setName} onClose={desk.close} />;
  }
}

/** Whether the source has the focus on a phone: then the chrome makes room. */
function useTyping(desk: Desk): boolean {
  const [focused, setFocused] = useState(false);
  useEffect(() => {
    const look = () => setFocused(desk.source.contains(document.activeElement));
    const later = () => setTimeout(look);
    desk.source.addEventListener("focusin", look);
    desk.source.addEventListener("focusout", later);
    return () => {
      desk.source.removeEventListener("focusin", look);
      desk.source.removeEventListener("focusout", later);
    };
  }, []);
  return focused && desk.phone.value;
}
