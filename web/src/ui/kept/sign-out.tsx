/** Signing out while something was not sent, or while nobody can be told: what is at stake, and every way on. */
import { Dialog } from "../dialog";
import { count } from "../time";
import { Check, Download, Restore, Trash } from "../action-icons";
import { Upload } from "../more-icons";
import type { Icon } from "../icons";
import type { SigningOut, SignOutFlow } from "./signing-out";
import { amount } from "./words";

type Cards = Extract<SigningOut, { kind: "asking" }>["cards"];

export function SignOutDialog({ flow }: { flow: SignOutFlow }) {
  const state = flow.state.value;
  if (state.kind === "no") return null;
  const { cards } = state;
  if (state.kind === "away")
    return (
      <Dialog class="sign-out" label="Signing out needs a connection" onClose={flow.cancel}>
        <p>
          You stay signed in until the server can be told. The copies on this device can go now.
          {cards.length > 0 && ` ${unsent(cards)}: without the copies ${cards.length === 1 ? "that is" : "they are"} lost.`}
        </p>
        <Titles cards={cards} />
        <Ways>
          <Way icon={Check} label="Stay signed in" primary onPress={flow.cancel} />
          <Way icon={Trash} label="Remove this device’s copies" onPress={flow.removeHere} />
        </Ways>
      </Dialog>
    );
  const sending = state.kind === "sending";
  return (
    <Dialog class="sign-out" label="Sign out?" onClose={flow.cancel}>
      <p>{unsent(cards)}.</p>
      <Titles cards={cards} />
      {state.kind === "asking" && state.problem && (
        <p class="problem" role="alert">
          {state.problem}
        </p>
      )}
      <Ways>
        <Way icon={Upload} label={sending ? "Sending…" : "Send first, then sign out"} primary off={sending} onPress={flow.send} />
        <Way icon={Restore} label="Keep on this device" about="Sent when you sign in here again" onPress={flow.keep} />
        <Way icon={Download} label="Download and sign out" about="The texts as files, and nothing stays here" onPress={flow.download} />
        <Way icon={Trash} label="Delete and sign out" about="What was not sent is lost" onPress={flow.remove} />
      </Ways>
    </Dialog>
  );
}

const unsent = (cards: Cards) =>
  cards.length === 1 ? "1 document has something that was not sent" : `${count(cards.length, "document")} have something that was not sent`;

/** So many are named. */
const titlesMax = 5;

function Titles({ cards }: { cards: Cards }) {
  if (cards.length === 0) return null;
  return (
    <ul class="sign-out-titles">
      {cards.slice(0, titlesMax).map((card) => (
        <li key={card.id}>
          <b class={card.document.title ? "" : "untitled"}>{card.document.title || "Untitled"}</b>
          <span>{amount(card.waiting) || "not on the server yet"}</span>
        </li>
      ))}
      {cards.length > titlesMax && <li>and {cards.length - titlesMax} more</li>}
    </ul>
  );
}

function Ways({ children }: { children: preact.ComponentChildren }) {
  return <div class="sign-out-ways">{children}</div>;
}

interface WayProps {
  icon: Icon;
  label: string;
  about?: string;
  primary?: boolean;
  off?: boolean;
  onPress(): void;
}

function Way({ icon: Sign, label, about, primary = false, off = false, onPress }: WayProps) {
  return (
    <button type="button" class={primary ? "btn primary" : "btn line"} data-autofocus={primary || undefined} disabled={off} onClick={() => onPress()}>
      <Sign />
      <span>
        {label}
        {about && <small>{about}</small>}
      </span>
    </button>
  );
}
