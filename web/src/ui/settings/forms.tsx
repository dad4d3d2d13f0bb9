/** The two forms of the settings: what others call you, and the password. */
import { useEffect, useState } from "preact/hooks";
import { PasswordField } from "../start/fields";
import { passwordMin } from "../start/account-form";
import { Section, Trouble } from "../section";
import { toast } from "../toasts";
import type { Settings } from "./settings";

export function NameForm({ name, display, settings }: { name: string; display: string; settings: Settings }) {
  const [typed, setTyped] = useState(display);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => setTyped(display), [display]);
  const save = async (event: Event) => {
    event.preventDefault();
    const refused = await settings.rename(typed.trim());
    setProblem(refused);
    if (refused === null) toast("That is how others see you now.");
  };
  return (
    <Section title="Name" about={<>How others see you. You sign in as <b>{name}</b>, and that stays.</>}>
      <form class="desk-form" onSubmit={(event) => void save(event)}>
        <input
          class="field"
          aria-label="Name"
          autoComplete="nickname"
          maxLength={40}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button class="btn line" disabled={typed.trim() === "" || typed.trim() === display}>
          Save
        </button>
      </form>
      <Trouble sentence={problem} />
    </Section>
  );
}

export function PasswordForm({ name, settings }: { name: string; settings: Settings }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const save = async (event: Event) => {
    event.preventDefault();
    const refused = await settings.setPassword(current, next);
    setProblem(refused);
    if (refused !== null) return;
    setCurrent("");
    setNext("");
    toast("The password is changed. You are signed out everywhere else.");
  };
  return (
    <Section title="Password" about="Another password signs you out everywhere but here. Tokens and passkeys go on working.">
      <form class="desk-form tall" onSubmit={(event) => void save(event)}>
        <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
        <div>
          <label class="label" for="current-password">
            Present password
          </label>
          <input
            class="field big"
            id="current-password"
            type="password"
            autoComplete="current-password"
            value={current}
            onInput={(event) => setCurrent(event.currentTarget.value)}
          />
        </div>
        <PasswordField label="New password" min={passwordMin} value={next} problem={null} onInput={setNext} />
        <Trouble sentence={problem} />
        <button class="btn line" disabled={current === "" || [...next].length < passwordMin}>
          Change password
        </button>
      </form>
    </Section>
  );
}
