/** Who has access by name. The owner changes it, hands the document over or takes access away; an editor reads it. */
import { useState } from "preact/hooks";
import type { Member, Person, Role } from "../../session/api";
import { Face } from "../face";
import { roleName } from "../roles";
import type { Access } from "./access";
import { AddPeople } from "./add-people";
import { CopyButton } from "./copy-button";
import { RolePick } from "./role-pick";
import { Sure } from "./sure";
import { Trouble } from "./trouble";

export interface PeopleSectionProps {
  access: Access;
  /** Known before the rest. */
  owner: Person;
  /** The author of whoever looks. */
  me: string | null;
  role: Role;
  /** The document's own address. */
  address: string;
}

export function PeopleSection({ access, owner, me, role, address }: PeopleSectionProps) {
  const mine = role === "own";
  const known = access.owner.value ?? owner;
  const members = mine || role === "edit" ? (access.members.value ?? []) : [];
  return (
    <section class={mine ? "share-people mine" : "share-people"}>
      {mine && <AddPeople access={access} />}
      <ul class="people">
        <li class="people-row">
          <Who person={known} me={me} />
          <span class="people-role">Owner</span>
        </li>
        {members.map((member) =>
          mine ? (
            <MemberRow key={member.author} member={member} access={access} />
          ) : (
            <li key={member.author} class="people-row">
              <Who person={member} me={me} />
              <span class="people-role">{roleName[member.role]}</span>
            </li>
          ),
        )}
      </ul>
      <Trouble at="people" access={access} />
      {!mine && (
        <div class="share-address">
          <p class="meta">
            Only the owner can change who has access. The address opens for people who already have it.
          </p>
          <CopyButton label="Copy address" url={address} />
        </div>
      )}
    </section>
  );
}

function Who({ person, me }: { person: Person; me: string | null }) {
  const account = person.name === person.display ? undefined : person.name;
  const about = person.author === me ? "you" : person.guest ? "guest" : account;
  return (
    <>
      <Face name={person.display} peer={person.peer} guest={person.guest} />
      <b title={person.display}>
        <span dir="auto">{person.display}</span>
        {about && <span class="meta">{about}</span>}
      </b>
    </>
  );
}

type Doing = "nothing" | "removing" | "handing";

function MemberRow({ member, access }: { member: Member; access: Access }) {
  const [doing, setDoing] = useState<Doing>("nothing");
  const name = member.display;
  const stop = () => setDoing("nothing");
  const acts = [
    // A guest has no account to own anything with.
    ...(member.guest ? [] : [{ label: "Make owner…", run: () => setDoing("handing") }]),
    { label: "Remove…", run: () => setDoing("removing") },
  ];
  return (
    <li class="people-row">
      <Who person={member} me={null} />
      <RolePick
        label={`What ${name} may do`}
        value={member.role}
        acts={acts}
        onPick={(role) => (stop(), access.change(member, role))}
      />
      {doing === "removing" && (
        <Sure
          sentence={`${name} loses access at once, unless a link gives it.`}
          keep="Cancel"
          onKeep={stop}
          answers={[{ label: "Remove", run: () => (stop(), access.remove(member)) }]}
        />
      )}
      {doing === "handing" && (
        <Sure
          sentence={`${name} becomes the owner and decides who has access. You can go on editing.`}
          keep="Cancel"
          onKeep={stop}
          answers={[{ label: "Make owner", run: () => (stop(), access.handOver(member)) }]}
        />
      )}
    </li>
  );
}
