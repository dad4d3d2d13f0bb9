/** Nobody is signed in: what this is, in one sentence, and the one form that leads on. */
import type { ReadonlySignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { Warning, Key } from "../icons";
import { Lock } from "../more-icons";
import type { LeftBehind } from "../../session/device/owners";
import { Wordmark } from "../mark";
import { AccountForm, type Credentials, type Failure } from "./account-form";
import { Problem } from "./fields";
import { Left } from "./left";
import { Proof } from "./proof";
import { ResetForm } from "./reset-form";

export interface StartPageProps {
  signup: "open" | "invite" | "first";
  /** What the address carries: an invitation or the one-time set-up key, the right to a new password, or nothing. */
  arrival: "plain" | "invited" | "reset";
  secure: boolean;
  notice?: string;
  /** Whose edits wait on this device. */
  left: ReadonlySignal<readonly LeftBehind[]>;
  onSignUp(credentials: Credentials): Promise<Failure | null>;
  onSignIn(credentials: Credentials): Promise<Failure | null>;
  /** Where the browser has passkeys. */
  onPasskey?(): Promise<Failure | null>;
  onReset(password: string): Promise<Failure | null>;
}

type Form = "create" | "signin" | "invitation" | "reset";

export function StartPage(props: StartPageProps) {
  const { signup, arrival, secure, notice, onSignUp, onSignIn, onPasskey, onReset } = props;
  const invited = arrival === "invited";
  const closed = signup === "invite" && !invited;
  const first = signup === "first" || invited ? "create" : "signin";
  const [form, setForm] = useState<Form>(arrival === "reset" ? "reset" : first);

  return (
    <main class="start">
      <section class="say">
        <Wordmark />
        <Proof />
        <p class="one">Galley is an editor for people who write together. Your documents stay on this server.</p>
      </section>
      <section class="form">
        <Left people={props.left.value} />
        {form === "create" && (
          <AccountForm key="create" kind="create" note={noteOf(signup, invited)} onSubmit={onSignUp}>
            {signup !== "first" && <Other ask="Have an account?" label="Sign in" onPress={() => setForm("signin")} />}
            <Plain secure={secure} notice={notice} />
          </AccountForm>
        )}
        {form === "signin" && (
          <AccountForm key="signin" kind="signin" note={null} onSubmit={onSignIn}>
            {onPasskey && <ByPasskey onPress={onPasskey} />}
            <Other ask="New here?" label="Create account" onPress={() => setForm(closed ? "invitation" : "create")} />
            <Plain secure={secure} notice={notice} />
          </AccountForm>
        )}
        {form === "reset" && <ResetForm onSubmit={onReset} onSignIn={() => setForm("signin")} />}
        {form === "invitation" && <Invitation onSignIn={() => setForm("signin")} />}
      </section>
    </main>
  );
}

function noteOf(signup: StartPageProps["signup"], invited: boolean): string | null {
  if (signup === "first") return "You are the first here: this account will administer Galley.";
  return invited ? "You are invited: choose a name and a password." : null;
}

function ByPasskey({ onPress }: { onPress(): Promise<Failure | null> }) {
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <>
      <button
        type="button"
        class="btn line big wide passkey"
        onClick={async () => setProblem((await onPress())?.sentence ?? null)}
      >
        <Key />
        Sign in with a passkey
      </button>
      {problem && <Problem id="passkey-problem" sentence={problem} />}
    </>
  );
}

function Other({ ask, label, onPress }: { ask: string; label: string; onPress(): void }) {
  return (
    <p class="form-other">
      {ask}{" "}
      <button type="button" class="inline-link" onClick={onPress}>
        {label}
      </button>
    </p>
  );
}

function Invitation({ onSignIn }: { onSignIn(): void }) {
  return (
    <div class="invited">
      <h1>By invitation</h1>
      <p class="form-note">
        <Lock />
        <span>
          New accounts here need an invitation. Ask whoever runs this server for an invitation link. Somebody shared a
          document with you? Its link works without an account.
        </span>
      </p>
      <Other ask="Have an account?" label="Sign in" onPress={onSignIn} />
    </div>
  );
}

function Plain({ secure, notice }: { secure: boolean; notice: string | undefined }) {
  if (secure && !notice) return null;
  return (
    <p class="form-plain">
      <Warning size="small" />
      <span>
        {notice ??
          "This connection is not encrypted: others on the network could read what you type, your password too. Offline work and passkeys are off."}
      </span>
    </p>
  );
}
