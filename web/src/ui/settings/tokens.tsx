/** Tokens: how programs come in as you, and how far. */
import { useState } from "preact/hooks";
import type { Scope, Token } from "../../session/api";
import { ChevronDown } from "../more-icons";
import { Secret } from "../secret";
import { Rows, Section, Twice } from "../section";
import { ago, date } from "../time";
import type { Settings } from "./settings";

const scopes: readonly { scope: Scope; label: string }[] = [
  { scope: "read", label: "Can view" },
  { scope: "comment", label: "Can comment" },
  { scope: "edit", label: "Can edit" },
];
/** Days; 0: never. */
const terms = [
  { days: 30, label: "for 30 days" },
  { days: 90, label: "for 90 days" },
  { days: 365, label: "for a year" },
  { days: 0, label: "until revoked" },
] as const;

export function Tokens({ settings }: { settings: Settings }) {
  return (
    <Section
      title="Tokens"
      about="For programs: they reach your documents with “Authorization: Bearer …”, never further than you, and cannot touch your account."
    >
      <Rows of={settings.tokens} none="None yet." row={(it) => <TokenRow key={it.id} token={it} settings={settings} />} />
      {settings.fresh.value !== null && (
        <Secret
          label="New token"
          value={settings.fresh.value}
          note="Copy it now: it is not shown again."
          onDone={() => (settings.fresh.value = null)}
        />
      )}
      <NewToken settings={settings} />
    </Section>
  );
}

function TokenRow({ token, settings }: { token: Token; settings: Settings }) {
  const expired = token.expires_ms !== null && token.expires_ms <= Date.now();
  const ends = token.expires_ms === null ? "" : ` · ${expired ? "ended" : "ends"} ${date(token.expires_ms)}`;
  const used = token.used_ms === null ? "not used yet" : `last used ${ago(token.used_ms)}`;
  return (
    <li class="desk-row">
      <div>
        <b>{token.label}</b>
        <small>
          {scopes.find((it) => it.scope === token.scope)?.label} · {used}
          {ends}
        </small>
      </div>
      <Twice
        label="Revoke"
        act="Revoke"
        sentence="Programs that use it stop at once."
        onAct={() => settings.removeToken(token)}
      />
    </li>
  );
}

function NewToken({ settings }: { settings: Settings }) {
  const [label, setLabel] = useState("");
  const [scope, setScope] = useState<Scope>("read");
  const [days, setDays] = useState<number>(90);
  const make = async (event: Event) => {
    event.preventDefault();
    if (label.trim() && (await settings.createToken(label.trim(), scope, days))) setLabel("");
  };
  return (
    <form class="desk-form" onSubmit={(event) => void make(event)}>
      <input
        class="field"
        aria-label="What the token is for"
        placeholder="What is it for?"
        maxLength={80}
        value={label}
        onInput={(event) => setLabel(event.currentTarget.value)}
      />
      <span class="pick">
        <select aria-label="What it may do" value={scope} onChange={(event) => setScope(event.currentTarget.value as Scope)}>
          {scopes.map((it) => (
            <option key={it.scope} value={it.scope}>
              {it.label}
            </option>
          ))}
        </select>
        <ChevronDown size="small" />
      </span>
      <span class="pick">
        <select aria-label="How long it works" value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
          {terms.map((it) => (
            <option key={it.days} value={it.days}>
              {it.label}
            </option>
          ))}
        </select>
        <ChevronDown size="small" />
      </span>
      <button class="btn line" disabled={label.trim() === ""}>
        Make a token
      </button>
    </form>
  );
}
