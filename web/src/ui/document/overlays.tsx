/** The one thing that may lie over the document: which, and with what. */
import { Ask } from "../ask";
import { lazily } from "../lazy";
import { NameDialog } from "../name-dialog";
import { NameVersion } from "../name-version";
import { Palette } from "../palette/palette";
import { AskAccess } from "../share/ask-access";
import { ShareDialog, type Sharing } from "../share/share-dialog";
import type { Desk } from "./desk";
import { DocumentHelp } from "./document-help";
import { paletteCommands } from "./more";
import { PictureSheet } from "./picture-menu";

const FilesDialog = lazily(() => import("./files-dialog").then((it) => it.FilesDialog));

export function Overlays({ desk, share }: { desk: Desk; share: Sharing }) {
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
          title={desk.title.value || "Untitled"}
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
    case "cheat-sheet":
      return <DocumentHelp desk={desk} tab={overlay.kind} />;
    case "ask":
      return <Ask question={overlay.question} onClose={desk.close} />;
    case "name-version":
      return <NameVersion onName={desk.nameVersion} onClose={desk.close} />;
    case "files":
      return <FilesDialog desk={desk} />;
    case "picture":
      return <PictureSheet desk={desk} />;
    case "name":
      return me.kind === "nobody" ? null : <NameDialog value={me.display} onDone={desk.setName} onClose={desk.close} />;
  }
}
