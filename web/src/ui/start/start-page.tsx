/** Nobody is signed in: what this is, in one sentence, and the one form that leads on. */
import { useState } from "preact/hooks";
import { Lock, Warning } from "../icons";
import { Wordmark } from "../mark";
import { AccountForm, type Credentials, type Failure } from "./account-form";
import { Proof } from "./proof";

export interface StartPageProps {
  signup: "open" | "invite" | "first";
  /** The address carries an invitation or the one-time set-up key. */
  invited: boolean;
  secure: boolean;
  notice?: string;
  onSignUp(credentials: Credentials): Promise<Failure | null>;
  onSignIn(credentials: Credentials): Promise<Failure | null>;
}

type Form = "create" | "signin" | "invitation";

export function StartPage({ signup, invited, secure, notice, onSignUp, onSignIn }: StartPageProps) {
  const closed = signup === "invite" && !invited;
  const [form, setForm] = useState<Form>(signup === "first" || invited ? "create" : "signin");

  return (
    <main class="start">
      <section class="say">
        <Wordmark />
        <Proof />
        <p class="one">Galley is an editor for people who write together. Your documents stay on this server.</p>
      </section>
      <section class="form">
        {form === "create" && (
          <AccountForm key="create" kind="create" first={signup === "first"} onSubmit={onSignUp}>
            {signup !== "first" && <Other ask="Have an account?" label="Sign in" onPress={() => setForm("signin")} />}
            <Plain secure={secure} notice={notice} />
          </AccountForm>
        )}
        {form === "signin" && (
          <AccountForm key="signin" kind="signin" first={false} onSubmit={onSignIn}>
            <Other ask="New here?" label="Create account" onPress={() => setForm(closed ? "invitation" : "create")} />
            <Plain secure={secure} notice={notice} />
          </AccountForm>
        )}
        {form === "invitation" && <Invitation onSignIn={() => setForm("signin")} />}
      </section>
    </main>
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
