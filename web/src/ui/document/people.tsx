/**
 * Who is in the document now, yourself first. One face a person, however many windows he has open; pressed, this page
 * goes along with them. On a phone a few faces and a number, which opens the list of everybody (together/here.tsx).
 */
import { useRef } from "preact/hooks";
import type { Peer } from "../../session/session";
import { Face } from "../face";
import { Users } from "../more-icons";
import type { Desk } from "./desk";
import { Here } from "./together/here";

const facesMax = 5;
/** On a phone, where oneself is not among them; phone.css has the same number. */
const smallMax = 2;

export function People({ desk }: { desk: Desk }) {
  const root = useRef<HTMLDivElement>(null);
  const { session, together } = desk;
  const people = gather(session.peers.value);
  const reachable = session.status.value.kind === "live";
  const hidden = people.length - facesMax;
  return (
    <div class="here" ref={root}>
      <ul class="faces" aria-label="In this document">
        {people.slice(0, facesMax).map((person) => (
          <li key={person.author} class={person.self ? "self" : undefined}>
            <PersonFace person={person} desk={desk} reachable={reachable} />
          </li>
        ))}
        {hidden > 0 && (
          <li class="faces-more">
            <Everybody desk={desk} n={people.length} hidden={hidden} />
          </li>
        )}
        {people.length > 1 && (
          <li class="faces-count">
            <Everybody desk={desk} n={people.length} hidden={people.length - 1 - smallMax} />
          </li>
        )}
      </ul>
      {together.listed.value && <Here desk={desk} people={people} reachable={reachable} root={root} />}
    </div>
  );
}

interface PersonFaceProps {
  person: Peer;
  desk: Desk;
  reachable: boolean;
}

function PersonFace({ person, desk: { together }, reachable }: PersonFaceProps) {
  const { name, author, peer, guest, self } = person;
  const idle = !self && (person.idle || !reachable);
  const about = aboutOf(person, reachable);
  const face = <Face name={name} peer={peer} guest={guest} idle={idle} />;
  if (self)
    return (
      <>
        {face}
        <span class="tip">
          {name} <small>{about}</small>
        </span>
      </>
    );
  const followed = together.following.value?.author === author;
  return (
    <>
      <button
        type="button"
        class="face-button"
        aria-label={`Follow ${name}${about && ` (${about})`}`}
        aria-pressed={followed}
        onClick={() => (followed ? together.stop() : together.follow(author))}
      >
        {face}
      </button>
      <span class="tip">
        {name} <small>{about}</small>
        <small class="tip-do">{followed ? "Press to stop following" : "Press to follow"}</small>
      </span>
    </>
  );
}

/** How many are here, and how many of them have no face of their own beside it. */
function Everybody({ desk, n, hidden }: { desk: Desk; n: number; hidden: number }) {
  const { listed } = desk.together;
  return (
    <>
      <button
        type="button"
        class="face-button"
        aria-label={`Everybody here: ${n} people`}
        aria-haspopup="dialog"
        aria-expanded={listed.value}
        onClick={() => (listed.value = !listed.value)}
      >
        {hidden > 0 ? (
          <span class="face more" data-initials={`+${hidden}`} aria-hidden="true" />
        ) : (
          <span class="face more drawn">
            <Users size="small" />
          </span>
        )}
      </button>
      {!listed.value && <span class="tip">Everybody here</span>}
    </>
  );
}

/** One entry a person: the window that is not idle speaks for the others. */
export function gather(peers: readonly Peer[]): Peer[] {
  const byAuthor = new Map<string, Peer>();
  for (const peer of peers) {
    const known = byAuthor.get(peer.author);
    if (!known) byAuthor.set(peer.author, peer);
    else
      byAuthor.set(peer.author, {
        ...known,
        self: known.self || peer.self,
        idle: known.idle && peer.idle,
        editing: known.editing || peer.editing,
      });
  }
  return [...byAuthor.values()].sort((a, b) => Number(b.self) - Number(a.self) || a.name.localeCompare(b.name));
}

export function aboutOf(person: Peer, reachable: boolean): string {
  const said = [];
  if (person.self) said.push("(you)");
  if (person.guest) said.push("guest");
  if (!person.self && !reachable) said.push("out of reach");
  else if (person.idle && !person.self) said.push("idle");
  return said.join(", ");
}
