/** A guest has come by a link that lets him write: one row asks what to call him, with a friendly name filled in. */
import { useState } from "preact/hooks";
import { Close } from "../icons";

export interface ArriveProps {
  sharedBy: string;
  name: string;
  onStart(name: string): void;
  onRead(): void;
}

export function Arrive({ sharedBy, name: given, onStart, onRead }: ArriveProps) {
  const [name, setName] = useState(given);
  const submit = (event: Event) => {
    event.preventDefault();
    onStart(name.trim() || given);
  };
  return (
    <div class="arrive" role="region" aria-label="Your name here">
      <form onSubmit={submit}>
        <p>{sharedBy} shared this with you.</p>
        <label for="guest-name">Write as</label>
        <input
          class="field"
          id="guest-name"
          autoComplete="nickname"
          maxLength={40}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button class="btn primary">Start</button>
        <button type="button" class="icon" aria-label="Just read" title="Just read" onClick={onRead}>
          <Close />
        </button>
      </form>
    </div>
  );
}
