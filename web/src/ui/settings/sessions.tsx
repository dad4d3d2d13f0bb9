/** Where you are signed in, and the way out of each. */
import { Rows, Section, Twice } from "../section";
import { ago } from "../time";
import { agentName } from "./agent";
import type { Settings } from "./settings";

export function Sessions({ settings }: { settings: Settings }) {
  const others = (settings.sessions.items.value ?? []).filter((it) => !it.current).length;
  return (
    <Section title="Where you are signed in" about="Ending one closes its documents at once, wherever they are open.">
      <Rows
        of={settings.sessions}
        none="Nowhere."
        row={(it) => (
          <li key={it.id} class="desk-row">
            <div>
              <b title={it.agent}>
                {agentName(it.agent)}
                {it.current && <span class="meta"> this one</span>}
              </b>
              <small>
                Signed in {ago(it.created_ms)}
                {!it.current && ` · last used ${ago(it.seen_ms)}`}
              </small>
            </div>
            {!it.current && (
              <button type="button" class="btn small revoke" onClick={() => settings.endSession(it)}>
                End
              </button>
            )}
          </li>
        )}
      />
      {others > 1 && (
        <Twice
          label="End all others"
          act="End them"
          sentence="You stay signed in here alone."
          onAct={settings.endOthers}
        />
      )}
    </Section>
  );
}
