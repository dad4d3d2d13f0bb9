/** `/` for a stranger: create an account or sign in, then on to the documents. */
import { signal } from "@preact/signals";
import { render } from "preact";
import { api } from "./session/api";
import { ApiError } from "./session/call";
import { noteGuest } from "./session/device/adopt";
import { openDevice } from "./session/device/device";
import { type LeftBehind, leftBehind, owners } from "./session/device/owners";
import { passkeysPossible, signInWithPasskey } from "./session/passkey";
import { settle } from "./wiring/settle";
import "./styles/pages/start.css";
import { readBoot, takeApp } from "./ui/boot";
import type { Failure } from "./ui/start/account-form";
import { failureOf } from "./ui/start/failure";
import { StartPage } from "./ui/start/start-page";

const boot = readBoot();
void settle(boot);
// In the fragment, so that no proxy or log ever sees it.
const secrets = new URLSearchParams(location.hash.slice(1));
const [setup, invite, reset] = [secrets.get("setup"), secrets.get("invite"), secrets.get("reset")];
if (location.hash) history.replaceState(null, "", location.pathname);

noteGuest(boot.me);

const left = signal<readonly LeftBehind[]>([]);
if (owners().length > 0) void leftBehind({ kind: "nobody" }, openDevice).then((people) => (left.value = people));

async function enter(call: () => Promise<unknown>): Promise<Failure | null> {
  try {
    await call();
    location.replace("/");
    return null;
  } catch (error) {
    return failureOf(error instanceof ApiError ? error : null);
  }
}

/** Cancelling is no failure, and leads nowhere. */
async function byPasskey(): Promise<Failure | null> {
  try {
    if (await signInWithPasskey()) location.replace("/");
    return null;
  } catch (error) {
    return failureOf(error instanceof ApiError ? error : null);
  }
}

// An address pasted over this one may differ in its fragment alone.
addEventListener("hashchange", () => location.reload());

render(
  <StartPage
    signup={boot.signup}
    arrival={reset ? "reset" : setup || invite ? "invited" : "plain"}
    secure={boot.secure}
    left={left}
    {...(boot.notice ? { notice: boot.notice } : {})}
    onSignUp={(who) => enter(() => api.signup({ ...who, ...(setup ? { setup } : {}), ...(invite ? { invite } : {}) }))}
    onSignIn={({ name, password }) => enter(() => api.login(name, password))}
    {...(passkeysPossible() ? { onPasskey: byPasskey } : {})}
    onReset={(password) => enter(() => api.reset(reset ?? "", password))}
  />,
  takeApp(),
);
