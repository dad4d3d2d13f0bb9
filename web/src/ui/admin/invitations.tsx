/** Invitations: one address, one account, seven days. */
import { useState } from "preact/hooks";
import type { Invite } from "../../session/api";
import { copy } from "../copy";
import { Check, Copy } from "../action-icons";
import { Rows, Section } from "../section";
import { ago, date } from "../time";
import type { Admin } from "./admin";

export function Invitations({ admin }: { admin: Admin }) {
  const [label, setLabel] = useState("");
  const make = async (event: Event) => {
    event.preventDefault();
    if (await admin.invite(label.trim())) setLabel("");
  };
  return (
    <Section
      title="Invitations"
      about="Each becomes one account, within seven days. People who only work on somebody’s document need none: a link is enough."
    >
      <form class="desk-form" onSubmit={(event) => void make(event)}>
        <input
          class="field"
          aria-label="Who it is for"
          placeholder="Who is it for?"
          maxLength={40}
          value={label}
          onInput={(event) => setLabel(event.currentTarget.value)}
        />
        <button class="btn line">Make an invitation</button>
      </form>
      <Rows
        of={admin.invites}
        none="None are waiting."
        row={(invite) => <InviteRow key={invite.id} invite={invite} admin={admin} />}
      />
    </Section>
  );
}

function InviteRow({ invite, admin }: { invite: Invite; admin: Admin }) {
  const [copied, setCopied] = useState(false);
  const expired = invite.expires_ms <= Date.now();
  const open = invite.used_by === null && !expired;
  return (
    <li class={open ? "desk-row" : "desk-row off"}>
      <div>
        <b>{invite.label || "Invitation"}</b>
        <small>{state(invite, expired)}</small>
      </div>
      {open && (
        <button
          type="button"
          class={copied ? "btn line small done" : "btn line small"}
          aria-live="polite"
          onClick={async () => setCopied(await copy(invite.url))}
        >
          {copied ? <Check size="small" /> : <Copy size="small" />}
          {copied ? "Copied" : "Copy"}
        </button>
      )}
      <button type="button" class="btn small revoke" onClick={() => admin.withdraw(invite)}>
        {open ? "Revoke" : "Remove"}
      </button>
    </li>
  );
}

function state({ used_by, created_ms, expires_ms }: Invite, expired: boolean): string {
  if (used_by !== null) return `Became the account ${used_by}`;
  return expired ? `Expired ${date(expires_ms)}` : `Made ${ago(created_ms)} · works until ${date(expires_ms)}`;
}
