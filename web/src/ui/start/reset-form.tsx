/** Somebody came by an address for a new password. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Failure, passwordMin } from "./account-form";
import { PasswordField, Problem } from "./fields";

export interface ResetFormProps {
  onSubmit(password: string): Promise<Failure | null>;
  onSignIn(): void;
}

export function ResetForm({ onSubmit, onSignIn }: ResetFormProps) {
  const [password, setPassword] = useState("");
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => form.current?.querySelector<HTMLElement>("input")?.focus(), [failure]);

  const submit = async (event: Event) => {
    event.preventDefault();
    if ([...password].length < passwordMin)
      return setFailure({ field: "password", sentence: `Use at least ${passwordMin} characters.` });
    setBusy(true);
    setFailure(await onSubmit(password));
    setBusy(false);
  };

  return (
    <form ref={form} noValidate onSubmit={(event) => void submit(event)}>
      <h1>New password</h1>
      <p class="form-note">
        <span>You are signed in with it at once, and signed out wherever else you were.</span>
      </p>
      {failure && failure.field !== "password" && <Problem id="form-problem" sentence={failure.sentence} />}
      <div class="form-fields">
        <PasswordField
          label="New password"
          min={passwordMin}
          value={password}
          problem={failure?.field === "password" ? failure.sentence : null}
          onInput={setPassword}
        />
      </div>
      <button class="btn primary big wide" disabled={busy}>
        Set the password
      </button>
      <p class="form-other">
        Remembered it?{" "}
        <button type="button" class="inline-link" onClick={onSignIn}>
          Sign in
        </button>
      </p>
    </form>
  );
}
