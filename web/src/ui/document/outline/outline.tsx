/**
 * The headings of the text: beside it where there is room, over it where there is little, from below on a phone.
 * Arrow keys move, Enter goes there, Esc goes back to the text.
 */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Close } from "../../icons";
import { swipes } from "../../notes/swipe";
import type { Desk } from "../desk";
import { depths } from "./headings";
import { type Place, watchPlace } from "./place";

/** Under this the outline lies over the text. */
const narrow = "(max-width: 1199px)";

export function OutlinePane({ desk }: { desk: Desk }) {
  const place = useMemo(() => watchPlace(desk), []);
  useEffect(() => place.stop, []);
  const over = useMatch(narrow);
  const { outline } = desk;
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!outline.takeFocus()) return;
    const first = pane.current?.querySelector<HTMLElement>("li [tabindex='0']") ?? pane.current?.querySelector("button");
    first?.focus();
  }, []);
  const leave = () => {
    if (over) outline.close();
    desk.toText();
  };
  if (desk.phone.value) return <OutlineSheet place={place} onClose={outline.close} />;
  return (
    <nav
      ref={pane}
      class={over ? "outline over" : "outline"}
      aria-label="Outline"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        leave();
      }}
    >
      <div class="outline-head">
        <h2>Outline</h2>
        <button type="button" class="icon small" aria-label="Close the outline" title="Close" onClick={outline.close}>
          <Close size="small" />
        </button>
      </div>
      <Headings place={place} onGone={() => over && leave()} />
    </nav>
  );
}

function OutlineSheet({ place, onClose }: { place: Place; onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  useEffect(() => swipes(dialog.current, { down: onClose, left: () => {}, right: () => {} }), []);
  return (
    <dialog
      ref={dialog}
      class="sheet all outline-sheet"
      aria-label="Outline"
      onCancel={(event: Event) => (event.preventDefault(), onClose())}
      onPointerDown={(event) => {
        const sheet = event.currentTarget;
        if (event.target === sheet && event.clientY < sheet.getBoundingClientRect().top) onClose();
      }}
    >
      <div class="sheet-grip">
        <i class="grab" aria-hidden="true" />
        <div class="sheet-head">
          <h2>Outline</h2>
          <button type="button" class="icon" aria-label="Close the outline" onClick={onClose}>
            <Close size="large" />
          </button>
        </div>
      </div>
      <div class="sheet-body">
        <Headings place={place} onGone={onClose} />
      </div>
    </dialog>
  );
}

function Headings({ place, onGone }: { place: Place; onGone(): void }) {
  const list = useRef<HTMLUListElement>(null);
  const headings = place.headings.value;
  const current = place.current.value;
  const depth = depths(headings);
  useLayoutEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [current]);
  if (headings.length === 0) return <p class="outline-none">Headings will appear here.</p>;
  return (
    <ul class="outline-list" ref={list} onKeyDown={(event) => move(list.current, event)}>
      {headings.map(({ text }, index) => (
        <li key={index}>
          <button
            type="button"
            data-depth={depth[index]}
            dir="auto"
            title={text}
            aria-current={index === current ? "location" : undefined}
            tabIndex={index === Math.max(0, current) ? 0 : -1}
            onClick={() => (place.go(index), onGone())}
          >
            {text}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** One stop for Tab; the arrows move inside. */
function move(list: HTMLElement | null, event: KeyboardEvent): void {
  const all = [...(list?.querySelectorAll("button") ?? [])];
  const at = all.indexOf(document.activeElement as HTMLButtonElement);
  const last = all.length - 1;
  const to = { ArrowDown: Math.min(at + 1, last), ArrowUp: Math.max(at - 1, 0), Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  all[to]?.focus();
}

function useMatch(query: string): boolean {
  const media = useMemo(() => matchMedia(query), []);
  const [fits, setFits] = useState(media.matches);
  useEffect(() => {
    const look = () => setFits(media.matches);
    media.addEventListener("change", look);
    return () => media.removeEventListener("change", look);
  }, []);
  return fits;
}
