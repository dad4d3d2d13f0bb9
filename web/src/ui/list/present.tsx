/** Who is in a document just now: at most four discs, everybody by name for those who point at them or listen. */
import type { Person } from "../../session/api";
import { Face } from "../face";

const facesMax = 4;

export function Present({ people }: { people: readonly Person[] }) {
  if (people.length === 0) return <span class="item-live" />;
  const hidden = people.length - facesMax;
  const names = people.map((person) => person.display).join(", ");
  return (
    <span class="item-live" title={`In it now: ${names}`}>
      <span class="faces" aria-hidden="true">
        {people.slice(0, facesMax).map((person) => (
          <Face key={person.author} name={person.display} peer={person.peer} guest={person.guest} />
        ))}
        {hidden > 0 && <span class="face more">+{hidden}</span>}
      </span>
      <span class="sr">In it now: {names}</span>
    </span>
  );
}
