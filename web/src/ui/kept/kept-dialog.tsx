/** What of one document was not sent, looked at from the list: it opens without a connection too. */
import { useEffect, useState } from "preact/hooks";
import type { KeptPage } from "../../session/device/kept";
import { Dialog } from "../dialog";
import { KeptText } from "./kept-text";
import { amount, reasons } from "./words";

export interface KeptDialogProps {
  load(): Promise<KeptPage | null>;
  onDelete(): void;
  onClose(): void;
}

export function KeptDialog({ load, onDelete, onClose }: KeptDialogProps) {
  const [page, setPage] = useState<KeptPage | null>(null);
  useEffect(() => void load().then((found) => (found ? setPage(found) : onClose()), onClose), []);
  if (!page) return null;
  const { card, text, shared } = page;
  const { title, sentence } = card.stranded ? reasons[card.stranded] : readOnly;
  return (
    <Dialog class="kept-dialog" label={title} onClose={onClose}>
      <div class="kept-body">
        <p class="meta" dir="auto">
          {card.document.title || "Untitled"}
        </p>
        <p class="lead">{sentence} Your unsent edits are here: copy them.</p>
        <KeptText title={card.document.title} text={text} shared={shared} amount={amount(card.waiting)} onDelete={() => (onDelete(), onClose())} />
      </div>
    </Dialog>
  );
}

const readOnly = {
  title: "You can no longer edit",
  sentence: "Your role in this document has changed. The edits are sent if it changes back.",
};
