/** The two fields of the form, each with its label, its hint and its problem. */
import { useState } from "preact/hooks";
import { Warning } from "../icons";

interface FieldProps {
  value: string;
  problem: string | null;
  onInput(value: string): void;
}

export function NameField({ value, problem, signsInAs, onInput }: FieldProps & { signsInAs: string | null }) {
  return (
    <div>
      <label class="label" for="name">
        Name
      </label>
      <input
        class="field big"
        id="name"
        name="username"
        value={value}
        autoComplete="username"
        autoCapitalize="words"
        spellcheck={false}
        maxLength={40}
        aria-invalid={!!problem}
        aria-describedby={problem ? "name-problem" : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {problem && <Problem id="name-problem" sentence={problem} />}
      {!problem && signsInAs && (
        <p class="meta form-hint">
          You will sign in as <b>{signsInAs}</b>.
        </p>
      )}
    </div>
  );
}

/** `min`: how long a new password must be; null when signing in with one that exists. */
export function PasswordField({
  label = "Password",
  min,
  value,
  problem,
  onInput,
}: FieldProps & { label?: string; min: number | null }) {
  const [shown, setShown] = useState(false);
  const kind: { type: "text" } | { type: "password" } = shown ? { type: "text" } : { type: "password" };
  return (
    <div>
      <label class="label" for="password">
        {label}
      </label>
      <div class="password">
        <input
          class="field big"
          id="password"
          name="password"
          {...kind}
          value={value}
          autoComplete={min === null ? "current-password" : "new-password"}
          spellcheck={false}
          aria-invalid={!!problem}
          aria-describedby={problem ? "password-problem" : min === null ? undefined : "password-hint"}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        <button
          type="button"
          class="btn text small"
          aria-label={shown ? "Hide the password" : "Show the password"}
          onClick={() => setShown(!shown)}
        >
          {shown ? "Hide" : "Show"}
        </button>
      </div>
      {problem && <Problem id="password-problem" sentence={problem} />}
      {min !== null && !problem && (
        <p class="meta form-hint" id="password-hint">
          At least {min} characters. Long beats clever.
        </p>
      )}
    </div>
  );
}

export function Problem({ id, sentence }: { id: string; sentence: string }) {
  return (
    <p class="problem" id={id} role="alert">
      <Warning size="small" />
      <span>{sentence}</span>
    </p>
  );
}
