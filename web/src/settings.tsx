/** `/settings`: what somebody may change about their own account. */
import { signal } from "@preact/signals";
import { render } from "preact";
import { api } from "./session/api";
import { makePasskey, passkeysPossible } from "./session/passkey";
import { settle } from "./settle";
import "./styles/pages/settings.css";
import { readBoot, takeApp } from "./ui/boot";
import { createSettings } from "./ui/settings/settings";
import { SettingsPage } from "./ui/settings/settings-page";
import { toast } from "./ui/toasts";

const boot = readBoot();
void settle(boot);
const me = signal(boot.me);

const settings = createSettings(
  {
    rename: api.rename,
    setPassword: api.setPassword,
    sessions: api.sessions,
    endSession: api.endSession,
    endOthers: api.endOtherSessions,
    tokens: api.tokens,
    createToken: api.createToken,
    removeToken: api.removeToken,
    passkeys: api.passkeys,
    makePasskey,
    removePasskey: api.removePasskey,
  },
  me,
);

function signOut(): void {
  api.logout().then(
    () => location.replace("/"),
    (error: unknown) => toast(error instanceof Error ? error.message : "That did not work. Try again."),
  );
}

render(<SettingsPage me={me} settings={settings} passkeys={passkeysPossible()} onSignOut={signOut} />, takeApp());
