/** Edits of somebody wait on this device: who has to sign in for them to be sent. */
import type { LeftBehind } from "../../session/device/owners";
import { CloudOff } from "../icons";
import { count } from "../time";

export function Left({ people }: { people: readonly LeftBehind[] }) {
  if (people.length === 0) return null;
  return (
    <div class="form-left" role="status">
      {people.map((person) => (
        <p key={person.author}>
          <CloudOff size="small" />
          <span>{leftSentence(person)}</span>
        </p>
      ))}
    </div>
  );
}

export function leftSentence({ name, display, documents }: LeftBehind): string {
  const what = `${count(documents, "document")} ${documents === 1 ? "has" : "have"}`;
  const them = documents === 1 ? "it" : "them";
  return name === null
    ? `${what} edits of the guest ${display} on this device that were not sent. Open the link again, or sign in, to send ${them}.`
    : `${what} edits of ${display} on this device that were not sent. Sign in as ${display} to send ${them}.`;
}
