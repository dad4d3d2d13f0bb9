/**
 * Everybody who is here: who writes, who reads, each with a button to go along. Arrow keys move, Esc leaves, and the
 * focus is back where it was.
 */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Peer } from "../../../session/session";
import { Face } from "../../face";
import { Bring } from "../../more-icons";
import type { Desk } from "../desk";

export interface HereProps {
  desk: Desk;
  /** One entry a person. */
  people: readonly Peer[];
  reachable: boolean;
  /** What the list belongs to: a press anywhere else closes it. */
  root: RefObject<HTMLElement | null>;
}

export function Here({ desk, people, reachable, root }: HereProps) {
  const list = useRef<HTMLDivElement>(null);
  const { together } = desk;
  const close = () => (together.listed.value = false);
  const opener = useRef(document.activeElement);
  const refocus = () => {
    close();
    if (opener.current instanceof HTMLElement) opener.current.focus();
  };

  // Before anything is drawn: the next key belongs to the list already.
  useLayoutEffect(() => (buttons(list.current)[0] ?? list.current)?.focus(), []);
  useEffect(() => {
    const outside = ({ target }: Event) => {
      if (!root.current?.contains(target as Node)) close();
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
    };
  }, []);

  return (
    <div
      class="menu here-list"
      ref={list}
      role="dialog"
      aria-label="Everybody here"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === "Escape") (event.stopPropagation(), refocus());
        else move(list.current, event);
      }}
    >
      <p class="here-head">
        <b>{people.length === 1 ? "Only you" : `${people.length} people`} here</b> <span>{sumOf(people)}</span>
      </p>
      <ul>
        {people.map((person) => (
          <Row key={person.author} person={person} reachable={reachable} desk={desk} onDone={refocus} />
        ))}
      </ul>
      {desk.writes.value && people.length > 1 && (
        <>
          <hr />
          <button type="button" class="menu-item" onClick={() => (refocus(), together.call())}>
            <Bring />
            Bring everyone here
          </button>
        </>
      )}
    </div>
  );
}

interface RowProps {
  person: Peer;
  reachable: boolean;
  desk: Desk;
  onDone(): void;
}

function Row({ person, reachable, desk: { together }, onDone }: RowProps) {
  const { name, author, peer, guest, self } = person;
  const idle = !self && (person.idle || !reachable);
  const followed = together.following.value?.author === author;
  const follow = () => (followed ? together.stop() : together.follow(author));
  return (
    <li class="here-row">
      <Face name={name} peer={peer} guest={guest} idle={idle} />
      <div>
        <b>{name}</b>
        <small>{[self ? "you" : null, guest ? "guest" : null, doing(person)].filter(Boolean).join(", ")}</small>
      </div>
      {!self && (
        <button
          type="button"
          class="btn small"
          aria-label={followed ? `Stop following ${name}` : `Follow ${name}`}
          onClick={() => (onDone(), follow())}
        >
          {followed ? "Stop" : "Follow"}
        </button>
      )}
    </li>
  );
}

function doing({ self, idle, editing }: Peer): "idle" | "writing" | "reading" {
  if (idle && !self) return "idle";
  return editing ? "writing" : "reading";
}

/** "2 writing, 3 reading, 1 idle". */
export function sumOf(people: readonly Peer[]): string {
  const all = people.map(doing);
  const kinds = ["writing", "reading", "idle"] as const;
  const counts = kinds.map((kind) => [all.filter((it) => it === kind).length, kind] as const);
  return counts.flatMap(([n, kind]) => (n > 0 ? `${n} ${kind}` : [])).join(", ");
}

function buttons(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll("button") ?? [])];
}

function move(list: HTMLElement | null, event: KeyboardEvent): void {
  const all = buttons(list);
  const at = all.indexOf(document.activeElement as HTMLButtonElement);
  const to = { ArrowDown: at + 1, ArrowUp: Math.max(at, 0) - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined || all.length === 0) return;
  event.preventDefault();
  all.at(to % all.length)?.focus();
}
