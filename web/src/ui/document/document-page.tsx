/** `/d/{id}`: the text at once, the editor when it has arrived, and the trouble said in words. */
import type { ReadonlySignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { Announcements } from "../announcements";
import { NoteButton } from "../notes/note-button";
import { NotesSheet } from "../notes/sheet";
import type { Sharing } from "../share/share-dialog";
import { refusal } from "../stop/refused";
import { Toasts } from "../toasts";
import { Legend } from "./authors/legend";
import { Bar } from "./bar";
import type { Desk } from "./desk";
import { OutlinePane, SlidesLayer } from "./later";
import { DocumentDrop } from "./document-drop";
import { Overlays } from "./overlays";
import { Panes } from "./panes";
import { Refused } from "./refused";
import { useShortcuts } from "./shortcuts";
import { SinceRow } from "./since/since-row";
import type { Typing } from "./typing";
import { UploadTray } from "./upload-tray";

export interface DocumentPageProps {
  desk: Desk;
  share: Sharing;
  typing: ReadonlySignal<Typing>;
  /** A guest who may write and has not been asked for a name yet. */
  arriving: boolean;
  onArrived(): void;
}

/** For the styles: "typing" while the formatting bar stands, "folded" while the title has made room. */
const typingClasses: Record<Typing, readonly string[]> = {
  away: [],
  rested: [],
  unfolded: ["typing"],
  folded: ["typing", "folded"],
};

export function DocumentPage({ desk, share, typing, arriving, onArrived }: DocumentPageProps) {
  const [asking, setAsking] = useState(arriving);
  useShortcuts(desk);

  const status = desk.session.status.value;
  const refused = status.kind === "refused" ? refusal(status.code) : null;
  if (refused) return <Refused desk={desk} refusal={refused} />;

  const arrived = (name: string | null) => {
    setAsking(false);
    onArrived();
    if (name === null) return;
    desk.setName(name);
    desk.show(desk.phone.value ? "edit" : "both");
    desk.editor.value?.focus();
  };

  const presenting = desk.slides.on.value;
  const outlined = desk.outline.shown.value && !presenting;
  return (
    <>
      <div class={["doc", ...typingClasses[typing.value], outlined && "outlined", presenting && "presenting"].filter(Boolean).join(" ")}>
        <a class="skip" href="#text">
          Skip to the text
        </a>
        <Bar desk={desk} />
        {outlined && <OutlinePane desk={desk} />}
        <Panes desk={desk} typing={typing.value} arriving={asking && desk.writable.value} onArrived={arrived} />
        {presenting && <SlidesLayer desk={desk} />}
        <div class="strips">
          <SinceRow desk={desk} />
          <Legend who={desk.who} />
        </div>
      </div>
      {desk.writable.value && <DocumentDrop desk={desk} />}
      <UploadTray desk={desk} />
      <NoteButton board={desk.notes.board} surfaces={desk.notes.surfaces} />
      {desk.phone.value && desk.notes.board.shown.value && <NotesSheet board={desk.notes.board} onAsk={desk.wayToMore.value} />}
      <Overlays desk={desk} share={share} />
      <Toasts />
      <Announcements />
    </>
  );
}

