/** Who is meant by what stands behind "@". The focus stays in the field; arrows choose here. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Known } from "../../session/people";
import { Face } from "../face";
import { roleName } from "../roles";

export interface MentionListProps {
  id: string;
  people: readonly Known[];
  chosen: number;
  onChoose(person: Known): void;
}

export function MentionList({ id, people, chosen, onChoose }: MentionListProps) {
  const list = useRef<HTMLUListElement>(null);
  const [above, setAbove] = useState(false);
  useLayoutEffect(() => {
    const field = list.current?.parentElement?.getBoundingClientRect();
    const height = list.current?.offsetHeight ?? 0;
    const bottom = window.visualViewport?.height ?? innerHeight;
    if (field) setAbove(field.bottom + height + 8 > bottom && field.top > height);
    // In a sheet it has its place below the field.
    if (list.current && getComputedStyle(list.current).position === "static") list.current.scrollIntoView({ block: "nearest" });
  }, [people.length]);
  return (
    <ul ref={list} id={id} class={above ? "names above" : "names"} role="listbox" aria-label="People to mention">
      {people.map((person, at) => (
        <li
          key={person.author}
          id={`${id}-${at}`}
          role="option"
          aria-selected={at === chosen}
          // Before the field loses the focus.
          onPointerDown={(event) => (event.preventDefault(), onChoose(person))}
        >
          <Face small name={person.display} peer={person.peer} guest={person.guest} />
          <span class="names-who" dir="auto">
            {person.display}
          </span>
          <span class="names-about">
            {person.name !== person.display && `@${person.name} · `}
            {person.role && roleName[person.role]}
          </span>
        </li>
      ))}
    </ul>
  );
}
