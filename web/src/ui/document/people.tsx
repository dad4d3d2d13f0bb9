/** Who is in the document now, yourself first. One face a person, however many windows he has open. */
import type { Peer } from "../../session/session";
import { Face } from "../face";

const facesMax = 5;

export function People({ peers, reachable }: { peers: readonly Peer[]; reachable: boolean }) {
  const people = gather(peers);
  const hidden = people.length - facesMax;
  return (
    <ul class="faces" aria-label="In this document">
      {people.slice(0, facesMax).map((person) => (
        <li key={person.author} class={person.self ? "self" : undefined}>
          <Face
            name={person.name}
            peer={person.peer}
            guest={person.guest}
            idle={!person.self && (person.idle || !reachable)}
          />
          <span class="tip">
            {person.name} <small>{about(person, reachable)}</small>
          </span>
        </li>
      ))}
      {hidden > 0 && (
        <li>
          <span class="face more" aria-hidden="true">
            +{hidden}
          </span>
          <span class="tip">
            {people
              .slice(facesMax)
              .map((person) => person.name)
              .join(", ")}
          </span>
        </li>
      )}
    </ul>
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

function about(person: Peer, reachable: boolean): string {
  const said = [];
  if (person.self) said.push("(you)");
  if (person.guest) said.push("guest");
  if (!person.self && !reachable) said.push("out of reach");
  else if (person.idle && !person.self) said.push("idle");
  return said.join(", ");
}
