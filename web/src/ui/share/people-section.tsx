/** Who has access by name: add somebody, change or take away what they may do, hand the document over. */
import { useState } from "preact/hooks";
import type { Member, Person } from "../../session/api";
import { Face } from "../face";
import { Close, Dots, Key } from "../icons";
import { Menu } from "../menu";
import { roleName } from "../roles";
import type { Access } from "./access";
import { AddPeople } from "./add-people";
import { RolePick } from "./role-pick";

export interface PeopleSectionProps {
  access: Access;
  /** Known before the rest. */
  owner: Person;
  /** The author of whoever looks. */
  me: string | null;
  /** Whether whoever looks may change anything. */
  mine: boolean;
}

export function PeopleSection({ access, owner, me, mine }: PeopleSectionProps) {
  const known = access.owner.value ?? owner;
  return (
    <section class="share-people">
      {mine && <AddPeople access={access} />}
      <ul class="people">
        <li class="people-row">
          <Who person={known} me={me} />
          <span class="people-role">Owner</span>
        </li>
        {access.members.value?.map((member) => (
          <MemberRow key={member.author} member={member} access={access} me={me} mine={mine} />
        ))}
      </ul>
      {access.problem.value && (
        <p class="problem" role="alert">
          {access.problem.value}
        </p>
      )}
      {!mine && <p class="meta">Only the owner can change who has access.</p>}
    </section>
  );
}

function Who({ person, me }: { person: Person; me: string | null }) {
  return (
    <>
      <Face name={person.display} peer={person.peer} guest={person.guest} />
      <b>
        {person.display}
        {person.author === me ? (
          <span class="meta">you</span>
        ) : (
          person.name && person.name !== person.display && <span class="meta">{person.name}</span>
        )}
        {person.guest && <span class="meta">guest</span>}
      </b>
    </>
  );
}

type Doing = "nothing" | "removing" | "handing";

interface MemberRowProps {
  member: Member;
  access: Access;
  me: string | null;
  mine: boolean;
}

function MemberRow({ member, access, me, mine }: MemberRowProps) {
  const [doing, setDoing] = useState<Doing>("nothing");
  const name = member.display;
  const entries = [
    ...(member.guest ? [] : [{ kind: "action" as const, label: "Make owner…", icon: Key, run: () => setDoing("handing") }]),
    { kind: "action" as const, label: "Remove…", icon: Close, danger: true, run: () => setDoing("removing") },
  ];
  return (
    <li class="people-row">
      <Who person={member} me={me} />
      {mine ? (
        <>
          <RolePick
            label={`What ${name} may do`}
            value={member.role}
            onPick={(role) => access.change(member, role)}
          />
          <Menu label={`More for ${name}`} class="icon small" button={<Dots />} entries={entries} />
        </>
      ) : (
        <span class="people-role">{roleName[member.role]}</span>
      )}
      {doing === "removing" && (
        <Sure
          sentence={`${name} loses access at once, unless a link gives it.`}
          act="Remove"
          onKeep={() => setDoing("nothing")}
          onAct={() => access.remove(member)}
        />
      )}
      {doing === "handing" && (
        <Sure
          sentence={`${name} becomes the owner and decides who has access. You can go on editing.`}
          act="Make owner"
          onKeep={() => setDoing("nothing")}
          onAct={() => void access.handOver(member)}
        />
      )}
    </li>
  );
}

interface SureProps {
  sentence: string;
  act: string;
  onKeep(): void;
  onAct(): void;
}

function Sure({ sentence, act, onKeep, onAct }: SureProps) {
  return (
    <div class="linkrow-ask" role="alert">
      <span>{sentence}</span>
      <button type="button" class="btn small keep" onClick={onKeep}>
        Cancel
      </button>
      <button type="button" class="btn small" ref={(button) => button?.focus()} onClick={onAct}>
        {act}
      </button>
    </div>
  );
}
