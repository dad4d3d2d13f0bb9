/** A link that asks for a password before it opens. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Stop } from "./stop";

export interface LinkPasswordProps {
  /** The one before did not open it. */
  wrong: boolean;
  /** Each answer makes a new form, or another page. */
  onOpen(password: string): void;
}

export function LinkPassword({ wrong, onOpen }: LinkPasswordProps) {
  const [password, setPassword] = useState("");
  const [opening, setOpening] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    if (!password || opening) return;
    setOpening(true);
    onOpen(password);
  };
  return (
    <Stop title="This link has a password" sentence="Whoever sent it to you knows it. It is asked for once on this device.">
      <form class="stop-form" onSubmit={submit}>
        <label class="label" for="link-password">
          Password
        </label>
        <input
          ref={field}
          id="link-password"
          class="field big"
          type="password"
          autoComplete="off"
          maxLength={256}
          aria-invalid={wrong}
          aria-describedby={wrong ? "link-password-problem" : undefined}
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
        {wrong && (
          <p class="problem" id="link-password-problem" role="alert">
            That is not the link’s password. Ask whoever sent it to you.
          </p>
        )}
        <p class="stop-acts">
          <button class="btn primary" disabled={opening}>
            Open
          </button>
        </p>
      </form>
    </Stop>
  );
}
