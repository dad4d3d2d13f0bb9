/** `/admin`: what an administrator does. */
import { signal } from "@preact/signals";
import { render } from "preact";
import { api } from "./session/api";
import { openDevice } from "./session/device/device";
import { signingOut } from "./wiring/signing-out";
import { settle } from "./wiring/settle";
import "./styles/pages/admin.css";
import { createAdmin } from "./ui/admin/admin";
import { AdminPage } from "./ui/admin/admin-page";
import { readBoot, takeApp } from "./ui/boot";
import { toast } from "./ui/toasts";

const boot = readBoot();
void settle(boot);
const me = signal(boot.me);

const admin = createAdmin({
  users: api.users,
  patchUser: api.patchUser,
  resetUser: api.resetUser,
  invites: api.invites,
  invite: api.invite,
  removeInvite: api.removeInvite,
  documents: api.holdings,
  patchDocument: api.patchHolding,
});

const failed = (error: unknown) => toast(error instanceof Error ? error.message : "That did not work. Try again.");

const device = boot.me.kind === "nobody" ? null : openDevice(boot.me.author);
const signOut = signingOut(boot.me, device, async () => {
  if (device) await (await import("./wiring/sending")).startSending(device).now();
});

async function rename(display: string): Promise<void> {
  me.value = await api.rename(display);
}

function Page() {
  return (
    <AdminPage
      me={me.value}
      admin={admin}
      onSignOut={signOut}
      onRename={(display) => void rename(display).catch(failed)}
    />
  );
}

render(<Page />, takeApp());
