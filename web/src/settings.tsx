/** `/settings`: what somebody may change about their own account. */
import { signal } from "@preact/signals";
import { render } from "preact";
import { api } from "./session/api";
import { openDevice } from "./session/device/device";
import { makePasskey, passkeysPossible } from "./session/passkey";
import { settle } from "./wiring/settle";
import { signingOut } from "./wiring/signing-out";
import "./styles/pages/settings.css";
import { readBoot, takeApp } from "./ui/boot";
import { createSettings } from "./ui/settings/settings";
import { SettingsPage } from "./ui/settings/settings-page";

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

const device = boot.me.kind === "nobody" ? null : openDevice(boot.me.author);
const signOut = signingOut(boot.me, device, async () => {
  if (device) await (await import("./wiring/sending")).startSending(device).now();
});

render(<SettingsPage me={me} settings={settings} passkeys={passkeysPossible()} onSignOut={signOut} />, takeApp());
