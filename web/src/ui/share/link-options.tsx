/** When a link ends, and the password it asks for. */
import { useState } from "preact/hooks";
import type { Link } from "../../session/api";
import type { Links } from "./links";

const day = 24 * 60 * 60_000;
/** Days from now; 0: never. */
const ends = [
  { days: 0, label: "Never" },
  { days: 1, label: "1 day" },
  { days: 7, label: "7 days" },
  { days: 30, label: "30 days" },
] as const;

export interface LinkOptionsProps {
  link: Link;
  actions: Links;
  onDone(): void;
}

export function LinkOptions({ link, actions, onDone }: LinkOptionsProps) {
  return (
    <div class="linkopts">
      <EndField link={link} actions={actions} />
      <PasswordField link={link} actions={actions} />
      <button type="button" class="btn small quiet" onClick={onDone}>
        Done
      </button>
    </div>
  );
}

function EndField({ link, actions }: { link: Link; actions: Links }) {
  const choose = (days: number) =>
    void actions.change(link, { expires_ms: days === 0 ? null : Date.now() + days * day });
  const onDate = ({ value, validity }: HTMLInputElement) => {
    // A year half typed is a year long ago.
    if (!value || !validity.valid) return;
    // The whole of that day, where whoever chose it is.
    void actions.change(link, { expires_ms: new Date(`${value}T23:59:59`).getTime() });
  };
  return (
    <div class="linkopts-row" role="group" aria-label="Expires">
      <span class="label">Expires</span>
      <div class="linkopts-what">
        {ends.map(({ days, label }) => (
          <button
            key={days}
            type="button"
            class="btn small line"
            aria-pressed={days === 0 ? link.expires_ms === null : undefined}
            onClick={() => choose(days)}
          >
            {label}
          </button>
        ))}
        <input
          type="date"
          class="field small"
          aria-label="Expires at the end of"
          min={dayOf(Date.now())}
          value={link.expires_ms === null ? "" : dayOf(link.expires_ms)}
          onChange={(event) => onDate(event.currentTarget)}
        />
      </div>
    </div>
  );
}

function PasswordField({ link, actions }: { link: Link; actions: Links }) {
  const [password, setPassword] = useState("");
  const set = async (event: Event) => {
    event.preventDefault();
    if (password && (await actions.change(link, { password }))) setPassword("");
  };
  return (
    <form class="linkopts-row" onSubmit={(event) => void set(event)}>
      <label class="label" for={`password-${link.id}`}>
        Password
      </label>
      <div class="linkopts-what">
      <input
        id={`password-${link.id}`}
        class="field small"
        autoComplete="off"
        autoCapitalize="none"
        spellcheck={false}
        maxLength={256}
        placeholder={link.has_password ? "Another one" : "None"}
        value={password}
        onInput={(event) => setPassword(event.currentTarget.value)}
      />
      <button class="btn small line" disabled={password.length < 4}>
        {link.has_password ? "Change" : "Set"}
      </button>
      {link.has_password && (
        <button type="button" class="btn small quiet" onClick={() => void actions.change(link, { password: null })}>
          Remove
        </button>
      )}
      <p class="meta">
        {link.has_password
          ? "Another password ends what this one gave; people open the link again with the new one."
          : "At least 4 characters. People who are in by this link have to open it again with the password."}
      </p>
      </div>
    </form>
  );
}

/** As a date field writes it, where whoever looks is. */
function dayOf(ms: number): string {
  const at = new Date(ms);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
