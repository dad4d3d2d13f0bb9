/** Everybody with an account: let in, kept out, given a way back. */
import type { User } from "../../session/api";
import { Face } from "../face";
import { Check } from "../action-icons";
import { Close, Dots, Key } from "../icons";
import { Lock } from "../more-icons";
import { Menu, type MenuEntry } from "../menu";
import { Secret } from "../secret";
import { Rows, Section } from "../section";
import { ago, count, date } from "../time";
import type { Admin } from "./admin";

export function People({ admin, me }: { admin: Admin; me: string }) {
  const reset = admin.reset.value;
  return (
    <Section
      title="People"
      about="Somebody suspended is signed out everywhere at once; what they own stays with those they shared it with."
    >
      {reset && (
        <Secret
          label={`New password for ${reset.name}`}
          value={reset.url}
          note={`Hand this to ${reset.name}: it sets a new password once, within 30 minutes.`}
          onDone={() => (admin.reset.value = null)}
        />
      )}
      <Rows
        of={admin.users}
        none="Nobody."
        row={(user) => <UserRow key={user.author} user={user} admin={admin} self={user.author === me} />}
      />
    </Section>
  );
}

function UserRow({ user, admin, self }: { user: User; admin: Admin; self: boolean }) {
  const suspended = user.suspended_ms !== null;
  return (
    <li class={suspended ? "desk-row off" : "desk-row"}>
      <Face name={user.display} peer={user.peer} idle={suspended} />
      <div>
        <b>
          {user.display}
          <span class="meta"> {user.name}</span>
        </b>
        <small>
          {user.suspended_ms !== null ? `Suspended ${ago(user.suspended_ms)}` : `Since ${date(user.created_ms)}`} ·{" "}
          {count(user.documents, "document")}
        </small>
      </div>
      {user.admin && <span class="tag">Administrator</span>}
      <Menu
        label={`More for ${user.display}`}
        class="icon small"
        button={<Dots />}
        entries={entries(user, admin, self)}
      />
    </li>
  );
}

function entries(user: User, admin: Admin, self: boolean): MenuEntry[] {
  const change = (label: string, icon: typeof Key, what: { suspended?: boolean; admin?: boolean }, danger = false) =>
    ({ kind: "action", label, icon, danger, run: () => admin.changeUser(user, what) }) satisfies MenuEntry;
  const suspended = user.suspended_ms !== null;
  return [
    { kind: "action", label: "New password address", icon: Key, run: () => admin.resetUser(user) },
    user.admin
      ? change("No longer administrator", Close, { admin: false })
      : change("Make administrator", Check, { admin: true }),
    ...(self
      ? []
      : [
          { kind: "rule" } satisfies MenuEntry,
          suspended
            ? change("Let in again", Check, { suspended: false })
            : change("Suspend", Lock, { suspended: true }, true),
        ]),
  ];
}
