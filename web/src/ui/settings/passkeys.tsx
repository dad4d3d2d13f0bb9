/** Passkeys: signing in with a finger, a face or a key instead of the password. */
import { useState } from "preact/hooks";
import { Rows, Section, Twice } from "../section";
import { ago } from "../time";
import { agentName } from "./agent";
import type { Settings } from "./settings";

export function Passkeys({ settings, possible }: { settings: Settings; possible: boolean }) {
  const [busy, setBusy] = useState(false);
  const [label, setLabel] = useState(agentName(navigator.userAgent));
  const add = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    await settings.makePasskey(label.trim() || "Passkey");
    setBusy(false);
  };
  return (
    <Section
      title="Passkeys"
      about="Sign in with your finger, your face or a security key. Nothing to remember, nothing anybody could steal from this server."
    >
      <Rows
        of={settings.passkeys}
        none="None yet."
        row={(it) => (
          <li key={it.id} class="desk-row">
            <div>
              <b>{it.label}</b>
              <small>
                Added {ago(it.created_ms)}
                {it.used_ms === null ? ", not used yet" : ` · last used ${ago(it.used_ms)}`}
              </small>
            </div>
            <Twice
              label="Remove"
              act="Remove"
              sentence="It opens nothing here any more."
              onAct={() => settings.removePasskey(it)}
            />
          </li>
        )}
      />
      {possible ? (
        <form class="desk-form" onSubmit={(event) => void add(event)}>
          <input
            class="field"
            aria-label="Name of the passkey"
            maxLength={40}
            value={label}
            onInput={(event) => setLabel(event.currentTarget.value)}
          />
          <button class="btn line" disabled={busy}>
            Add a passkey
          </button>
        </form>
      ) : (
        <p class="meta">This browser makes passkeys only over https, at a name and not a bare address.</p>
      )}
    </Section>
  );
}
