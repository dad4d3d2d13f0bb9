/** `/` for a stranger: create an account or sign in, then on to the documents. */
import { render } from "preact";
import { api, ApiError } from "./session/api";
import "./styles/pages/start.css";
import { readBoot, takeApp } from "./ui/boot";
import type { Failure } from "./ui/start/account-form";
import { failureOf } from "./ui/start/failure";
import { StartPage } from "./ui/start/start-page";

const boot = readBoot();
// In the fragment, so that no proxy or log ever sees it.
const secrets = new URLSearchParams(location.hash.slice(1));
const setup = secrets.get("setup");

async function enter(call: () => Promise<unknown>): Promise<Failure | null> {
  try {
    await call();
    location.replace("/");
    return null;
  } catch (error) {
    return failureOf(error instanceof ApiError ? error : null);
  }
}

render(
  <StartPage
    signup={boot.signup}
    invited={!!setup}
    secure={boot.secure}
    {...(boot.notice ? { notice: boot.notice } : {})}
    onSignUp={(who) => enter(() => api.signup({ ...who, ...(setup ? { setup } : {}) }))}
    onSignIn={({ name, password }) => enter(() => api.login(name, password))}
  />,
  takeApp(),
);
