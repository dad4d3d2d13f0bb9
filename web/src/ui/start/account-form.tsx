/** Create account and Sign in: a name, a password, and each problem under its own field. */import { Key } from "../icons";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { accountName } from "./account-name";
import { NameField, PasswordField, Problem } from "./fields";

export interface Credentials {
  name: string;
  password: string;
  display: string;
}

export interface Failure {
  field: "name" | "password" | "form";
  sentence: string;
}

export interface AccountFormProps {
  kind: "create" | "signin";
  /** Something to know before; null: nothing. */
  note: string | null;
  onSubmit(credentials: Credentials): Promise<Failure | null>;
  children: ComponentChildren;
}

export const passwordMin = 8;

export function AccountForm({ kind, note, onSubmit, children }: AccountFormProps) {
  const [display, setDisplay] = useState("");
  const [password, setPassword] = useState("");
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const creating = kind === "create";
  const name = accountName(display);

  useLayoutEffect(() => form.current?.querySelector<HTMLElement>("input")?.focus(), []);
  useLayoutEffect(() => {
    if (failure)
      form.current?.querySelector<HTMLElement>(`#${failure.field === "form" ? "name" : failure.field}`)?.focus();
  }, [failure]);

  const submit = async (event: Event) => {
    event.preventDefault();
    const problem = check(kind, display, password);
    if (problem) return setFailure(problem);
    setBusy(true);
    setFailure(await onSubmit({ name, password, display: display.trim() }));
    setBusy(false);
  };

  return (
    <form ref={form} noValidate onSubmit={submit}>
      <h1>{creating ? "Create account" : "Sign in"}</h1>
      {note && (
        <p class="form-note">
          <Key />
          <span>{note}</span>
        </p>
      )}
      {failure?.field === "form" && <Problem id="form-problem" sentence={failure.sentence} />}
      <div class="form-fields">
        <NameField
          value={display}
          problem={failure?.field === "name" ? failure.sentence : null}
          signsInAs={creating && name.length > 1 && name !== display.trim() ? name : null}
          onInput={setDisplay}
        />
        <PasswordField
          min={creating ? passwordMin : null}
          value={password}
          problem={failure?.field === "password" ? failure.sentence : null}
          onInput={setPassword}
        />
      </div>
      <button class="btn primary big wide" disabled={busy}>
        {creating ? "Create account" : "Sign in"}
      </button>
      {children}
    </form>
  );
}

/** What can be said without asking the server. */
export function check(kind: "create" | "signin", display: string, password: string): Failure | null {
  if (display.trim() === "") return { field: "name", sentence: "Enter your name." };
  if (accountName(display).length < 2)
    return {
      field: "name",
      sentence: "Use at least two Latin letters or digits. Your name as others see it can be changed later.",
    };
  if (password === "") return { field: "password", sentence: "Enter your password." };
  if (kind === "create" && [...password].length < passwordMin)
    return { field: "password", sentence: `Use at least ${passwordMin} characters. A short sentence works well.` };
  return null;
}
