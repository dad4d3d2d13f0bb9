/** `/settings`: your name, your password, your passkeys, where you are signed in, your tokens. */
import type { ReadonlySignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Me } from "../../session/api";
import { AccountMenu } from "../list/account-menu";
import { Wordmark } from "../mark";
import { toast, Toasts } from "../toasts";
import { NameForm, PasswordForm } from "./forms";
import { Passkeys } from "./passkeys";
import { Sessions } from "./sessions";
import type { Settings } from "./settings";
import { Tokens } from "./tokens";

export interface SettingsPageProps {
  me: ReadonlySignal<Me>;
  settings: Settings;
  passkeys: boolean;
  onSignOut(): void;
}

export function SettingsPage({ me, settings, passkeys, onSignOut }: SettingsPageProps) {
  useEffect(() => settings.load(), []);
  const who = me.value;
  const rename = async (display: string) => {
    const refused = await settings.rename(display);
    if (refused !== null) toast(refused);
  };
  if (who.kind !== "account") return null;
  return (
    <>
      <header class="top">
        <Wordmark />
        <div class="top-end">
          <AccountMenu me={who} onSignOut={onSignOut} onRename={(display) => void rename(display)} />
        </div>
      </header>
      <main class="col desk-page">
        <h1>Settings</h1>
        <NameForm name={who.name} display={who.display} settings={settings} />
        <PasswordForm name={who.name} settings={settings} />
        <Passkeys settings={settings} possible={passkeys} />
        <Sessions settings={settings} />
        <Tokens settings={settings} />
      </main>
      <Toasts />
    </>
  );
}
