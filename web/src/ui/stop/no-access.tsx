/** The document was taken away, while it was open or while one was away. Text that never reached the server comes first. */
import { KeptText } from "../kept/kept-text";
import type { Refusal } from "./refused";
import { Stop } from "./stop";

export interface NoAccessProps {
  title: string;
  refusal: Refusal;
  /** The text with the edits that were never sent, if there are any; `shared`: what the server had of it. */
  unsent: { text: string; shared: string | null; amount: string } | null;
  /** Where it is on this device too. */
  onDelete: (() => void) | null;
}

export function NoAccess({ title, refusal, unsent, onDelete }: NoAccessProps) {
  const waits = (onDelete && refusal.waits) || "Your unsent edits are here: copy them.";
  const sentence = unsent ? `${refusal.sentence} ${waits}` : refusal.sentence;
  return (
    <Stop about={title} title={refusal.title} sentence={sentence}>
      {unsent && <KeptText title={title} {...unsent} onDelete={onDelete} />}
      <p class="stop-acts">
        <a class="btn line" href={refusal.door.href}>
          {refusal.door.label}
        </a>
      </p>
    </Stop>
  );
}
