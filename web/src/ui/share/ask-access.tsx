/** Whoever may not do enough here asks the owner for more. */
import { useState } from "preact/hooks";
import type { LinkRole, Role } from "../../session/api";
import { Dialog } from "../dialog";
import { roleName } from "../roles";

export interface AskAccessProps {
  /** What the owner is called. */
  owner: string;
  role: Role;
  /** What was asked for before. */
  asked: LinkRole | null;
  /** The sentence why not, or null. */
  onAsk(role: LinkRole, message: string): Promise<string | null>;
  onClose(): void;
}

const wishes: readonly LinkRole[] = ["edit", "comment"];
const messageChars = 280;

export function AskAccess({ owner, role, asked, onAsk, onClose }: AskAccessProps) {
  const possible = wishes.filter((wish) => wish !== role);
  const [wish, setWish] = useState<LinkRole>(asked ?? "edit");
  const [message, setMessage] = useState("");
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = async (event: Event) => {
    event.preventDefault();
    if (sending) return;
    setSending(true);
    const refused = await onAsk(wish, message.trim());
    setSending(false);
    setProblem(refused);
    if (refused === null) onClose();
  };
  return (
    <Dialog class="ask ask-access" label="Ask for access" onClose={onClose}>
      <form onSubmit={(event) => void send(event)}>
        <p>{asked ? said(owner, asked) : `${owner} decides who may do what here, and will see that you ask.`}</p>
        {possible.length > 1 && <Wishes possible={possible} wish={wish} onWish={setWish} />}
        <label class="label" for="ask-message">
          A word to {owner} (optional)
        </label>
        <textarea
          id="ask-message"
          class="field"
          rows={3}
          maxLength={messageChars}
          data-autofocus
          dir="auto"
          value={message}
          onInput={(event) => setMessage(event.currentTarget.value)}
        />
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <div class="dialog-foot">
          <button type="button" class="btn quiet" onClick={onClose}>
            Cancel
          </button>
          <button class="btn primary" disabled={sending}>
            {asked ? "Ask again" : possible.length > 1 ? "Ask" : "Ask to edit"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface WishesProps {
  possible: readonly LinkRole[];
  wish: LinkRole;
  onWish(wish: LinkRole): void;
}

function Wishes({ possible, wish, onWish }: WishesProps) {
  return (
    <fieldset class="wishes">
      <legend class="sr">What you would like to do</legend>
      {possible.map((it) => (
        <label key={it}>
          <input type="radio" name="wish" checked={wish === it} onChange={() => onWish(it)} />
          {roleName[it]}
        </label>
      ))}
    </fieldset>
  );
}

function said(owner: string, asked: LinkRole): string {
  return `Asked for “${roleName[asked]}”. ${owner} will see it. Asking again replaces what you said.`;
}
