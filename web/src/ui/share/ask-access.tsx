/** Whoever may not do enough here asks the owner for more. */
import { useState } from "preact/hooks";
import type { LinkRole, Role } from "../../session/api";
import { Dialog } from "../dialog";
import { roleName } from "../roles";

export interface AskAccessProps {
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
  const [wish, setWish] = useState<LinkRole>(asked ?? possible[0] ?? "edit");
  const [message, setMessage] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const send = async (event: Event) => {
    event.preventDefault();
    const refused = await onAsk(wish, message.trim());
    setProblem(refused);
    if (refused === null) onClose();
  };
  return (
    <Dialog class="ask ask-access" label="Ask for access" onClose={onClose}>
      <form onSubmit={(event) => void send(event)}>
        <p>
          {asked
            ? `You have asked ${owner} already. Asking again replaces what you said.`
            : `${owner} decides who may do what here, and sees your request on this document.`}
        </p>
        <fieldset class="wishes">
          <legend class="sr">What you would like to do</legend>
          {possible.map((it) => (
            <label key={it}>
              <input type="radio" name="wish" checked={wish === it} onChange={() => setWish(it)} />
              {roleName[it]}
            </label>
          ))}
        </fieldset>
        <label class="label" for="ask-message">
          A word to {owner} (optional)
        </label>
        <textarea
          id="ask-message"
          class="field"
          rows={3}
          maxLength={messageChars}
          data-autofocus
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
          <button class="btn primary">Ask</button>
        </div>
      </form>
    </Dialog>
  );
}
